//! Passkeys, with a device of our own: its signatures are real, only its owner's finger is not.

use super::look::assert_good;
use super::world::{Answer, Browser, World, account_of};
use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use jiff::SignedDuration;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ORIGIN: &str = "https://naru.example";
const ADD: &str = "/settings/passkeys";
const SIGN_IN: &str = "/sign-in/passkey";

/// A device with one key.
struct Device {
    key: SigningKey,
    id: Vec<u8>,
    owner: Vec<u8>,
    origin: &'static str,
    /// Whether its owner unlocked it.
    unlocked: bool,
}

fn coded(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

impl Device {
    fn new(number: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[number; 32]).unwrap(),
            id: vec![number; 16],
            owner: account_of("owner").to_string().into_bytes(),
            origin: ORIGIN,
            unlocked: true,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().unwrap();
        let origin = self.origin;
        let data =
            json!({ "type": kind, "challenge": challenge, "origin": origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    /// Whose site it is, what the owner did, and how often the key was used.
    fn about(&self, more: u8, count: u32) -> Vec<u8> {
        let mut data = Sha256::digest(b"naru.example").to_vec();
        data.push(1 | if self.unlocked { 4 } else { 0 } | more);
        data.extend(count.to_be_bytes());
        data
    }

    /// What it answers when it is asked to make a key.
    fn made(&mut self, options: &Value) -> String {
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        let owner = options["user"]["id"].as_str().unwrap();
        self.owner = BASE64URL_NOPAD.decode(owner.as_bytes()).unwrap();
        let mut data = self.about(0x40, 0);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        // The public key in COSE: an elliptic curve, ES256, P-256, x, y.
        let point = self.key.verifying_key().to_sec1_point(false);
        data.extend([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32]);
        data.extend(&point.as_bytes()[1..33]);
        data.extend([0x22, 0x58, 32]);
        data.extend(&point.as_bytes()[33..65]);
        let mut attestation = vec![0xa3, 0x63];
        attestation.extend(b"fmt");
        attestation.push(0x64);
        attestation.extend(b"none");
        attestation.push(0x67);
        attestation.extend(b"attStmt");
        attestation.extend([0xa0, 0x68]);
        attestation.extend(b"authData");
        attestation.extend([0x58, u8::try_from(data.len()).unwrap()]);
        attestation.extend(&data);
        let response = json!({
            "attestationObject": coded(&attestation),
            "clientDataJSON": coded(&self.client_data("webauthn.create", options)),
        });
        self.credential(&response)
    }

    /// What it answers when it is asked to sign.
    fn signed(&self, options: &Value, count: u32) -> String {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.about(0, count);
        let mut whole = data.clone();
        whole.extend(Sha256::digest(&client_data));
        let signature: Signature = self.key.sign(&whole);
        let response = json!({
            "authenticatorData": coded(&data),
            "clientDataJSON": coded(&client_data),
            "userHandle": coded(&self.owner),
            "signature": coded(signature.to_der().as_bytes()),
        });
        self.credential(&response)
    }

    fn credential(&self, response: &Value) -> String {
        let id = coded(&self.id);
        let credential = json!({
            "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {},
        });
        credential.to_string()
    }
}

/// The challenge and what the device is asked.
async fn begin(browser: &mut Browser<'_>, page: &str, path: &str, kind: &str) -> (String, Value) {
    let answer = browser.fill(page, &format!("{path}/begin"), &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.html);
    let asked: Value = serde_json::from_str(&answer.html).unwrap();
    let challenge = asked["challenge"].as_str().unwrap().to_owned();
    (challenge, asked[kind].clone())
}

async fn add(browser: &mut Browser<'_>, device: &mut Device) -> Answer {
    let (challenge, options) = begin(browser, "/settings", ADD, "create").await;
    let answer = device.made(&options);
    let fields = [
        ("label", "업무용 노트북"),
        ("challenge", challenge.as_str()),
        ("answer", answer.as_str()),
    ];
    browser.fill("/settings", ADD, &fields).await
}

async fn enter(browser: &mut Browser<'_>, device: &Device, count: u32) -> Answer {
    let (challenge, options) = begin(browser, "/sign-in", SIGN_IN, "get").await;
    let answer = device.signed(&options, count);
    let fields = [
        ("challenge", challenge.as_str()),
        ("answer", answer.as_str()),
        ("next", "/cases"),
    ];
    browser.fill("/sign-in", SIGN_IN, &fields).await
}

#[tokio::test]
async fn a_passkey_lets_its_person_in_until_it_is_removed() {
    let world = World::with(true, ORIGIN).await;
    let mut here = world.signed_in("owner").await;
    let mut device = Device::new(7);
    let added = add(&mut here, &mut device).await;
    assert_eq!(added.leads_to(), "/settings?done=passkey-added");
    for language in ["ko", "en"] {
        here.speaks(language);
        let page = here.page("/settings").await;
        assert!(page.html.contains("업무용 노트북"));
        assert_good(&page, language, "settings with a passkey");
    }
    let again = add(&mut here, &mut device).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut browser = world.browser();
    assert_eq!(enter(&mut browser, &device, 1).await.leads_to(), "/cases");
    assert!(browser.page("/inbox").await.html.contains("김하늘"));
    let id = coded(&device.id);
    let removed = here.fill("/settings", ADD, &[("remove", &id)]).await;
    assert_eq!(removed.leads_to(), "/settings?done=passkey-removed");
    let mut late = world.browser();
    for language in ["ko", "en"] {
        late.speaks(language);
        let refused = enter(&mut late, &device, 2).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_good(&refused, language, "a passkey that was removed");
    }
    assert!(late.cookie("__Host-naru-session").is_none());
}

#[tokio::test]
async fn what_a_device_does_not_prove_lets_nobody_in() {
    let world = World::with(true, ORIGIN).await;
    let mut here = world.signed_in("owner").await;
    let mut device = Device::new(7);
    add(&mut here, &mut device).await;
    assert_eq!(
        enter(&mut world.browser(), &device, 5).await.leads_to(),
        "/cases"
    );
    let like = |origin, unlocked, key| Device {
        key: SigningKey::from_slice(&[key; 32]).unwrap(),
        id: device.id.clone(),
        owner: device.owner.clone(),
        origin,
        unlocked,
    };
    let stranger = account_of("stranger").to_string();
    let stranger = Device {
        owner: uuid_of(&stranger),
        ..like(ORIGIN, true, 7)
    };
    for (device, count, what) in [
        (like(ORIGIN, true, 8), 6, "another key"),
        (like("https://evil.example", true, 7), 6, "another site"),
        (like(ORIGIN, false, 7), 6, "a device that was not unlocked"),
        (like(ORIGIN, true, 7), 5, "a copy of the key"),
        (stranger, 6, "another person's name"),
    ] {
        let mut browser = world.browser();
        let refused = enter(&mut browser, &device, count).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
        assert!(browser.cookie("__Host-naru-session").is_none(), "{what}");
    }
    let answer = enter(&mut world.browser(), &device, 6).await;
    assert_eq!(answer.leads_to(), "/cases");
}

fn uuid_of(account: &str) -> Vec<u8> {
    let (_, digits) = account.split_once('_').unwrap();
    uuid::Uuid::parse_str(digits).unwrap().as_bytes().to_vec()
}

#[tokio::test]
async fn a_challenge_is_answered_once_and_soon_and_by_whoever_asked() {
    let world = World::with(true, ORIGIN).await;
    let mut here = world.signed_in("owner").await;
    let mut device = Device::new(7);
    let (challenge, options) = begin(&mut here, "/settings", ADD, "create").await;
    let answer = device.made(&options);
    let fields = [
        ("label", "x"),
        ("challenge", challenge.as_str()),
        ("answer", answer.as_str()),
    ];
    let mut somebody = world.signed_in("coordinator").await;
    let foreign = somebody.fill("/settings", ADD, &fields).await;
    assert_eq!(foreign.status, StatusCode::UNPROCESSABLE_ENTITY);
    let spent = here.fill("/settings", ADD, &fields).await;
    assert_eq!(spent.status, StatusCode::UNPROCESSABLE_ENTITY);
    add(&mut here, &mut device).await;

    let mut browser = world.browser();
    let (challenge, options) = begin(&mut browser, "/sign-in", SIGN_IN, "get").await;
    let answer = device.signed(&options, 1);
    let fields = [
        ("challenge", challenge.as_str()),
        ("answer", answer.as_str()),
    ];
    world
        .clock
        .advance_to(world.clock.now() + SignedDuration::from_mins(5));
    let late = browser.fill("/sign-in", SIGN_IN, &fields).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    for garbage in ["", "{}", "null", "가나다"] {
        let (challenge, _) = begin(&mut browser, "/sign-in", SIGN_IN, "get").await;
        let fields = [("challenge", challenge.as_str()), ("answer", garbage)];
        let refused = browser.fill("/sign-in", SIGN_IN, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn passkeys_are_not_offered_where_no_browser_has_them() {
    let world = World::new().await;
    let mut here = world.signed_in("owner").await;
    let page = here.page("/settings").await;
    assert!(!page.html.contains("data-passkey"));
    let begun = here
        .fill("/settings", "/settings/passkeys/begin", &[])
        .await;
    assert_eq!(begun.status, StatusCode::NOT_FOUND);
    let sign_in = world.browser().page("/sign-in").await;
    assert!(!sign_in.html.contains("data-passkey"));
}
