//! Every letter that Naru writes, in Korean and English.
//!
//! A letter says what happened, what to do and by when, and carries one link. It names a case by its reference and a stage by its
//! title: no device, no finding, no note, because mail crosses servers that are not ours.

mod korean;
mod words;

pub use korean::particle;

use crate::link::{Link, LinkKey};
use crate::trouble::Trouble;
use askama::Template;
use fluent_bundle::FluentArgs;
use jiff::civil::{Date, Weekday};
use naru_domain::{Letter, LetterKind, Locale, PersonName};
use words::Dictionary;

/// A letter in words, ready to be put into a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
}

/// What a letter needs to know besides what it is about.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Whom to greet.
    pub name: &'a PersonName,
    /// In which language.
    pub locale: Locale,
    /// The installation's address, without a slash at the end.
    pub base_url: &'a str,
    /// The key of links.
    pub key: &'a LinkKey,
    /// Whose name closes the letter.
    pub sender: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct PlainText<'a> {
    greeting: &'a str,
    what: &'a str,
    todo: &'a str,
    due: Option<&'a str>,
    action: &'a str,
    link: &'a str,
    closing: &'a str,
    sender: &'a str,
    case_line: Option<&'a str>,
    automatic: &'a str,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    language: &'a str,
    subject: &'a str,
    greeting: &'a str,
    what: &'a str,
    todo: &'a str,
    due: Option<&'a str>,
    action: &'a str,
    link: &'a str,
    link_help: &'a str,
    closing: &'a str,
    sender: &'a str,
    case_line: Option<&'a str>,
    automatic: &'a str,
}

/// The letter in words.
pub fn render(letter: &Letter, setting: &Setting<'_>) -> Result<Rendered, Trouble> {
    let dictionary = Dictionary::of(setting.locale);
    let mut arguments = FluentArgs::new();
    arguments.set("name", one_line(setting.name.as_str()));
    let say = |key: &str, arguments: &FluentArgs<'_>| {
        let missing = || Trouble::LetterNotComposed {
            detail: format!("there are no words for `{key}`"),
        };
        dictionary.say(key, arguments).ok_or_else(missing)
    };
    if let Some(case) = letter.case {
        arguments.set("case", case.reference());
    }
    let case_line = letter.case.map(|_| say("case-line", &arguments));
    let case_line = case_line.transpose()?;
    let stage = match &letter.stage_title {
        Some(title) => one_line(title.in_locale(setting.locale)),
        None => say("stage-unnamed", &arguments)?,
    };
    arguments.set("stage", stage);
    let due = match letter.due {
        Some(date) => {
            arguments.set("due", date_in_words(date, setting.locale));
            Some(say("due", &arguments)?)
        }
        None => None,
    };
    let part = |part: &str| say(&format!("{}.{part}", message(&letter.kind)), &arguments);
    let subject = part("subject")?;
    let (what, todo, action) = (part("what")?, part("todo")?, part("action")?);
    let link = link(letter, setting)?;
    let text = PlainText {
        greeting: &say("greeting", &arguments)?,
        what: &what,
        todo: &todo,
        due: due.as_deref(),
        action: &action,
        link: &link,
        closing: &say("closing", &arguments)?,
        sender: setting.sender,
        case_line: case_line.as_deref(),
        automatic: &say("automatic", &arguments)?,
    };
    let html = Html {
        language: match setting.locale {
            Locale::Ko => "ko",
            Locale::En => "en",
        },
        subject: &subject,
        greeting: text.greeting,
        what: &what,
        todo: &todo,
        due: due.as_deref(),
        action: &action,
        link: &link,
        link_help: &say("link-help", &arguments)?,
        closing: text.closing,
        sender: setting.sender,
        case_line: text.case_line,
        automatic: text.automatic,
    };
    let not_composed = |problem: askama::Error| Trouble::LetterNotComposed {
        detail: problem.to_string(),
    };
    Ok(Rendered {
        text: text.render().map_err(not_composed)?,
        html: html.render().map_err(not_composed)?,
        subject,
    })
}

