//! Files: announced, sent, judged by their content, attached, and read by whoever may see the device.

use super::world::{Answer, World};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use naru_domain::Sha256Hex;
use serde_json::{Value, json};

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

async fn announce(world: &World, device: &str, media_type: &str, content: &[u8]) -> Value {
    let input = json!({
        "deviceId": device, "fileName": "시험 보고서.pdf", "mediaType": media_type, "sizeBytes": content.len(),
        "sha256": Sha256Hex::of(content).as_str(),
    });
    world
        .act("owner", "requestUpload", input, "upload { id url arrived }")
        .await
}

async fn put(world: &World, who: &str, url: &str, content: &[u8]) -> Answer {
    let path = url.strip_prefix("https://naru.example").unwrap();
    let request = Request::put(path)
        .header("authorization", format!("Bearer {}", world.bearer(who)))
        .body(Body::from(content.to_vec()))
        .unwrap();
    world.send(request).await
}

async fn get(world: &World, who: &str, url: &str) -> Answer {
    let path = url.strip_prefix("https://naru.example").unwrap();
    let request = Request::get(path)
        .header("authorization", format!("Bearer {}", world.bearer(who)))
        .body(Body::empty())
        .unwrap();
    world.send(request).await
}

/// The announced type, the bytes announced, the bytes sent, and the refusal.
type Try<'a> = (&'a str, &'a [u8], &'a [u8], StatusCode, &'a str);

#[tokio::test]
async fn a_file_is_sent_attached_and_read_back_by_whoever_may_see_the_device() {
    let world = World::new().await;
    let things = world.things().await;
    let upload = announce(&world, &things.device, "PDF", PDF).await["upload"].clone();
    assert_eq!(upload["arrived"], false);
    let attach =
        json!({ "deviceId": things.device, "title": "시험 보고서", "uploadId": upload["id"] });
    // Before it has arrived there is nothing to attach.
    assert_eq!(
        world
            .refused("owner", "attachDocument", attach.clone())
            .await,
        "NOT_FOUND"
    );
    let url = upload["url"].as_str().unwrap();
    assert_eq!(
        put(&world, "stranger", url, PDF).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(put(&world, "owner", url, PDF).await.status, StatusCode::OK);
    let shown = "device { documents { nodes { title newest { version downloadUrl fileName mediaType sizeBytes } } } }";
    let payload = world.done("owner", "attachDocument", attach, shown).await;
    let newest = &payload["device"]["documents"]["nodes"][0]["newest"];
    assert_eq!(newest["fileName"], "시험 보고서.pdf");
    let url = newest["downloadUrl"].as_str().unwrap();
    for who in ["owner", "coordinator", "auditor"] {
        let answer = get(&world, who, url).await;
        assert_eq!(answer.status, StatusCode::OK, "{who}");
        assert_eq!(answer.text.as_bytes(), PDF);
        let disposition = answer.headers["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment;"), "{disposition}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    }
    let missing = get(&world, "stranger", "https://naru.example/documents/document_00000000000000000000000000000001/1?device=device_00000000000000000000000000000001").await;
    for who in ["stranger", "rival", "clinician", "operator"] {
        let forbidden = get(&world, who, url).await;
        assert_eq!(
            (forbidden.status, &forbidden.text),
            (StatusCode::NOT_FOUND, &missing.text),
            "{who}"
        );
    }
}

#[tokio::test]
async fn files_with_false_types_hashes_or_lengths_are_refused_precisely_and_attach_nowhere() {
    let world = World::new().await;
    let device = world.device().await;
    let refusals: [Try<'_>; 6] = [
        (
            "PDF",
            PNG,
            PNG,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "FILE_TYPE_MISMATCH",
        ),
        (
            "PDF",
            b"only text",
            b"only text",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "FILE_TYPE_MISMATCH",
        ),
        (
            "CSV",
            PDF,
            PDF,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "FILE_TYPE_MISMATCH",
        ),
        (
            "TEXT",
            b"MZ\x90\0\x03",
            b"MZ\x90\0\x03",
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "FILE_TYPE_MISMATCH",
        ),
        (
            "PDF",
            PDF,
            b"%PDF-1.7\n1 0 obj\n<<>>\nendobj!",
            StatusCode::UNPROCESSABLE_ENTITY,
            "FILE_NOT_AS_ANNOUNCED",
        ),
        (
            "PDF",
            PDF,
            b"%PDF-1.7\nshort",
            StatusCode::UNPROCESSABLE_ENTITY,
            "FILE_NOT_AS_ANNOUNCED",
        ),
    ];
    for (media_type, announced, sent, status, code) in refusals {
        let upload = announce(&world, &device, media_type, announced).await["upload"].clone();
        let answer = put(&world, "owner", upload["url"].as_str().unwrap(), sent).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, code),
            "{media_type} {}",
            answer.text
        );
        let attach = json!({ "deviceId": device, "title": "x", "uploadId": upload["id"] });
        assert_eq!(
            world.refused("owner", "attachDocument", attach).await,
            "NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn empty_and_oversized_files_are_refused_before_they_are_sent() {
    let world = World::new().await;
    let device = world.device().await;
    let empty = announce(&world, &device, "PDF", b"").await;
    assert_eq!(empty["userErrors"][0]["code"], "FILE_EMPTY");
    assert_eq!(empty["upload"], Value::Null);
    let input = |size: i64| json!({ "deviceId": device, "fileName": "a.pdf", "mediaType": "PDF", "sizeBytes": size, "sha256": "a".repeat(64) });
    assert_eq!(
        world
            .refused("owner", "requestUpload", input(512 * 1024 * 1024 + 1))
            .await,
        "FILE_TOO_LARGE"
    );
    assert_eq!(
        world.refused("owner", "requestUpload", input(-5)).await,
        "FILE_EMPTY"
    );
    let mut bad = input(5);
    bad["sha256"] = json!("XYZ");
    assert_eq!(
        world.refused("owner", "requestUpload", bad).await,
        "BAD_TEXT"
    );
}

#[tokio::test]
async fn an_upload_ends_after_an_hour_and_belongs_to_one_device() {
    let world = World::new().await;
    let device = world.device().await;
    let other = world.device().await;
    let upload = announce(&world, &device, "PDF", PDF).await["upload"].clone();
    let url = upload["url"].as_str().unwrap().to_owned();
    assert_eq!(put(&world, "owner", &url, PDF).await.status, StatusCode::OK);
    let attach =
        |device: &str| json!({ "deviceId": device, "title": "x", "uploadId": upload["id"] });
    assert_eq!(
        world
            .refused("owner", "attachDocument", attach(&other))
            .await,
        "NOT_FOUND"
    );
    // Whoever knows only the hash of a file does not get at it: the content must be sent again.
    let again = announce(&world, &other, "PDF", PDF).await["upload"].clone();
    assert_eq!(again["arrived"], false);
    world
        .clock
        .advance_to("2026-03-03T02:00:00Z".parse().unwrap());
    assert_eq!(
        put(&world, "owner", &url, PDF).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world
            .refused("owner", "attachDocument", attach(&device))
            .await,
        "NOT_FOUND"
    );
}
