//! The page of a feedback round: whom it asks, who has answered, what was found, and how it is closed.

mod results;
mod send;

use super::Answer;
use super::ask::{Control, Input, Sent, seen};
use super::dates::Days;
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::step::Step;
use super::stop::Stop;
use super::tone::Tone;
use crate::authz::Action;
use crate::graphql::{Held, Noun, Sight, sight};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::case::Case;
use naru_domain::device::Device;
use naru_domain::feedback::{FeedbackRound, Invitation, Questionnaire, RoundPhase, Standing};
use results::Found;

/// Rows of the form for invitations; empty ones are left out.
const INVITATION_ROWS: usize = 3;

#[derive(Debug, Template)]
#[template(path = "console/work/round.html")]
struct RoundPage {
    frame: Frame,
    address: String,
    case: Option<(String, String)>,
    heads: Vec<String>,
    chip: (Tone, String),
    step: Step,
    errors: Vec<(String, String)>,
    counts: Vec<(String, String)>,
    tally: Vec<bool>,
    tally_text: String,
    found: Option<Found>,
    invited: Vec<InvitedRow>,
    /// Why there is no list of invitations.
    no_list: Option<String>,
    invite: Vec<InviteRow>,
    close: Option<[Input; 2]>,
    ended: Option<Ended>,
    asked: Vec<String>,
    facts: Vec<(String, String)>,
}

/// One invitation, as far as the reader may see it.
#[derive(Debug)]
struct InvitedRow {
    id: String,
    name: String,
    email: String,
    about: String,
    tone: Tone,
    state: String,
    when: String,
    /// Whether a reminder can be sent.
    remind: bool,
    /// The field for why it is taken back.
    revoke: Option<Input>,
    error: Option<String>,
}

/// A clinician to invite.
#[derive(Debug)]
struct InviteRow {
    number: usize,
    fields: Vec<Input>,
}

/// How the round ended.
#[derive(Debug)]
struct Ended {
    note: String,
    parts: Vec<(String, String)>,
}

/// A round with everything that its parts are made of.
struct Scene<'a> {
    reader: &'a Reader,
    days: &'a Days<'a>,
    round: &'a FeedbackRound,
    asked: Option<&'a Questionnaire>,
    sent: &'a Sent,
    /// Whether the reader runs the round and it can still change.
    can: bool,
    open: bool,
}

/// Answers `GET /feedback-rounds/{id}`.
pub(super) async fn page(reader: Reader, Path(id): Path<String>) -> Answer {
    let held = seen::<FeedbackRound>(&reader, &id).await?;
    round_page(&reader, &held, &Sent::default()).await
}