/// The message of the translations that belongs to a kind of letter.
fn message(kind: &LetterKind) -> &'static str {
    match kind {
        LetterKind::CaseOpened => "case-opened",
        LetterKind::StageOpened => "stage-opened",
        LetterKind::StageReminder => "stage-reminder",
        LetterKind::StageEscalation => "stage-escalation",
        LetterKind::SentBack => "sent-back",
        LetterKind::StageDecided => "stage-decided",
        LetterKind::CasePaused => "case-paused",
        LetterKind::CaseResumed => "case-resumed",
        LetterKind::CaseCanceled => "case-canceled",
        LetterKind::AwardGranted => "award-granted",
        LetterKind::CaseCompleted => "case-completed",
        LetterKind::MatchInvitation { .. } => "match-invitation",
        LetterKind::FeedbackInvitation { .. } => "feedback-invitation",
        LetterKind::FeedbackReminder { .. } => "feedback-reminder",
        LetterKind::ConsultationOpened { .. } => "consultation-opened",
        LetterKind::NoteAdded { .. } => "note-added",
        LetterKind::Mentioned { .. } => "mentioned",
        LetterKind::QuestionAsked { .. } => "question-asked",
        LetterKind::QuestionAnswered { .. } => "question-answered",
        LetterKind::SignInLink { .. } => "sign-in-link",
    }
}

/// The one address in the letter.
fn link(letter: &Letter, setting: &Setting<'_>) -> Result<String, Trouble> {
    let no_case = || Trouble::LetterNotComposed {
        detail: format!("`{}` is about no case", message(&letter.kind)),
    };
    let base = setting.base_url.trim_end_matches('/');
    let signed = match letter.kind {
        LetterKind::FeedbackInvitation { round, invitation }
        | LetterKind::FeedbackReminder { round, invitation } => {
            Some(Link::Feedback { round, invitation })
        }
        LetterKind::MatchInvitation { candidate } => Some(Link::Match {
            case: letter.case.ok_or_else(no_case)?,
            candidate,
        }),
        LetterKind::SignInLink { account, link } => {
            let token = setting.key.sign(Link::SignIn { account, link });
            return Ok(format!("{base}/sign-in/link/{token}"));
        }
        LetterKind::CaseOpened
        | LetterKind::StageOpened
        | LetterKind::StageReminder
        | LetterKind::StageEscalation
        | LetterKind::SentBack
        | LetterKind::StageDecided
        | LetterKind::CasePaused
        | LetterKind::CaseResumed
        | LetterKind::CaseCanceled
        | LetterKind::AwardGranted
        | LetterKind::CaseCompleted => None,
        LetterKind::ConsultationOpened { consultation }
        | LetterKind::NoteAdded { consultation }
        | LetterKind::Mentioned { consultation }
        | LetterKind::QuestionAsked { consultation }
        | LetterKind::QuestionAnswered { consultation } => {
            return Ok(format!("{base}/consultations/{consultation}"));
        }
    };
    match signed {
        Some(link) => Ok(format!("{base}/l/{}", setting.key.sign(link))),
        None => Ok(format!("{base}/cases/{}", letter.case.ok_or_else(no_case)?)),
    }
}

fn date_in_words(date: Date, locale: Locale) -> String {
    match locale {
        Locale::Ko => {
            let day = match date.weekday() {
                Weekday::Monday => "월",
                Weekday::Tuesday => "화",
                Weekday::Wednesday => "수",
                Weekday::Thursday => "목",
                Weekday::Friday => "금",
                Weekday::Saturday => "토",
                Weekday::Sunday => "일",
            };
            let (year, month) = (date.year(), date.month());
            format!("{year}년 {month}월 {}일({day})", date.day())
        }
        Locale::En => date.strftime("%A, %-d %B %Y").to_string(),
    }
}

/// The most of a title that a letter repeats: a line without spaces cannot be folded, and RFC 5322 (2.1.1) allows 998 bytes a line.
const TITLE_CHARS_MAX: usize = 120;

/// A subject has one line that a person can read, whatever a title holds, and nothing in it reads as an encoded word (RFC 2047), which a reader
/// would decode.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    let line = words.join(" ").replace("=?", "= ?");
    match line.char_indices().nth(TITLE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests;
