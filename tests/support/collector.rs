//! A collector of OpenTelemetry traces that keeps what it is sent.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Router, serve};
use data_encoding::HEXLOWER;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::Span as Sent;
use prost::Message;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A span, as far as it is looked at.
#[derive(Clone, Debug)]
pub struct Span {
    /// The trace, in hexadecimal digits.
    pub trace: String,
    /// The span, in hexadecimal digits.
    pub id: String,
    /// The span that it is a part of; empty at the beginning of a trace.
    pub parent: String,
    /// What it is called.
    pub name: String,
    /// Everything that it says, as text to search in.
    pub text: String,
}

impl From<Sent> for Span {
    fn from(sent: Sent) -> Self {
        Self {
            text: format!("{:?} {:?}", sent.attributes, sent.events),
            trace: HEXLOWER.encode(&sent.trace_id),
            id: HEXLOWER.encode(&sent.span_id),
            parent: HEXLOWER.encode(&sent.parent_span_id),
            name: sent.name,
        }
    }
}

type Kept = Arc<Mutex<Vec<Span>>>;

/// The collector; it is gone when dropped.
#[derive(Debug)]
pub struct Collector {
    address: SocketAddr,
    kept: Kept,
    task: JoinHandle<()>,
}

impl Collector {
    /// A collector that listens.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let kept = Kept::default();
        let router = Router::new()
            .route("/v1/traces", post(keep))
            .with_state(Arc::clone(&kept));
        let task = tokio::spawn(async move {
            let _ = serve(listener, router).await;
        });
        Ok(Self {
            address,
            kept,
            task,
        })
    }

    /// Where it listens, as settings name it.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was sent so far.
    pub fn spans(&self) -> Vec<Span> {
        let kept = self.kept.lock();
        kept.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The names of the spans from the first one of that name in a trace up to where the trace begins.
    pub fn way_up(&self, name: &str, trace: &str) -> Vec<String> {
        let spans = self.spans();
        let mut way = Vec::new();
        let mut next = spans
            .iter()
            .find(|span| span.name == name && span.trace == trace);
        while let Some(span) = next {
            way.push(span.name.clone());
            next = spans
                .iter()
                .find(|other| other.id == span.parent && other.trace == trace);
        }
        way
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep(State(kept): State<Kept>, body: Bytes) -> impl IntoResponse {
    let Ok(sent) = ExportTraceServiceRequest::decode(body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let resources = sent.resource_spans.into_iter();
    let scopes = resources.flat_map(|resource| resource.scope_spans);
    let spans = scopes.flat_map(|scope| scope.spans).map(Span::from);
    kept.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .extend(spans);
    let answer = ExportTraceServiceResponse::default().encode_to_vec();
    ([(header::CONTENT_TYPE, "application/x-protobuf")], answer).into_response()
}
