//! What is said when there is nothing (more) to fill in.

use super::dates;
use super::view::{Frame, Switch, capitalized, case_line};
use crate::words::Phrases;
use askama::Template;
use jiff::civil::Date;
use naru_domain::{CaseId, Locale};

/// What is said when there is nothing (more) to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notice {
    /// Answers came just now.
    Thanks,
    /// The clinician said no just now.
    Declined,
    /// Answers came earlier.
    AlreadyAnswered,
    /// Answers came earlier, and they differ from those just sent.
    OtherAnswer,
    /// The invitation was taken back.
    Revoked,
    /// The last day is over.
    Ended,
    /// The hospital closed the round.
    Closed,
    /// The round was withdrawn with its case or stage.
    Withdrawn,
    /// The candidate accepted just now.
    MatchAccepted,
    /// The candidate said no just now.
    MatchDeclined,
    /// The candidate accepted earlier.
    MatchAnsweredYes,
    /// The candidate declined earlier.
    MatchAnsweredNo,
    /// The candidate answered earlier, and otherwise.
    MatchOtherAnswer,
    /// The candidate's time is over.
    MatchLapsed,
    /// The request was taken back.
    MatchWithdrawn,
    /// The stage looks for nobody any more.
    MatchOver,
    /// The case ended.
    CaseOver,
    /// The case is paused.
    Paused,
}

impl Notice {
    /// Every notice.
    pub(super) const ALL: [Self; 18] = [
        Self::Thanks,
        Self::Declined,
        Self::AlreadyAnswered,
        Self::OtherAnswer,
        Self::Revoked,
        Self::Ended,
        Self::Closed,
        Self::Withdrawn,
        Self::MatchAccepted,
        Self::MatchDeclined,
        Self::MatchAnsweredYes,
        Self::MatchAnsweredNo,
        Self::MatchOtherAnswer,
        Self::MatchLapsed,
        Self::MatchWithdrawn,
        Self::MatchOver,
        Self::CaseOver,
        Self::Paused,
    ];

    /// The key of its words.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Thanks => "thanks",
            Self::Declined => "declined",
            Self::AlreadyAnswered => "already-answered",
            Self::OtherAnswer => "other-answer",
            Self::Revoked => "revoked",
            Self::Ended => "ended",
            Self::Closed => "closed",
            Self::Withdrawn => "withdrawn",
            Self::MatchAccepted => "match-accepted",
            Self::MatchDeclined => "match-declined",
            Self::MatchAnsweredYes => "match-answered-yes",
            Self::MatchAnsweredNo => "match-answered-no",
            Self::MatchOtherAnswer => "match-other-answer",
            Self::MatchLapsed => "match-lapsed",
            Self::MatchWithdrawn => "match-withdrawn",
            Self::MatchOver => "match-over",
            Self::CaseOver => "case-over",
            Self::Paused => "paused",
        }
    }

    fn tone(self) -> Tone {
        match self {
            Self::Thanks
            | Self::Declined
            | Self::AlreadyAnswered
            | Self::MatchAccepted
            | Self::MatchDeclined
            | Self::MatchAnsweredYes
            | Self::MatchAnsweredNo => Tone::Done,
            Self::Revoked
            | Self::Ended
            | Self::Closed
            | Self::Withdrawn
            | Self::MatchLapsed
            | Self::MatchWithdrawn
            | Self::MatchOver
            | Self::CaseOver
            | Self::Paused => Tone::Idle,
            Self::OtherAnswer | Self::MatchOtherAnswer => Tone::Late,
        }
    }
}

/// The sign above a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// A tick.
    Done,
    /// A pause.
    Idle,
    /// A diamond.
    Late,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Idle => "idle",
            Self::Late => "late",
        }
    }
}

/// A page with a notice.
#[derive(Clone, Debug, Template)]
#[template(path = "pages/notice.html")]
pub(super) struct NoticePage {
    frame: Frame,
    tone: Tone,
    what: String,
    todo: String,
    again: Option<String>,
}

impl NoticePage {
    /// The notice in one language. `date` is the day the notice is about; notices without one do not name it.
    pub(super) fn new(
        notice: Notice,
        locale: Locale,
        hospital: Option<&str>,
        date: Date,
        case: CaseId,
    ) -> Self {
        let words = Phrases(locale);
        let unnamed = words.say("hospital-unnamed");
        let hospital = hospital.unwrap_or(&unnamed);
        let date = dates::in_words(date, locale);
        let part = |part: &str| {
            let key = format!("{}.{part}", notice.key());
            let said = words.with(
                &key,
                [
                    ("hospital", hospital.into()),
                    ("date", date.as_str().into()),
                ],
            );
            capitalized(&said)
        };
        Self {
            frame: Frame {
                words,
                title: part("title"),
                switch: Switch::Link,
                case_line: Some(case_line(words, case)),
            },
            tone: notice.tone(),
            what: part("what"),
            todo: part("todo"),
            again: (notice == Notice::Declined).then(|| words.say("feedback-again")),
        }
    }
}
