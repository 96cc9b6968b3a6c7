//! What a simulated case did, to be read by people.

use crate::pathway::{StageId, StageKind};
use crate::{Locale, Role, Words};
use jiff::Timestamp;
use jiff::civil::DateTime;

/// What a simulated case did, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// The pathway's title.
    pub title: Words,
    /// What happened.
    pub moments: Vec<Moment>,
    /// Why the simulation stopped before the end, if it did.
    pub stopped: Option<Stopped>,
}

/// Something that happened at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// When, on the clock of the pathway's calendar.
    pub local: DateTime,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// The case was opened.
    CaseOpened,
    /// A stage opened.
    StageOpened {
        /// The stage.
        stage: StageId,
        /// Its title.
        title: Words,
        /// Whose move it is.
        owner: Role,
        /// What kind of work it is.
        kind: &'static str,
        /// When it is due, if it is.
        due: Option<DueDay>,
    },
    /// The case passed a stage by.
    StageSkipped {
        /// The stage.
        stage: StageId,
        /// Its title.
        title: Words,
    },
    /// The owner was reminded.
    Reminded {
        /// The stage.
        stage: StageId,
        /// Its title.
        title: Words,
    },
    /// Somebody above was told that a stage is late.
    Escalated {
        /// The stage.
        stage: StageId,
        /// Its title.
        title: Words,
        /// Who.
        to: Vec<Role>,
    },
    /// A stage is over.
    StageOver {
        /// The stage.
        stage: StageId,
        /// Its title.
        title: Words,
        /// How it ended.
        outcome: &'static str,
    },
    /// The case is complete.
    CaseCompleted,
}

/// When a stage is due, and why then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueDay {
    /// The day.
    pub on: jiff::civil::Date,
    /// How it was counted, with the days that were skipped.
    pub because: Words,
    /// When the owner would be reminded.
    pub reminders: Vec<jiff::civil::Date>,
    /// When somebody above would be told.
    pub escalations: Vec<(jiff::civil::Date, Role)>,
}

/// Why a simulation stopped before the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// At which stage, if at one.
    pub stage: Option<StageId>,
    /// Why.
    pub because: Words,
}

impl Transcript {
    /// Whether the case came to its end.
    pub fn completed(&self) -> bool {
        self.stopped.is_none()
            && self
                .moments
                .last()
                .is_some_and(|moment| moment.what == Happening::CaseCompleted)
    }

    /// The transcript in one language, a line a moment.
    pub fn text(&self, locale: Locale) -> String {
        let mut text = format!("{}\n", self.title.in_locale(locale));
        for moment in &self.moments {
            let local = moment.local.strftime("%Y-%m-%d %H:%M");
            text.push_str(&format_line(&local.to_string(), &moment.what, locale));
        }
        if let Some(stopped) = &self.stopped {
            let stage = stopped.stage.as_ref().map_or("", StageId::as_str);
            let because = stopped.because.in_locale(locale);
            let line = match locale {
                Locale::En => format!("stopped at {stage}: {because}\n"),
                Locale::Ko => format!("‘{stage}’에서 멈춤: {because}\n"),
            };
            text.push_str(&line);
        }
        text
    }
}

fn format_line(local: &str, what: &Happening, locale: Locale) -> String {
    let line = match locale {
        Locale::En => english(what),
        Locale::Ko => korean(what),
    };
    let mut text = format!("{local}  {line}\n");
    if let Happening::StageOpened { due: Some(due), .. } = what {
        text.push_str(&due.lines(locale));
    }
    text
}

fn english(what: &Happening) -> String {
    match what {
        Happening::CaseOpened => "The case opens.".to_owned(),
        Happening::StageOpened {
            title, owner, kind, ..
        } => format!("{} opens ({kind}, {}).", title.en, owner.as_str()),
        Happening::StageSkipped { title, .. } => format!("{} is passed by.", title.en),
        Happening::Reminded { title, .. } => format!("A reminder goes out: {}.", title.en),
        Happening::Escalated { title, to, .. } => {
            format!("{} is late: {} is told.", title.en, roles(to))
        }
        Happening::StageOver { title, outcome, .. } => format!("{}: {outcome}.", title.en),
        Happening::CaseCompleted => "The case is complete.".to_owned(),
    }
}

fn korean(what: &Happening) -> String {
    match what {
        Happening::CaseOpened => "건이 열립니다.".to_owned(),
        Happening::StageOpened {
            title, owner, kind, ..
        } => format!(
            "‘{}’ 단계가 열립니다({kind}, {}).",
            title.ko,
            owner.as_str()
        ),
        Happening::StageSkipped { title, .. } => format!("‘{}’ 단계는 건너뜁니다.", title.ko),
        Happening::Reminded { title, .. } => format!("‘{}’ 알림을 보냅니다.", title.ko),
        Happening::Escalated { title, to, .. } => {
            format!("‘{}’ 단계가 늦어 {}에게 알립니다.", title.ko, roles(to))
        }
        Happening::StageOver { title, outcome, .. } => {
            format!("‘{}’ 단계가 끝납니다({outcome}).", title.ko)
        }
        Happening::CaseCompleted => "건이 완료됩니다.".to_owned(),
    }
}

fn roles(roles: &[Role]) -> String {
    let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    names.join(", ")
}

impl DueDay {
    fn lines(&self, locale: Locale) -> String {
        let because = self.because.in_locale(locale);
        let reminders: Vec<String> = self.reminders.iter().map(ToString::to_string).collect();
        let escalations: Vec<String> = self
            .escalations
            .iter()
            .map(|(day, role)| format!("{day} ({})", role.as_str()))
            .collect();
        let (due, remind, escalate) = match locale {
            Locale::En => ("due", "reminders", "if late"),
            Locale::Ko => ("기한", "알림", "늦으면"),
        };
        let mut text = format!("                  {due} {}: {because}\n", self.on);
        for (word, days) in [(remind, reminders), (escalate, escalations)] {
            if !days.is_empty() {
                let line = format!("                  {word} {}\n", days.join(", "));
                text.push_str(&line);
            }
        }
        text
    }
}

impl Happening {
    /// The stage that opened with this kind of work.
    pub(super) fn opened(
        stage: &StageId,
        title: &Words,
        owner: Role,
        kind: &StageKind,
        due: Option<DueDay>,
    ) -> Self {
        Self::StageOpened {
            stage: stage.clone(),
            title: title.clone(),
            owner,
            kind: kind.as_str(),
            due,
        }
    }
}