/// Answers `POST /feedback-rounds/{id}`: the button says which command is meant.
pub(super) async fn act(reader: Reader, Path(id): Path<String>, posted: Posted) -> Answer {
    let held = seen::<FeedbackRound>(&reader, &id).await?;
    let (done, prepared) = send::prepared(&reader, &id, &posted).await?;
    let carried = reader.carry_out(&posted, prepared).await?;
    if carried.errors.is_empty() {
        return Ok(Redirect::to(&format!("/feedback-rounds/{id}?done={done}")).into_response());
    }
    let sent = Sent::refused(posted, carried.errors);
    let mut answer = round_page(&reader, &held, &sent).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

async fn round_page(reader: &Reader, held: &Held<FeedbackRound>, sent: &Sent) -> Answer {
    let round = held.get()?;
    let words = reader.words;
    let case = reader.viewer.see::<Case>(round.case).await?;
    let case = case.as_ref().map(Held::get).transpose()?;
    let days = Days::in_calendar(reader.app(), words.0, &round.calendar);
    let thing = round.thing(&reader.viewer).await?;
    let live = round.is_live() && round.suspended_at.is_none();
    let scene = Scene {
        reader,
        days: &days,
        round,
        asked: reader
            .app()
            .reference()
            .questionnaires
            .get(&round.questionnaire),
        sent,
        can: live && reader.viewer.allows(Action::InviteClinicians, &thing),
        open: round.takes_answers(reader.app().clock().now()),
    };
    let title = round.title.in_locale(reader.viewer.locale).to_owned();
    let (tally, tally_text) = scene.tally();
    let sees = sight(&reader.viewer, round);
    let page = RoundPage {
        frame: reader.frame(title, Some(Place::Cases)).await?,
        address: format!("/feedback-rounds/{}", round.id),
        case: case.map(|case| {
            (
                format!("/cases/{}", case.id),
                case.title.as_str().to_owned(),
            )
        }),
        heads: scene.heads().await?,
        chip: scene.chip(),
        step: scene.step(),
        errors: sent.summary(|field| !matches!(field, "invitation" | "invitations")),
        counts: scene.counts(),
        tally,
        tally_text,
        found: scene.asked.map(|asked| Found::of(reader, round, asked)),
        invited: scene.invited(sees),
        no_list: (sees == Sight::Counts).then(|| words.say("panel.no-list")),
        invite: scene.invite_rows(),
        close: scene.close_form(),
        ended: scene.ended(),
        asked: scene.questions(),
        facts: scene.facts(),
    };
    show(&page)
}

impl Scene<'_> {
    fn chip(&self) -> (Tone, String) {
        let (tone, word) = match &self.round.phase {
            RoundPhase::Closed { .. } => (Tone::Done, "closed"),
            RoundPhase::Withdrawn { .. } => (Tone::Skipped, "withdrawn"),
            RoundPhase::Open | RoundPhase::Ended if self.round.suspended_at.is_some() => {
                (Tone::Blocked, "suspended")
            }
            RoundPhase::Open => (Tone::Wait, "open"),
            RoundPhase::Ended => (if self.can { Tone::Mine } else { Tone::Wait }, "ended"),
        };
        (tone, self.reader.words.say(&format!("round-status.{word}")))
    }

    async fn heads(&self) -> Result<Vec<String>, Stop> {
        let mut heads = Vec::new();
        if let Some(device) = self.reader.viewer.see::<Device>(self.round.device).await? {
            let name = device.get()?.name.in_locale(self.reader.viewer.locale);
            heads.push(name.to_owned());
        }
        heads.push(self.reader.organization_name(self.round.hospital).await?);
        heads.push(self.round.case.reference());
        Ok(heads)
    }

    fn standing(&self, of: fn(&Standing) -> bool) -> usize {
        let invitations = self.round.invitations.values();
        invitations.filter(|invited| of(&invited.standing)).count()
    }

    fn waiting(&self) -> usize {
        self.standing(|standing| matches!(standing, Standing::Waiting))
    }

    fn step(&self) -> Step {
        let words = self.reader.words;
        let answered = self.round.answered();
        let needed = usize::from(self.round.answers_needed);
        let values = [("answered", answered.into()), ("needed", needed.into())];
        let so_far = words.with("round-so-far", values);
        let due = Some(self.days.due_on(self.round.closes_on)).filter(|_| self.round.is_live());
        let (tone, title) = self.chip();
        if !self.can {
            return Step::told(tone, title, so_far).due(due);
        }
        let invite = ("#invite".to_owned(), words.say("panel.invite-go"));
        let close = ("#close".to_owned(), words.say("panel.close-go"));
        if !self.open {
            return Step::to_do(words.say("panel.over"), so_far, close);
        }
        if self.round.invitations.is_empty() {
            let text = words.say("panel.nobody-note");
            return Step::to_do(words.say("panel.nobody"), text, invite).due(due);
        }
        if needed <= answered {
            return Step::to_do(words.say("panel.enough"), so_far, close).due(due);
        }
        if answered + self.waiting() < needed {
            return Step::to_do(words.say("panel.too-few"), so_far, invite).due(due);
        }
        Step::told(Tone::Wait, words.say("panel.waiting"), so_far).due(due)
    }

    fn counts(&self) -> Vec<(String, String)> {
        let words = self.reader.words;
        let declined = self.standing(|standing| matches!(standing, Standing::Declined { .. }));
        let all = [
            ("panel.answered", self.round.answered()),
            ("panel.is-waiting", self.waiting()),
            ("panel.declined", declined),
        ];
        all.into_iter()
            .map(|(key, count)| (words.say(key), count.to_string()))
            .collect()
    }

    /// One place per answer that is needed, and whether it is filled.
    fn tally(&self) -> (Vec<bool>, String) {
        let answered = self.round.answered();
        let needed = usize::from(self.round.answers_needed);
        let values = [("answered", answered.into()), ("needed", needed.into())];
        let text = self.reader.words.with("round-so-far", values);
        ((0..needed).map(|place| place < answered).collect(), text)
    }

    fn invited(&self, sees: Sight) -> Vec<InvitedRow> {
        if sees == Sight::Counts {
            return Vec::new();
        }
        let invitations = self.round.invitations.values();
        let mut rows: Vec<InvitedRow> = invitations
            .map(|invitation| self.row(invitation, sees == Sight::Full))
            .collect();
        // Whoever is waited for stands first.
        rows.sort_by_key(|row| row.tone != Tone::Wait);
        rows
    }

    fn row(&self, invitation: &Invitation, full: bool) -> InvitedRow {
        let words = self.reader.words;
        let id = invitation.id.to_string();
        let clinician = &invitation.clinician;
        let (tone, word, reason) = match &invitation.standing {
            Standing::Waiting => (Tone::Wait, "waiting", None),
            Standing::Answered { .. } => (Tone::Done, "answered", None),
            Standing::Declined { reason, .. } => (Tone::Skipped, "declined", reason.as_ref()),
            Standing::Revoked { reason, .. } => (Tone::Skipped, "revoked", Some(reason)),
        };
        let mut about = Vec::new();
        if full {
            about.push(clinician.site.as_str().to_owned());
            about.extend(
                clinician
                    .specialty
                    .iter()
                    .map(|field| field.as_str().to_owned()),
            );
            about.extend(reason.map(|reason| reason.as_str().to_owned()));
        }
        let day = [("day", self.days.day_of(invitation.invited_at).into())];
        let mut when = vec![words.with("round-invited", day)];
        if let Some(at) = invitation.reminded_at {
            let day = [("day", self.days.day_of(at).into())];
            when.push(words.with("round-reminded", day));
        }
        if let Some(at) = invitation.reminders.first() {
            let day = [("day", self.days.day_of(*at).into())];
            when.push(words.with("round-next-reminder", day));
        }
        let waits = invitation.is_waiting() && self.can;
        let form = self.sent.form("revoke", &id);
        let reason = form.field("reason", words.say("panel.revoke-why"), Control::Lines(2));
        let reminding = self.sent.form("remind", &id);
        InvitedRow {
            name: if full {
                clinician.name.as_str().to_owned()
            } else {
                clinician.name.masked()
            },
            email: if full {
                clinician.email.as_str().to_owned()
            } else {
                clinician.email.masked()
            },
            about: about.join(" · "),
            tone,
            state: words.say(&format!("invited.{word}")),
            when: when.join(" · "),
            remind: waits && self.open,
            revoke: waits.then_some(reason),
            error: reminding.error("invitation").or(form.error("invitation")),
            id,
        }
    }

    fn invite_rows(&self) -> Vec<InviteRow> {
        if !(self.can && self.open) {
            return Vec::new();
        }
        let words = self.reader.words;
        let form = self.sent.form("invite", "");
        let locales = || {
            Control::Menu(vec![
                ("ko".to_owned(), "한국어".to_owned()),
                ("en".to_owned(), "English".to_owned()),
            ])
        };
        let places = send::places(self.sent.posted("invite", ""), INVITATION_ROWS);
        let rows = places.into_iter().enumerate().map(|(number, place)| {
            // Refusals count the rows that were filled; the fields carry the number of their row.
            let field = |name: &str, key: &str, control: Control| {
                let own = format!("invitations.{number}.{name}");
                let mut input = form.field(&own, words.say(key), control);
                let named = place.map(|place| format!("invitations.{place}.{name}"));
                input = input.wrong(named.and_then(|named| form.error(&named)));
                input.required = number == 0;
                input
            };
            InviteRow {
                number: number + 1,
                fields: vec![
                    field("name", "panel.name", Control::Line),
                    field("email", "panel.email", Control::Mail),
                    field("site", "panel.site", Control::Line),
                    field("specialty", "panel.specialty", Control::Line).optional(),
                    field("locale", "panel.language", locales()),
                ],
            }
        });
        rows.collect()
    }

    fn close_form(&self) -> Option<[Input; 2]> {
        if !self.can {
            return None;
        }
        let words = self.reader.words;
        let form = self.sent.form("close", "");
        let conclusion = words.say("panel.conclusion");
        let short = words.say("panel.short");
        Some([
            form.field("conclusion", conclusion, Control::Lines(4)),
            form.field("shortReason", short, Control::Lines(2))
                .hint(words.say("panel.short-hint"))
                .optional(),
        ])
    }

    fn ended(&self) -> Option<Ended> {
        let words = self.reader.words;
        match &self.round.phase {
            RoundPhase::Open | RoundPhase::Ended => None,
            RoundPhase::Closed {
                at,
                conclusion,
                short_reason,
            } => {
                let mut parts = vec![(
                    words.say("panel.conclusion"),
                    conclusion.as_str().to_owned(),
                )];
                if let Some(reason) = short_reason {
                    parts.push((words.say("panel.short"), reason.as_str().to_owned()));
                }
                Some(Ended {
                    note: self.days.day_of(*at),
                    parts,
                })
            }
            RoundPhase::Withdrawn { at, reason } => Some(Ended {
                note: self.days.day_of(*at),
                parts: vec![(words.say("panel.withdrawn"), reason.as_str().to_owned())],
            }),
        }
    }

    fn questions(&self) -> Vec<String> {
        let locale = self.reader.viewer.locale;
        let questions = self.asked.into_iter().flat_map(|asked| &asked.questions);
        questions
            .map(|question| question.label.in_locale(locale).to_owned())
            .collect()
    }

    fn facts(&self) -> Vec<(String, String)> {
        let words = self.reader.words;
        let mut facts = vec![
            (
                words.say("panel.opened"),
                self.days.day(self.round.opened_on),
            ),
            (
                words.say("panel.closes"),
                self.days.day(self.round.closes_on),
            ),
            (
                words.say("panel.needed"),
                self.round.answers_needed.to_string(),
            ),
            (
                words.say("panel.threshold"),
                self.round.anonymity_threshold.to_string(),
            ),
        ];
        if let Some(asked) = self.asked {
            let version = asked.consent.version.as_str().to_owned();
            facts.push((words.say("panel.consent"), version));
        }
        facts
    }
}
