//! Devices, dossiers and files, as a browser without script sends them.

use super::world::{Answer, Browser, World};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use naru_domain::DeviceId;

const PDF: &[u8] = b"%PDF-1.7 the first version";

/// A file of a form: its field, name, type and content.
type Chosen<'a> = (&'a str, &'a str, &'a str, &'a [u8]);

/// The form of a page, sent as browsers send forms with files.
async fn upload(
    browser: &mut Browser<'_>,
    page: &str,
    to: &str,
    fields: &[(&str, &str)],
    files: &[Chosen<'_>],
) -> Answer {
    let shown = browser.page(page).await;
    let (token, command) = (shown.hidden("form-token"), shown.hidden("command"));
    let mut all = vec![
        ("form-token", token.as_str()),
        ("command", command.as_str()),
    ];
    all.extend(fields);
    send(browser, to, &all, files).await
}

async fn send(
    browser: &mut Browser<'_>,
    to: &str,
    fields: &[(&str, &str)],
    files: &[Chosen<'_>],
) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        let head = format!("--line\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for (name, file, kind, content) in files {
        let head = format!(
            "--line\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: {kind}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--line--\r\n");
    let request = Request::post(to)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line")
        .header("sec-fetch-site", "same-origin");
    browser.send(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn a_device_is_registered_and_its_dossier_is_changed_with_a_reason() {
    let world = World::new().await;
    let mut owner = world.signed_in("owner").await;
    assert!(owner.page("/devices").await.html.contains("/devices/new"));
    let said = [
        ("nameKo", ""),
        ("nameEn", ""),
        ("model", "SR-200"),
        ("intendedUse", "심전도를\r\n기록합니다."),
        ("class-kr", "2"),
        ("class-eu", "IIa"),
        ("udiDi", "123"),
    ];
    let refused = owner.fill("/devices/new", "/devices", &said).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.html.contains("id=\"nameKo-error\""),
        "{}",
        refused.html
    );
    assert!(refused.html.contains("<option value=\"IIa\" selected>"));
    assert!(refused.html.contains("value=\"SR-200\""));

    let mut said = said.to_vec();
    said[0].1 = "심전도 패치 <S>";
    said[6].1 = "";
    let registered = owner.fill("/devices/new", "/devices", &said).await;
    let (device, done) = registered.leads_to().split_once('?').unwrap();
    let device = device.to_owned();
    assert_eq!(done, "done=registered");
    let page = owner.page(&device).await;
    assert!(page.html.contains("심전도 패치 &#60;S&#62;") && page.html.contains("2등급"));

    let edit = format!("{device}/edit");
    let version = owner.page(&edit).await.hidden("version");
    said.extend([("version", version.as_str()), ("reason", "")]);
    said[5].1 = "";
    let refused = owner.fill(&edit, &edit, &said).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"reason-error\""));
    said.last_mut().unwrap().1 = "유럽에는 내지 않기로 했습니다.";
    let changed = owner.fill(&edit, &edit, &said).await;
    assert_eq!(changed.leads_to(), format!("{device}?done=revised"));
    assert!(!owner.page(&device).await.html.contains("IIa"));
    // The same page again, as if it had been open meanwhile.
    let late = owner.fill(&edit, &edit, &said).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut coordinator = world.signed_in("coordinator").await;
    let answer = coordinator.get("/devices/new").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(coordinator.get(&edit).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_document_gets_versions_is_kept_as_it_came_and_is_taken_out_of_use() {
    let world = World::new().await;
    let device = format!("/devices/{}", world.device().await);
    let to = format!("{device}/documents");
    let mut owner = world.signed_in("owner").await;
    let first = [("file", "위험 분석.pdf", "application/pdf", PDF)];
    let answer = upload(&mut owner, &device, &to, &[("title", "")], &first).await;
    assert_eq!(
        answer.leads_to(),
        format!("{device}?done=attached#documents")
    );
    let page = owner.page(&device).await;
    assert!(page.html.contains("<h3 class=\"strong\">위험 분석</h3>"));
    let (_, rest) = page.html.split_once("위험 분석</h3>").unwrap();
    let (_, rest) = rest.split_once("href=\"").unwrap();
    let address = rest.split('"').next().unwrap().to_owned();
    let kept = owner.page(&address).await;
    assert_eq!(kept.html.as_bytes(), PDF);
    assert!(kept.said("content-disposition").starts_with("attachment;"));

    let document = address.split('/').nth(4).unwrap().to_owned();
    let same = upload(&mut owner, &device, &to, &[("document", &document)], &first).await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);
    let next = [("file", "b.pdf", "application/pdf", &b"%PDF-1.7 next"[..])];
    upload(&mut owner, &device, &to, &[("document", &document)], &next).await;
    let page = owner.page(&device).await;
    assert!(page.html.contains("v2, b.pdf") && page.html.contains("v1, 위험 분석.pdf"));

    let retire = format!("{to}/{document}/retire");
    let refused = owner.fill(&device, &retire, &[("reason", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let retired = owner
        .fill(&device, &retire, &[("reason", "새 파일로 바꿉니다.")])
        .await;
    assert_eq!(
        retired.leads_to(),
        format!("{device}?done=retired#documents")
    );
    assert!(
        owner
            .page(&device)
            .await
            .html
            .contains("새 파일로 바꿉니다.")
    );
    assert_eq!(owner.get(&address).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_file_that_is_empty_false_or_of_no_accepted_type_is_refused_in_words() {
    let world = World::new().await;
    let device = format!("/devices/{}", world.device().await);
    let to = format!("{device}/documents");
    let mut owner = world.signed_in("owner").await;
    for (file, kind, content, said) in [
        (
            "a.pdf",
            "application/pdf",
            &b""[..],
            "내용이 없는 파일입니다.",
        ),
        (
            "a.pdf",
            "application/pdf",
            b"MZ\x90 no PDF",
            "파일 내용이 이름(PDF)과 다릅니다.",
        ),
        (
            "a.exe",
            "application/x-msdownload",
            b"MZ",
            "등록할 수 없는 파일 형식입니다.",
        ),
        ("", "application/octet-stream", b"", "먼저 파일을 고르세요."),
    ] {
        let chosen = [("file", file, kind, content)];
        let typed = [("title", "적어 둔 이름")];
        let answer = upload(&mut owner, &device, &to, &typed, &chosen).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{file}");
        assert!(answer.html.contains(said), "{file}: {}", answer.html);
        assert!(answer.html.contains("value=\"적어 둔 이름\""));
    }
    let id: DeviceId = super::world::id(50);
    let loaded = world.app.store().load(id.into()).await.unwrap().unwrap();
    assert_eq!(loaded.version, 2, "only what the world began with");
}

#[tokio::test]
async fn nobody_uploads_from_elsewhere_or_to_a_dossier_that_is_not_theirs() {
    let world = World::new().await;
    world.case().await;
    let device = format!("/devices/{}", super::world::id::<DeviceId>(50));
    let to = format!("{device}/documents");
    let chosen = [("file", "a.pdf", "application/pdf", PDF)];
    let mut owner = world.signed_in("owner").await;
    let command = owner.page(&device).await.hidden("command");
    let answer = send(&mut owner, &to, &[("command", &command)], &chosen).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let hash = naru_domain::Sha256Hex::of(PDF);
    let documents = world.app.store().documents();
    assert_eq!(documents.size(&hash).await.unwrap(), None);

    for who in ["stranger", "auditor"] {
        let mut browser = world.signed_in(who).await;
        let answer = upload(&mut browser, "/inbox", &to, &[], &chosen).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{who}");
    }
    // The hospital of a case attaches what it finds, and cannot change what is the startup's.
    let mut coordinator = world.signed_in("coordinator").await;
    let page = coordinator.page(&device).await;
    assert!(page.html.contains("id=\"upload\"") && !page.html.contains("/retire\""));
    assert!(!page.html.contains("/edit\"") && !page.html.contains("name=\"document\""));
    let answer = upload(&mut coordinator, &device, &to, &[], &chosen).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_file_in_a_form_becomes_a_document_and_the_answer() {
    let world = World::new().await;
    let case = world.case().await;
    let path = format!("/cases/{case}/stages/intake");
    let mut owner = world.signed_in("owner").await;
    let typed = [("act", "draft"), ("a-target_disease", "판막 질환")];
    let wrong = [(
        "file-a-usability_file",
        "a.pdf",
        "application/pdf",
        &b"no"[..],
    )];
    let refused = upload(&mut owner, &path, &path, &typed, &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"a-usability_file-error\""));
    assert!(
        refused.html.contains("판막 질환"),
        "what was typed is still there"
    );

    let right = [("file-a-usability_file", "a.pdf", "application/pdf", PDF)];
    let kept = upload(&mut owner, &path, &path, &typed, &right).await;
    assert_eq!(kept.leads_to(), format!("{path}?done=draft-saved"));
    let page = owner.page(&path).await;
    let (_, chosen) = page.html.split_once("\" selected>").unwrap();
    assert!(page.html.contains("판막 질환") && chosen.contains(", v1</option>"));

    // With a document chosen, the file is its next version.
    let (before, _) = page.html.split_once("\" selected>").unwrap();
    let (_, document) = before.rsplit_once("value=\"").unwrap();
    let next = [(
        "file-a-usability_file",
        "b.pdf",
        "application/pdf",
        &b"%PDF-2.0"[..],
    )];
    let typed = [("act", "draft"), ("a-usability_file", document)];
    upload(&mut owner, &path, &path, &typed, &next).await;
    let page = owner.page(&path).await;
    assert!(page.html.contains(", v2</option>"), "{}", page.html);
}
