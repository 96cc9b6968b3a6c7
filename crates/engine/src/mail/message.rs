//! A letter as it goes over the wire.

use crate::letters::Rendered;
use crate::trouble::Trouble;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
use naru_domain::{EmailAddress, Locale, PersonName};
use sha2::{Digest, Sha256};
use std::fmt;
use std::time::SystemTime;

/// In whose name letters go out.
#[derive(Clone, Debug)]
pub struct Sender {
    /// The name a reader sees, and that closes each letter.
    pub name: String,
    /// The address; its domain ends every Message-ID.
    pub address: EmailAddress,
}

/// Everything that goes into a message.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// The delivery's id: the same at every try, so that a letter that arrives twice is seen to be one.
    pub id: &'a str,
    /// In whose name.
    pub from: &'a Sender,
    /// Where to.
    pub to: &'a EmailAddress,
    /// Whose address it is.
    pub name: &'a PersonName,
    /// In which language it is written.
    pub locale: Locale,
    /// When.
    pub at: Timestamp,
    /// The words.
    pub letter: &'a Rendered,
}

/// A finished message with its envelope; printing it shows its id only.
#[derive(Clone)]
pub struct Post {
    id: String,
    pub(super) envelope: Envelope,
    bytes: Vec<u8>,
}

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Post").field(&self.id).finish()
    }
}

impl Post {
    /// The message for a draft. The same draft makes the same bytes.
    pub fn compose(draft: &Draft<'_>) -> Result<Self, Trouble> {
        let domain = draft.from.address.as_str().rsplit_once('@');
        let domain = domain.map_or("localhost", |(_, domain)| domain);
        let language = match draft.locale {
            Locale::Ko => "ko",
            Locale::En => "en",
        };
        let body = MultiPart::builder()
            .kind(MultiPartKind::Alternative)
            .boundary(boundary(draft))
            .build()
            .singlepart(SinglePart::plain(draft.letter.text.clone()))
            .singlepart(SinglePart::html(draft.letter.html.clone()));
        let message = lettre::Message::builder()
            .from(mailbox(&draft.from.name, &draft.from.address)?)
            .to(mailbox(draft.name.as_str(), draft.to)?)
            .subject(&draft.letter.subject)
            .message_id(Some(format!("<{}@{domain}>", draft.id)))
            .date(SystemTime::from(draft.at))
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("X-Auto-Response-Suppress", "All"))
            .raw_header(header("Content-Language", language))
            .multipart(body)
            .map_err(|problem| Trouble::LetterNotComposed {
                detail: problem.to_string(),
            })?;
        Ok(Self {
            id: draft.id.to_owned(),
            envelope: message.envelope().clone(),
            bytes: message.formatted(),
        })
    }

    /// The delivery's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The message, headers and body.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What stands between the parts: nobody can write into one of them what follows from all of them.
fn boundary(draft: &Draft<'_>) -> String {
    let digest = Sha256::new()
        .chain_update(draft.id)
        .chain_update(&draft.letter.text)
        .chain_update(&draft.letter.html)
        .finalize();
    let digits: String = HEXLOWER.encode(&digest).chars().take(32).collect();
    format!("naru.{digits}")
}

fn mailbox(name: &str, address: &EmailAddress) -> Result<Mailbox, Trouble> {
    let parsed = address.as_str().parse();
    let parsed = parsed.map_err(|_| Trouble::LetterNotComposed {
        detail: format!("the address {address} is not acceptable"),
    })?;
    Ok(Mailbox::new(Some(name.to_owned()), parsed))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{HeaderValue as Read, MessageParser};

    const ID: &str =
        "case_00000000000000000000000000000007.3.0-account_00000000000000000000000000000007";

    fn post(name: &str) -> Post {
        saying(name, "김하늘 님께\n\n안녕하세요.\n.\n끝")
    }

    fn saying(name: &str, text: &str) -> Post {
        let letter = Rendered {
            subject: "[N-7K3F-9Q2M] ‘사용적합성 평가’ 단계를 진행해 주세요".to_owned(),
            text: text.to_owned(),
            html: "<p>김하늘 님께</p>".to_owned(),
        };
        Post::compose(&Draft {
            id: ID,
            from: &Sender {
                name: "나루".to_owned(),
                address: "naru@hospital.example".parse().unwrap(),
            },
            to: &"haneul@startup.example".parse().unwrap(),
            name: &name.parse().unwrap(),
            locale: Locale::Ko,
            at: "2026-11-23T00:00:00Z".parse().unwrap(),
            letter: &letter,
        })
        .unwrap()
    }

    #[test]
    fn an_independent_reader_finds_everything_that_was_put_in() {
        let name = "김하늘, \"님\" <x@y.example>";
        let post = post(name);
        let read = MessageParser::default().parse(post.bytes()).unwrap();
        assert_eq!(
            read.subject(),
            Some("[N-7K3F-9Q2M] ‘사용적합성 평가’ 단계를 진행해 주세요")
        );
        let to = read.to().unwrap().first().unwrap();
        assert_eq!(to.address(), Some("haneul@startup.example"));
        assert_eq!(to.name(), Some(name));
        assert_eq!(read.to().unwrap().as_list().unwrap().len(), 1);
        assert_eq!(read.from().unwrap().first().unwrap().name(), Some("나루"));
        assert_eq!(
            read.message_id(),
            Some(format!("{ID}@hospital.example").as_str())
        );
        assert_eq!(read.date().unwrap().to_rfc3339(), "2026-11-23T00:00:00Z");
        let automatic = read.header("Auto-Submitted").and_then(Read::as_text);
        assert_eq!(automatic, Some("auto-generated"));
        let text = read.body_text(0).unwrap().replace("\r\n", "\n");
        assert_eq!(text, "김하늘 님께\n\n안녕하세요.\n.\n끝");
        assert!(read.body_html(0).unwrap().contains("김하늘"));
        assert!(post.bytes().is_ascii(), "any mail server can carry it");
    }

    #[test]
    fn no_text_ends_its_part() {
        for text in [
            format!("--naru.{ID}\nContent-Type: text/html\n\n<script>"),
            format!("--naru.{}", ID.chars().take(65).collect::<String>()),
        ] {
            let post = saying("김하늘", &text);
            let read = MessageParser::default().parse(post.bytes()).unwrap();
            assert_eq!(read.body_text(0).unwrap().replace("\r\n", "\n"), text);
            assert_eq!(read.html_body_count(), 1);
        }
    }

    #[test]
    fn the_same_draft_makes_the_same_bytes() {
        assert_eq!(post("김하늘").bytes(), post("김하늘").bytes());
    }
}
