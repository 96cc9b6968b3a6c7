//! The log, and traces for whoever asks where the time of one command went: spans of requests, commands, workflow updates, activities and transactions, sent to
//! a collector by OTLP over HTTP. They hold ids and durations, no name, no address and nothing that anybody wrote. What else there is to set stands
//! in OpenTelemetry's own variables, such as `OTEL_TRACES_SAMPLER` and `OTEL_EXPORTER_OTLP_HEADERS`.

use crate::config::Config;
use anyhow::{Context, Result};
use opentelemetry::global;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

/// What the program is called among others, unless `OTEL_SERVICE_NAME` says otherwise.
const SERVICE: &str = "naru";

/// Traces that are being recorded, if the settings name a collector.
pub(crate) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Records them as the settings say from now on, beside the log.
    pub(crate) fn begin(config: &Config, log_json: bool) -> Result<Self> {
        let Some(endpoint) = &config.traces_endpoint else {
            log_to_stderr(log_json);
            return Ok(Self(None));
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .build()
            .context("traces cannot be recorded")?;
        let mut resource = Resource::builder();
        if std::env::var_os("OTEL_SERVICE_NAME").is_none() {
            resource = resource.with_service_name(SERVICE);
        }
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource.build())
            .build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        let spans = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false);
        // Ours and no library's: what those write down is not for us to promise.
        let ours = Targets::new().with_target("naru", LevelFilter::DEBUG);
        tracing_subscriber::registry()
            .with(log(log_json).with_filter(log_filter()))
            .with(spans.with_filter(ours))
            .init();
        Ok(Self(Some(provider)))
    }

    /// Sends what is recorded and not sent yet.
    pub(crate) async fn end(self) {
        let Some(provider) = self.0 else {
            return;
        };
        let ended = tokio::task::spawn_blocking(move || provider.shutdown()).await;
        if let Ok(Err(problem)) = ended {
            tracing::warn!(%problem, "the last traces were not sent");
        }
    }
}

/// The log goes to standard error; `RUST_LOG` says how much of it.
pub(crate) fn log_to_stderr(as_json: bool) {
    let registry = tracing_subscriber::registry();
    registry.with(log(as_json)).with(log_filter()).init();
}

fn log(as_json: bool) -> Box<dyn Layer<Registry> + Send + Sync> {
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if as_json {
        log.json().boxed()
    } else {
        log.boxed()
    }
}

fn log_filter() -> EnvFilter {
    EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"))
}
