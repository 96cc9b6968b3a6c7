//! The same commands through GraphQL over HTTP, against a bare handler in front of the bare writer.

use super::bare::Bare;
use super::commands::Commands;
use super::world::Cast;
use anyhow::{Context, Result, bail};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::routing::post;
use axum::{Json, Router};
use naru_domain::CaseId;
use naru_engine::Engine;
use naru_server::{AppOptions, AppState, Rates, router};
use naru_store::Reference;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The mutation that the measurement sends.
const SAVE_DRAFT: &str =
    "mutation($input: FormInput!) { saveDraft(input: $input) { version userErrors { code } } }";

/// Measures with 64 callers.
pub(super) async fn commands(
    bench: &Commands,
    engine: &Engine,
    reference: &Arc<Reference>,
    cast: &Arc<Cast>,
    cases: &Arc<[CaseId]>,
    bare: &Bare,
    row: &str,
) -> Result<()> {
    let stop = CancellationToken::new();
    let bare_url = serve(bare_handler(bare.clone()), stop.clone()).await?;
    let options = AppOptions {
        base_url: "http://127.0.0.1".to_owned(),
        rates: Rates::unlimited(),
        open_house: false,
        trusted_proxies: Vec::new(),
    };
    let app = AppState::new(engine.clone(), Arc::clone(reference), options)?;
    let url = serve(router(app), stop.clone()).await?;
    let client = reqwest::Client::builder()
        .pool_max_idle_per_host(64)
        .build()?;

    let (bare_client, bare_url, row) = (client.clone(), format!("{bare_url}/"), row.to_owned());
    let (url, cast, cases) = (
        format!("{url}/graphql"),
        Arc::clone(cast),
        Arc::clone(cases),
    );
    bench
        .compare(
            " over HTTP",
            64,
            move |_| append(bare_client.clone(), bare_url.clone(), row.clone()),
            move |n| {
                save_draft(
                    client.clone(),
                    url.clone(),
                    Arc::clone(&cast),
                    Arc::clone(&cases),
                    n,
                )
            },
        )
        .await?;
    stop.cancel();
    Ok(())
}

/// Serves on any free port of this machine until it is told to stop.
pub(super) async fn serve(service: Router, stop: CancellationToken) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(stop.cancelled_owned())
            .await
    });
    Ok(url)
}

fn bare_handler(bare: Bare) -> Router {
    async fn append(
        State(bare): State<Bare>,
        Json(body): Json<Value>,
    ) -> Result<Json<Value>, StatusCode> {
        let Some(row) = body.get("row").and_then(Value::as_str) else {
            return Err(StatusCode::BAD_REQUEST);
        };
        bare.append(row.to_owned())
            .await
            .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
        Ok(Json(json!({ "done": true })))
    }
    Router::new().route("/", post(append)).with_state(bare)
}

async fn append(client: reqwest::Client, url: String, row: String) -> Result<()> {
    let answer = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .body(format!(r#"{{"row":"{row}"}}"#))
        .send()
        .await?
        .error_for_status()?;
    answer.bytes().await?;
    Ok(())
}

async fn save_draft(
    client: reqwest::Client,
    url: String,
    cast: Arc<Cast>,
    cases: Arc<[CaseId]>,
    n: usize,
) -> Result<()> {
    let case = cases.get(n % cases.len()).context("there are no cases")?;
    let command = uuid::Uuid::now_v7();
    // Written as text: what the client spends on its own side is the same for both.
    let body = format!(
        r#"{{"query":"{SAVE_DRAFT}","variables":{{"input":{{"commandId":"{command}","caseId":"{case}","stage":"intake","values":[
        {{"field":"cooperation_goals","value":{{"text":"외래 진료 환경에서 사용적합성 총괄평가와 의료진 피드백을 진행합니다. {n}"}}}},
        {{"field":"target_disease","value":{{"text":"판막 질환"}}}}]}}}}}}"#
    );
    let answer = client
        .post(url)
        .bearer_auth(&cast.member_token)
        .header(CONTENT_TYPE, "application/json")
        .body(body)
        .send()
        .await?
        .error_for_status()?;
    let answer = answer.text().await?;
    if !answer.contains("\"userErrors\":[]") {
        bail!("a command was refused: {answer}");
    }
    Ok(())
}
