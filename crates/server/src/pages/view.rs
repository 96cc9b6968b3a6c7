//! What each page shows.

use crate::words::Phrases;
use askama::Template;
use naru_domain::{CaseId, Locale};

/// What every page has around its content.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) words: Phrases,
    pub(super) title: String,
    pub(super) switch: Switch,
    pub(super) case_line: Option<String>,
}

/// How the reader changes the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    /// By a link: nothing was typed.
    Link,
    /// By a button of the form, which keeps what was typed.
    Button,
    /// Not at all: both languages are there.
    None,
}

/// An entry of the summary of errors.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// The element it is about.
    pub(super) anchor: String,
    pub(super) text: String,
}

/// The answer page of a feedback round.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/answer.html")]
pub(super) struct AnswerPage {
    pub(super) frame: Frame,
    pub(super) from: String,
    pub(super) heading: String,
    pub(super) alert: Option<String>,
    pub(super) problems: Vec<Problem>,
    pub(super) declined_before: Option<String>,
    /// The device that is asked about.
    pub(super) device: Option<String>,
    pub(super) introduction: String,
    pub(super) length: String,
    pub(super) until: String,
    pub(super) privacy: Vec<String>,
    pub(super) questions: Vec<AskedQuestion>,
    pub(super) consent: ConsentBox,
    pub(super) decline: DeclineBox,
}

/// One question on the page.
#[derive(Clone, Debug)]
pub(super) struct AskedQuestion {
    /// The field's name, and the id of its first control.
    pub(super) name: String,
    pub(super) number: usize,
    pub(super) label: String,
    pub(super) help: Option<String>,
    pub(super) required: bool,
    pub(super) error: Option<String>,
    pub(super) control: Control,
}

impl AskedQuestion {
    /// The ids of what explains the control.
    pub(super) fn described_by(&self) -> String {
        let limit = matches!(self.control, Control::Text { .. });
        let parts = [
            (self.help.is_some(), "help"),
            (self.error.is_some(), "error"),
            (limit, "limit"),
        ];
        let ids: Vec<String> = parts
            .into_iter()
            .filter(|(there, _)| *there)
            .map(|(_, part)| format!("{}-{part}", self.name))
            .collect();
        ids.join(" ")
    }
}

/// How a question is answered.
#[derive(Clone, Debug)]
pub(super) enum Control {
    /// Numbers in a row.
    Scale {
        points: Vec<Point>,
        low: String,
        high: String,
        /// The class that lays the row out.
        width: &'static str,
    },
    /// A few options under one another.
    Options { options: Vec<Choice> },
    /// Many options.
    Menu { options: Vec<Choice> },
    /// Free text.
    Text { value: String, limit: String },
}

/// A number of a scale.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub(super) score: i64,
    pub(super) chosen: bool,
}

/// An option.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) chosen: bool,
}

/// The consent text with its box.
#[derive(Clone, Debug)]
pub(super) struct ConsentBox {
    pub(super) text: Vec<String>,
    pub(super) version: String,
    pub(super) version_line: String,
    pub(super) hash: String,
    pub(super) agreed: bool,
    pub(super) error: Option<String>,
}

/// The way to say no.
#[derive(Clone, Debug)]
pub(super) struct DeclineBox {
    pub(super) open: bool,
    pub(super) reason: String,
    pub(super) error: Option<String>,
}

/// The page of a proposed PI or clinician.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/match.html")]
pub(super) struct MatchPage {
    pub(super) frame: Frame,
    pub(super) heading: String,
    pub(super) alert: Option<String>,
    pub(super) problems: Vec<Problem>,
    pub(super) duty: String,
    pub(super) name: String,
    pub(super) hospital: String,
    pub(super) role: String,
    pub(super) stage: String,
    pub(super) startup: Option<String>,
    pub(super) due: String,
    pub(super) known: Option<KnownConflict>,
    pub(super) conflict: ConflictBox,
}

/// A conflict of interest that the hospital noted before it asked.
#[derive(Clone, Debug)]
pub(super) struct KnownConflict {
    pub(super) what: String,
    pub(super) handling: String,
}

/// The declaration of a conflict of interest.
#[derive(Clone, Debug)]
pub(super) struct ConflictBox {
    pub(super) question: String,
    pub(super) none: bool,
    pub(super) some: bool,
    pub(super) error: Option<String>,
    pub(super) text: String,
    pub(super) text_error: Option<String>,
}

/// A sentence that may begin with “the hospital that invited you”.
pub(super) fn capitalized(sentence: &str) -> String {
    let mut chars = sentence.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

/// The case by its reference, as letters name it.
pub(super) fn case_line(words: Phrases, case: CaseId) -> String {
    words.with("letterhead-case", [("case", case.reference().into())])
}

/// What is said in both languages, because nobody knows who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Unknown,
    CrossSite,
    TooLarge,
    Unreadable,
    TooMany,
    Fault,
}

impl Said {
    /// Everything that is said in both languages.
    pub(super) const ALL: [Self; 6] = [
        Self::Unknown,
        Self::CrossSite,
        Self::TooLarge,
        Self::Unreadable,
        Self::TooMany,
        Self::Fault,
    ];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::CrossSite => "cross-site",
            Self::TooLarge => "too-large",
            Self::Unreadable => "unreadable",
            Self::TooMany => "too-many",
            Self::Fault => "fault",
        }
    }
}

/// A page in both languages.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/both.html")]
pub(super) struct Both {
    frame: Frame,
    both: [Spoken; 2],
}

#[derive(Clone, Debug)]
struct Spoken {
    language: &'static str,
    title: String,
    what: String,
    todo: String,
}

impl Both {
    pub(super) fn new(said: Said) -> Self {
        let key = said.key();
        let spoken = |locale| {
            let words = Phrases(locale);
            Spoken {
                language: words.language(),
                title: words.say(&format!("{key}.title")),
                what: words.say(&format!("{key}.what")),
                todo: words.say(&format!("{key}.todo")),
            }
        };
        let both = [spoken(Locale::Ko), spoken(Locale::En)];
        Self {
            frame: Frame {
                words: Phrases(Locale::Ko),
                title: both
                    .each_ref()
                    .map(|spoken| spoken.title.as_str())
                    .join(" · "),
                switch: Switch::None,
                case_line: None,
            },
            both,
        }
    }
}
