//! The page of a consultation: questions between the sides, notes that say who sees them, and the recommendation.

mod audience;
pub(super) mod list;
mod send;

use super::Answer;
use super::ask::{Control, Form, Input, Sent, seen};
use super::dates::{Days, Due, Moment};
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::{Reader, face};
use super::show;
use super::stage::form::Choice;
use super::step::{Step, stage_due};
use super::stop::Stop;
use super::tone::Tone;
use crate::graphql::Held;
use askama::Template;
use audience::Sides;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::case::Case;
use naru_domain::consultation::{
    Audience, Consultation, ConsultationPhase, Question, QuestionStanding,
};
use naru_domain::device::Device;
use std::collections::BTreeSet;

/// The field of a note with whom it mentions.
const MENTIONS: &str = "mentions";

#[derive(Debug, Template)]
#[template(path = "console/work/advice.html")]
struct AdvicePage {
    frame: Frame,
    address: String,
    up: (&'static str, String),
    case: Option<(String, String)>,
    startup: String,
    heads: Vec<String>,
    chip: (Tone, String),
    step: Step,
    errors: Vec<(String, String)>,
    asks: Vec<String>,
    recommendation: Option<Recommended>,
    waiting: Vec<Asked>,
    over: Vec<Asked>,
    notes: Vec<NoteView>,
    note: Vec<Input>,
    ask: Option<[Input; 3]>,
    close: Option<Closing>,
    wall: String,
    facts: Vec<(String, String)>,
}

/// A question with what came of it.
#[derive(Debug)]
struct Asked {
    id: String,
    by: String,
    face: String,
    between: String,
    text: String,
    moment: Moment,
    due: Option<Due>,
    tone: Tone,
    state: String,
    seen: String,
    /// What it says in answer, by whom and when.
    answer: Option<(String, String)>,
    /// The field for an answer, where the reader's side is asked.
    reply: Option<Input>,
    /// The field for why it is taken back, where the reader's side asks.
    back: Option<Input>,
}

/// A note with who sees it.
#[derive(Debug)]
struct NoteView {
    by: String,
    face: String,
    side: String,
    moment: Moment,
    seen: String,
    /// Whether every side sees it.
    open: bool,
    text: String,
    /// Who is called to look at it.
    mentions: Vec<String>,
}

/// What was recommended.
#[derive(Debug)]
struct Recommended {
    note: String,
    text: String,
    points: Vec<(String, String)>,
}

/// The form that closes a consultation.
#[derive(Debug)]
struct Closing {
    points: Vec<Input>,
    recommendation: Input,
    note: String,
}

/// Everything that the parts of the page are made of.
struct Scene<'a> {
    reader: &'a Reader,
    days: &'a Days<'a>,
    consultation: &'a Consultation,
    sides: &'a Sides,
    sent: &'a Sent,
    /// The side that the reader writes for while it can still change.
    writes: Option<Audience>,
}

/// Answers `GET /consultations/{id}`.
pub(super) async fn page(reader: Reader, Path(id): Path<String>) -> Answer {
    let held = seen::<Consultation>(&reader, &id).await?;
    advice_page(&reader, &held, &Sent::default()).await
}

