//! Everything short that comes in from outside and is decoded: API tokens, links of letters, ids, numbers with check digits, dates and
//! cursors. What is read is written back as the same text, and nothing but what we signed opens a link.
#![no_main]

use libfuzzer_sys::fuzz_target;
use naru_domain::{
    AccountId, AggregateId, BusinessNumber, CaseId, EmailAddress, FeedbackRoundId, Gtin,
    InvitationId, LongText, Orcid, PersonName, Sha256Hex, ShortText, TypedId,
};
use naru_engine::{Link, LinkKey};
use naru_fuzz::Door;
use naru_server::TokenSecret;
use serde_json::json;
use std::fmt::Debug;
use std::str::FromStr;
use uuid::Uuid;

const KEY: [u8; 32] = [7; 32];
const LISTS: &str = "query($c: String) { \
    cases(first: 1, after: $c) { pageInfo { endCursor } } \
    organizations(first: 1, after: $c) { pageInfo { endCursor } } \
    accounts(first: 1, after: $c) { pageInfo { endCursor } } \
    inbox(first: 1, after: $c) { pageInfo { endCursor } } }";

thread_local! {
    static DOOR: Door = Door::open();
}

/// What is read and written anew is read as the same again.
fn twice<T: FromStr<Err: Debug> + PartialEq + Debug>(text: &str, write: impl Fn(&T) -> String) {
    if let Ok(first) = text.parse::<T>() {
        let written = write(&first);
        assert_eq!(written.parse::<T>().expect("what we wrote"), first);
    }
}

fn links(text: &str) {
    let key = LinkKey::from_bytes(KEY);
    if let Some(link) = key.verify(text) {
        assert_eq!(key.sign(link), text, "two texts for one link");
    }
    // The text as the ids of a link: what we sign opens it, with any character changed it opens nothing.
    let uuid = |half: usize| {
        let bytes: Vec<u8> = text.bytes().skip(half * 16).take(16).collect();
        let mut whole = [0; 16];
        whole[..bytes.len()].copy_from_slice(&bytes);
        Uuid::from_bytes(whole)
    };
    let link = Link::Feedback {
        round: FeedbackRoundId::from_uuid(uuid(0)),
        invitation: InvitationId::from_uuid(uuid(1)),
    };
    let signed = key.sign(link);
    assert_eq!(key.verify(&signed), Some(link));
    let place = text.len() % signed.len();
    let other = if signed.as_bytes()[place] == b'A' {
        "B"
    } else {
        "A"
    };
    let forged = format!("{}{other}{}", &signed[..place], &signed[place + 1..]);
    assert_eq!(key.verify(&forged), None, "{forged}");
}

fuzz_target!(init: DOOR.with(|_| ()), |data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Some(token) = TokenSecret::parse(text) {
        assert_eq!(token.reveal(), text);
        assert!(token.hash().is_some());
    }
    links(text);
    if let Ok(id) = text.parse::<AggregateId>() {
        assert_eq!(id.to_string(), text, "two texts for one id");
    }
    if let Ok(id) = text.parse::<CaseId>() {
        assert_eq!(id.reference().len(), 11);
    }
    twice::<AccountId>(text, ToString::to_string);
    twice::<Sha256Hex>(text, |hash| hash.as_str().to_owned());
    twice::<BusinessNumber>(text, ToString::to_string);
    twice::<Gtin>(text, ToString::to_string);
    twice::<Orcid>(text, ToString::to_string);
    twice::<EmailAddress>(text, |address| address.as_str().to_owned());
    twice::<PersonName>(text, |name| name.as_str().to_owned());
    twice::<ShortText>(text, |text| text.as_str().to_owned());
    twice::<LongText>(text, |text| text.as_str().to_owned());
    DOOR.with(|door| {
        let variables = json!({ "c": text });
        door.ask(&json!({ "query": LISTS, "variables": variables }))
            .assert_no_fault();
    });
});
