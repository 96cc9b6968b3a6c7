//! Letters and messages in words; addresses are masked.

use super::super::dates::{Days, Moment};
use super::super::reader::Reader;
use super::super::stop::Stop;
use super::super::tone::Tone;
use naru_domain::account::Account;
use naru_domain::{Effect, LetterKind, Recipient};
use naru_engine::IncidentReport;
use naru_store::{OutboxEntry, OutboxStatus};

/// A letter or message in the list.
#[derive(Debug)]
pub(super) struct LetterRow {
    pub(super) moment: Moment,
    pub(super) what: String,
    pub(super) to: String,
    pub(super) tone: Tone,
    pub(super) state: String,
    pub(super) failure: Option<String>,
}

/// The rows of the list.
pub(super) async fn rows(
    reader: &Reader,
    days: &Days<'_>,
    entries: &[OutboxEntry],
) -> Result<Vec<LetterRow>, Stop> {
    let words = reader.words;
    let mut rows = Vec::new();
    for entry in entries {
        let (tone, state) = match &entry.status {
            OutboxStatus::Done { at } => {
                let moment = [("moment", days.moment(*at).words.into())];
                (Tone::Done, words.with("operate-done", moment))
            }
            OutboxStatus::Waiting { next_attempt_at } if 0 < entry.attempts => {
                let moment = [("moment", days.moment(*next_attempt_at).words.into())];
                (Tone::Late, words.with("operate-again", moment))
            }
            OutboxStatus::Waiting { .. } => (Tone::Wait, words.say("operate.waiting")),
            OutboxStatus::Stopped { .. } => (Tone::Blocked, words.say("operate.stopped")),
        };
        rows.push(LetterRow {
            moment: days.moment(entry.created_at),
            what: what(reader, &entry.effect),
            to: to(reader, &entry.effect).await?,
            tone,
            state,
            failure: entry.failure.as_deref().map(|failure| {
                let report = IncidentReport::read(failure);
                report.words.in_locale(words.0).to_owned()
            }),
        });
    }
    Ok(rows)
}

/// What is to be done, in words.
pub(super) fn what(reader: &Reader, effect: &Effect) -> String {
    let words = reader.words;
    match effect {
        Effect::SendLetter { letter, .. } => {
            let kind = words.say(&format!("letter.{}", word(&letter.kind)));
            match letter.case {
                Some(case) => {
                    let values = [("kind", kind.into()), ("case", case.reference().into())];
                    words.with("operate-letter", values)
                }
                None => words.with("operate-letter-alone", [("kind", kind.into())]),
            }
        }
        Effect::Deliver { to, .. } => {
            let (thing, _) = super::about(reader, *to);
            words.with("operate-message", [("thing", thing.into())])
        }
    }
}

/// To whom; addresses are masked.
async fn to(reader: &Reader, effect: &Effect) -> Result<String, Stop> {
    let Effect::SendLetter { to, .. } = effect else {
        return Ok(String::new());
    };
    Ok(match to {
        Recipient::RoleIn {
            organization, role, ..
        } => {
            let organization = reader.organization_name(*organization).await?;
            format!("{}, {organization}", reader.role_name(*role))
        }
        Recipient::Account { account } => match reader.viewer.load::<Account>(*account).await? {
            Some(held) => {
                let account = held.get()?;
                format!("{} {}", account.name.masked(), account.email.masked())
            }
            None => String::new(),
        },
        Recipient::Address { email, name, .. } => {
            format!("{} {}", name.masked(), email.masked())
        }
    })
}

/// The word of translations for a letter.
fn word(kind: &LetterKind) -> &'static str {
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
