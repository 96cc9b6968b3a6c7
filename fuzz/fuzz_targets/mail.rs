//! Names, a stage's title and a body by strangers, in a letter that another program's parser reads back as it was meant: the same people,
//! subject and words, and not one header more.
//!
//! The lines are: sender, recipient, address, title in Korean, title in English; the rest is the body.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mail_parser::{Message, MessageParser};
use naru_domain::{CaseId, EmailAddress, Letter, LetterKind, Locale, PersonName, TypedId, Words};
use naru_engine::LinkKey;
use naru_engine::letters::{Rendered, Setting, render};
use naru_engine::mail::{Draft, Post, Sender};
use uuid::Uuid;

const HEADERS: [&str; 11] = [
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Date",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

fn read(post: &Post) -> Message<'_> {
    let message = MessageParser::default().parse(post.bytes());
    message.expect("a letter that can be read")
}

fn assert_as_meant(draft: &Draft<'_>) {
    let post = Post::compose(draft).expect("a letter");
    assert!(post.bytes().is_ascii(), "not every server carries it");
    for line in post.bytes().split(|byte| *byte == b'\n') {
        assert!(line.len() <= 998, "RFC 5322 allows 998 bytes a line");
    }
    let message = read(&post);
    for header in message.headers() {
        let name = header.name();
        let known = HEADERS.iter().any(|known| known.eq_ignore_ascii_case(name));
        assert!(known, "a header that nobody wrote: {name}");
    }
    let to = message.to().and_then(|to| to.as_list()).unwrap_or_default();
    assert_eq!(to.len(), 1, "one recipient");
    assert_eq!(to[0].address(), Some(draft.to.as_str()));
    assert_eq!(to[0].name(), Some(draft.name.as_str()));
    let from = message.from().and_then(|from| from.first());
    assert_eq!(from.and_then(|from| from.name()), Some(&*draft.from.name));
    assert_eq!(message.subject(), Some(draft.letter.subject.trim_end()));
    let lines = |text: &str| text.replace("\r\n", "\n").trim_end().to_owned();
    let body = message.body_text(0).unwrap_or_default();
    assert_eq!(lines(&body), lines(&draft.letter.text));
}

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut parts = text.splitn(6, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (sender, name, to, ko, en, body) = (part(), part(), part(), part(), part(), part());
    let Ok(sender) = sender.parse::<PersonName>() else {
        return;
    };
    let Ok(name) = name.parse::<PersonName>() else {
        return;
    };
    let Ok(to) = to.parse::<EmailAddress>() else {
        return;
    };
    let from = Sender {
        name: sender.as_str().to_owned(),
        address: "naru@hospital.example".parse().expect("an address"),
    };
    let key = LinkKey::from_bytes([7; 32]);
    let letter = Letter {
        kind: LetterKind::StageOpened,
        case: Some(CaseId::from_uuid(Uuid::from_u128(7))),
        stage_title: Some(Words {
            en: en.to_owned(),
            ko: ko.to_owned(),
        }),
        due: None,
    };
    for locale in [Locale::Ko, Locale::En] {
        let setting = Setting {
            name: &name,
            locale,
            base_url: "https://naru.example",
            key: &key,
            sender: sender.as_str(),
        };
        let written = render(&letter, &setting).expect("words for every letter");
        assert!(!written.subject.contains(char::is_control), "{written:?}");
        let with_body = Rendered {
            text: format!("{}\n{body}", written.text),
            ..written.clone()
        };
        for letter in [&written, &with_body] {
            assert_as_meant(&Draft {
                id: "case_00000000000000000000000000000007.3.0",
                from: &from,
                to: &to,
                name: &name,
                locale,
                at: "2026-11-23T00:00:00Z".parse().expect("an instant"),
                letter,
            });
        }
    }
});