/// Answers `POST /consultations/{id}`: the button says which command is meant.
pub(super) async fn act(reader: Reader, Path(id): Path<String>, posted: Posted) -> Answer {
    let held = seen::<Consultation>(&reader, &id).await?;
    let (done, prepared) = send::prepared(&reader, held.get()?, &posted).await?;
    let carried = reader.carry_out(&posted, prepared).await?;
    if carried.errors.is_empty() {
        let next = format!("/consultations/{id}?done={done}");
        return Ok(Redirect::to(&next).into_response());
    }
    let sent = Sent::refused(posted, carried.errors);
    let mut answer = advice_page(&reader, &held, &sent).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

async fn advice_page(reader: &Reader, held: &Held<Consultation>, sent: &Sent) -> Answer {
    let consultation = held.get()?;
    let words = reader.words;
    let case = reader.viewer.see::<Case>(consultation.case).await?;
    let case = case.as_ref().map(Held::get).transpose()?;
    let days = match case {
        Some(case) => Days::in_calendar(reader.app(), words.0, &case.calendar),
        None => Days::of(reader.app(), words.0),
    };
    let sides = Sides::of(reader, consultation).await?;
    let mut writes = consultation.writes_for(reader.viewer.actor()).into_iter();
    let scene = Scene {
        reader,
        days: &days,
        consultation,
        sides: &sides,
        sent,
        writes: writes.next().filter(|_| consultation.is_live()),
    };
    let locale = reader.viewer.locale;
    let title = consultation.title.in_locale(locale).to_owned();
    let advises = sides.own == Some(Audience::Consultancy);
    let up = if advises {
        ("/engagements", words.say("advice.engagements"))
    } else {
        ("/cases", words.say("cases.title"))
    };
    let (waiting, over) = scene.questions().await?;
    let place = if advises { Place::Advice } else { Place::Cases };
    let page = AdvicePage {
        frame: reader.frame(title, Some(place)).await?,
        address: format!("/consultations/{}", consultation.id),
        up,
        case: case.map(|case| {
            (
                format!("/cases/{}", case.id),
                case.title.as_str().to_owned(),
            )
        }),
        startup: sides.name(Audience::Startup),
        heads: scene.heads().await?,
        chip: chip(reader, consultation, &sides),
        step: scene.step(case).await?,
        errors: sent
            .summary(|field| !matches!(field, "question" | "answers") || sent.was("close", "")),
        asks: scene.asks(),
        recommendation: scene.recommended().await?,
        waiting,
        over,
        notes: scene.notes().await?,
        note: scene.note_form().await?,
        ask: scene.ask_form(),
        close: scene.close_form(),
        wall: words.with(
            "advice-wall",
            [("startup", sides.name(Audience::Startup).into())],
        ),
        facts: scene.facts(case),
    };
    show(&page)
}

/// How a consultation stands with the reader, in a word.
fn chip(reader: &Reader, consultation: &Consultation, sides: &Sides) -> (Tone, String) {
    let words = reader.words;
    match &consultation.phase {
        ConsultationPhase::Closed { .. } => return (Tone::Done, words.say("advice.closed")),
        ConsultationPhase::Withdrawn { .. } => {
            return (Tone::Skipped, words.say("advice.withdrawn"));
        }
        ConsultationPhase::Open => {}
    }
    if consultation.suspended_at.is_some() {
        return (Tone::Blocked, words.say("status.paused"));
    }
    let own = sides
        .own
        .map_or(0, |side| consultation.questions_waiting_for(side));
    if 0 < own {
        return (
            Tone::Mine,
            words.with("advice-to-answer", [("count", own.into())]),
        );
    }
    match asked_by_own(consultation, sides) {
        Some(side) => {
            let name = [("name", sides.name(side).into())];
            (Tone::Wait, words.with("advice-asked", name))
        }
        None if sides.own == Some(Audience::Consultancy) => {
            (Tone::Mine, words.say("advice.to-close"))
        }
        None => (Tone::Wait, words.say("advice.open")),
    }
}

/// The other side whose answer the reader's own side waits for, if there is one.
fn asked_by_own(consultation: &Consultation, sides: &Sides) -> Option<Audience> {
    Audience::ALL
        .into_iter()
        .find(|side| 0 < waits_between(consultation, sides.own, *side))
}

/// Questions that the reader's own side waits for, by the side that is asked; nobody learns of those between the two others.
fn waits_between(consultation: &Consultation, own: Option<Audience>, asked: Audience) -> usize {
    match own {
        Some(own) if own != asked => consultation.questions_waiting_between(own, asked),
        Some(_) | None => 0,
    }
}

impl Scene<'_> {
    async fn heads(&self) -> Result<Vec<String>, Stop> {
        let mut heads = Vec::new();
        let device = self
            .reader
            .viewer
            .see::<Device>(self.consultation.device)
            .await?;
        if let Some(device) = &device {
            let name = device.get()?.name.in_locale(self.reader.viewer.locale);
            heads.push(name.to_owned());
        }
        heads.push(self.sides.name(Audience::Hospital));
        heads.push(self.sides.name(Audience::Consultancy));
        heads.push(self.consultation.case.reference());
        Ok(heads)
    }

    fn asks(&self) -> Vec<String> {
        let locale = self.reader.viewer.locale;
        let asks = self.consultation.asks.iter();
        asks.map(|ask| ask.in_locale(locale).to_owned()).collect()
    }

    async fn step(&self, case: Option<&Case>) -> Result<Step, Stop> {
        let words = self.reader.words;
        let (tone, title) = chip(self.reader, self.consultation, self.sides);
        let due = stage_due(self.days, case, &self.consultation.stage);
        match &self.consultation.phase {
            ConsultationPhase::Closed { at, by, .. } => {
                let by = self.reader.name_of(*by).await?;
                let values = [("name", by.into()), ("day", self.days.day_of(*at).into())];
                let text = words.with("advice-closed-by", values);
                return Ok(Step::told(tone, title, text));
            }
            ConsultationPhase::Withdrawn { reason, .. } => {
                return Ok(Step::told(tone, title, reason.as_str().to_owned()));
            }
            ConsultationPhase::Open => {}
        }
        let first = self
            .visible()
            .into_iter()
            .filter(|question| question.is_waiting() && Some(question.to) == self.sides.own)
            .min_by_key(|question| (question.due_on.is_none(), question.due_on));
        let mut step = Step::told(tone, title, String::new());
        let other = asked_by_own(self.consultation, self.sides);
        match first {
            Some(question) => {
                step.text = words.with("advice-first", [("text", short(&question.text).into())]);
                if self.writes.is_some() {
                    step.go = Some((format!("#{}", question.id), words.say("advice.reply")));
                }
                Ok(step.due(question.due_on.map(|day| self.days.due_on(day))))
            }
            None if self.sides.own == Some(Audience::Consultancy) => {
                step.text = match other {
                    Some(side) => {
                        let name = [("name", self.sides.name(side).into())];
                        words.with("advice-waits-for", name)
                    }
                    None => words.say("advice.to-close-note"),
                };
                let closes = other.is_none() && self.consultation.suspended_at.is_none();
                if self.writes.is_some() && closes {
                    step.go = Some(("#close".to_owned(), words.say("advice.close-go")));
                }
                Ok(step.due(due))
            }
            None => {
                let name = [("name", self.sides.name(Audience::Consultancy).into())];
                step.text = words.with("advice-theirs", name);
                Ok(step.due(due))
            }
        }
    }

    fn visible(&self) -> Vec<&Question> {
        self.consultation
            .visible_questions(self.reader.viewer.actor())
    }

    /// The questions that wait, and those that are over, newest first.
    async fn questions(&self) -> Result<(Vec<Asked>, Vec<Asked>), Stop> {
        let (mut waiting, mut over) = (Vec::new(), Vec::new());
        for question in self.visible() {
            let asked = self.asked(question).await?;
            if question.is_waiting() && self.consultation.is_live() {
                waiting.push((Some(question.to) != self.sides.own, question.due_on, asked));
            } else {
                over.push(asked);
            }
        }
        waiting.sort_by_key(|(theirs, due, _)| (*theirs, due.is_none(), *due));
        over.reverse();
        let waiting = waiting.into_iter().map(|(_, _, asked)| asked);
        Ok((waiting.collect(), over))
    }

    async fn asked(&self, question: &Question) -> Result<Asked, Stop> {
        let words = self.reader.words;
        let id = question.id.to_string();
        let live = self.consultation.is_live();
        let mine = live && question.is_waiting() && Some(question.to) == self.sides.own;
        let between = [
            ("from", self.sides.name(question.from).into()),
            ("to", self.sides.name(question.to).into()),
        ];
        let (tone, state, answer) = match &question.standing {
            QuestionStanding::Waiting if mine => (Tone::Mine, words.say("whose.you"), None),
            QuestionStanding::Waiting if !live => {
                (Tone::Skipped, words.say("advice.unanswered"), None)
            }
            QuestionStanding::Waiting => {
                let name = [("name", self.sides.name(question.to).into())];
                (Tone::Wait, words.with("advice-asked", name), None)
            }
            QuestionStanding::Answered { at, by, text } => {
                let by = self.reader.name_of(*by).await?;
                let values = [("name", by.into()), ("day", self.days.day_of(*at).into())];
                let note = words.with("advice-answered-by", values);
                let said = Some((text.as_str().to_owned(), note));
                (Tone::Done, words.say("advice.answered"), said)
            }
            QuestionStanding::Withdrawn { at, reason } => {
                let note = [("day", self.days.day_of(*at).into())];
                let note = words.with("advice-taken-back", note);
                let said = Some((reason.as_str().to_owned(), note));
                (Tone::Skipped, words.say("advice.taken-back"), said)
            }
        };
        let by = self.reader.name_of(question.by).await?;
        let reply = self.sent.form("answer", &id);
        let reply = reply.field("text", words.say("advice.answer"), Control::Lines(4));
        let back = self.sent.form("take-back", &id);
        let back = back.field("reason", words.say("advice.back-why"), Control::Lines(2));
        let waits = question.is_waiting() && self.writes.is_some();
        Ok(Asked {
            face: face(&by),
            by,
            between: words.with("advice-between", between),
            text: question.text.as_str().to_owned(),
            moment: self.days.moment(question.at),
            due: question
                .due_on
                .filter(|_| live && question.is_waiting())
                .map(|day| self.days.due_on(day)),
            tone,
            state,
            seen: self
                .sides
                .said(self.reader, &BTreeSet::from([question.from, question.to])),
            answer,
            reply: (waits && self.writes == Some(question.to)).then_some(reply),
            back: (waits && self.writes == Some(question.from)).then_some(back),
            id,
        })
    }

    async fn notes(&self) -> Result<Vec<NoteView>, Stop> {
        let mut notes = Vec::new();
        let visible = self.consultation.visible_notes(self.reader.viewer.actor());
        for note in visible.into_iter().rev() {
            let by = self.reader.name_of(note.by).await?;
            let mut mentions = Vec::with_capacity(note.mentions.len());
            for account in &note.mentions {
                mentions.push(self.reader.name_of(*account).await?);
            }
            notes.push(NoteView {
                face: face(&by),
                by,
                side: self.sides.name(note.side),
                moment: self.days.moment(note.at),
                seen: self.sides.said(self.reader, &note.audience),
                open: note.audience.len() == Audience::ALL.len(),
                text: note.text.as_str().to_owned(),
                mentions,
            });
        }
        Ok(notes)
    }

    /// The fields of a new note; none where the reader writes for no side.
    async fn note_form(&self) -> Result<Vec<Input>, Stop> {
        let Some(own) = self.writes else {
            return Ok(Vec::new());
        };
        let words = self.reader.words;
        let form = self.sent.form("note", "");
        let picks = Control::Picks(self.sides.picks(self.reader, own));
        let text = form.field("text", words.say("advice.note"), Control::Lines(4));
        let audience = form.field("audience", words.say("advice.who-sees"), picks);
        let mut fields = vec![text, audience];
        let posted = self.sent.posted("note", "");
        let chosen = posted.map_or_else(Vec::new, |posted| posted.all(MENTIONS));
        let people = self
            .sides
            .mentionable(self.reader, self.consultation, own)
            .await?;
        if !people.is_empty() {
            let people = people.into_iter().map(|(account, label)| {
                let value = account.to_string();
                let chosen = chosen.contains(&value.as_str());
                Choice {
                    value,
                    label,
                    chosen,
                }
            });
            let people = Control::Several(people.collect());
            let mentions = form.field(MENTIONS, words.say("advice.mention"), people);
            fields.push(mentions.optional().hint(words.say("advice.mention-note")));
        }
        Ok(fields)
    }

    fn ask_form(&self) -> Option<[Input; 3]> {
        let own = self.writes?;
        let words = self.reader.words;
        let form: Form<'_> = self.sent.form("ask", "");
        let picks = Control::Picks(self.sides.asked(self.reader, own));
        let text = form.field("text", words.say("advice.question"), Control::Lines(3));
        let to = form.field("to", words.say("advice.whom"), picks);
        let due = form.field("dueOn", words.say("advice.by-when"), Control::Day);
        Some([text, to, due.optional()])
    }

    fn close_form(&self) -> Option<Closing> {
        let words = self.reader.words;
        let closes =
            self.writes == Some(Audience::Consultancy) && self.consultation.suspended_at.is_none();
        if !closes {
            return None;
        }
        let form = self.sent.form("close", "");
        let points = self.asks().into_iter().enumerate();
        let points = points
            .map(|(n, ask)| form.field(&format!("answers.{n}"), ask, Control::Lines(3)))
            .collect();
        let label = words.say("advice.recommendation");
        let seen = Audience::ALL.into_iter().collect();
        Some(Closing {
            points,
            recommendation: form.field("recommendation", label, Control::Lines(6)),
            note: self.sides.said(self.reader, &seen),
        })
    }

    async fn recommended(&self) -> Result<Option<Recommended>, Stop> {
        let ConsultationPhase::Closed {
            at,
            by,
            recommendation,
            answers,
        } = &self.consultation.phase
        else {
            return Ok(None);
        };
        let by = self.reader.name_of(*by).await?;
        let values = [("name", by.into()), ("day", self.days.day_of(*at).into())];
        let answers = answers.iter().map(|answer| answer.as_str().to_owned());
        Ok(Some(Recommended {
            note: self.reader.words.with("advice-closed-by", values),
            text: recommendation.as_str().to_owned(),
            points: self.asks().into_iter().zip(answers).collect(),
        }))
    }

    fn facts(&self, case: Option<&Case>) -> Vec<(String, String)> {
        let words = self.reader.words;
        let opened = self.days.day_of(self.consultation.opened_at);
        let mut facts = vec![(words.say("advice.since"), opened)];
        if 1 < self.consultation.round {
            let round = [("round", i64::from(self.consultation.round).into())];
            facts.push((words.say("advice.round"), words.with("round", round)));
        }
        if let Some(case) = case {
            facts.push((words.say("advice.case"), case.title.as_str().to_owned()));
        }
        facts
    }
}

/// The beginning of a text, for a line.
pub(super) fn short(text: &naru_domain::LongText) -> String {
    const SHOWN: usize = 80;
    let text = text.as_str();
    let mut cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
