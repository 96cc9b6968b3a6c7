//! The page of one participant's session: entered task by task, corrected with a reason, left out with a reason.

use super::super::Answer;
use super::super::ask::{Control, Form, Input, Sent, seen};
use super::super::dates::Days;
use super::super::frame::{Frame, Place};
use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::show;
use super::super::stop::Stop;
use super::send::{SUS_ITEMS, prepared_session};
use super::{CAUSES, OUTCOMES, cause_word, outcome_word};
use crate::authz::Action;
use crate::graphql::{Held, Noun};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use naru_domain::ShortText;
use naru_domain::study::{RecordedSession, Study, TaskResult};

#[derive(Debug, Template)]
#[template(path = "console/work/session.html")]
struct SessionPage {
    frame: Frame,
    address: String,
    study: (String, String),
    errors: Vec<(String, String)>,
    /// The word of the form: `record` or `correct`.
    act: &'static str,
    can: bool,
    head: Vec<Input>,
    tasks: Vec<TaskInput>,
    results_error: Option<String>,
    sus: Vec<SusItem>,
    sus_error: Option<String>,
    /// Why the entry was wrong, when one is corrected.
    reason: Option<Input>,
    /// Why the participant is left out.
    remove: Option<Input>,
    history: Vec<(String, String)>,
}

/// One task of the form.
#[derive(Debug)]
struct TaskInput {
    n: usize,
    title: String,
    critical: bool,
    outcomes: Vec<(&'static str, String, bool)>,
    error: Option<String>,
    assisted: bool,
    seconds: Input,
    cause: Input,
    note: Input,
}

/// One item of the System Usability Scale with its five answers.
#[derive(Debug)]
struct SusItem {
    item: usize,
    answers: Vec<(u8, bool)>,
}

/// The session that an address names; nothing for a new one.
fn session_of<'a>(study: &'a Study, code: &str) -> Result<Option<&'a RecordedSession>, Stop> {
    if code == "new" {
        return Ok(None);
    }
    let code: ShortText = code.parse().map_err(|_| Stop::NotFound)?;
    study.sessions.get(&code).map(Some).ok_or(Stop::NotFound)
}

/// Answers `GET /studies/{study}/sessions/{participant}`, and `…/new`.
pub(in crate::console) async fn page(
    reader: Reader,
    Path((study, code)): Path<(String, String)>,
) -> Answer {
    let held = seen::<Study>(&reader, &study).await?;
    session_page(&reader, &held, &code, &Sent::default()).await
}

/// Answers `POST` to the same.
pub(in crate::console) async fn act(
    reader: Reader,
    Path((study, code)): Path<(String, String)>,
    posted: Posted,
) -> Answer {
    let held = seen::<Study>(&reader, &study).await?;
    let known = session_of(held.get()?, &code)?.map(|known| &known.session.participant);
    let (done, prepared) = prepared_session(&reader, held.get()?, known, &posted).await?;
    let carried = reader.carry_out(&posted, prepared).await?;
    if carried.errors.is_empty() {
        return Ok(Redirect::to(&format!("/studies/{study}?done={done}")).into_response());
    }
    let sent = Sent::refused(posted, carried.errors);
    let mut answer = session_page(&reader, &held, &code, &sent).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

async fn session_page(reader: &Reader, held: &Held<Study>, code: &str, sent: &Sent) -> Answer {
    let study = held.get()?;
    let known = session_of(study, code)?;
    let words = reader.words;
    let days = Days::of(reader.app(), words.0);
    let thing = study.thing(&reader.viewer).await?;
    let can = study.end.is_none()
        && !study.suspended
        && reader.viewer.allows(Action::RecordSession, &thing);
    if !can && known.is_none() {
        return Err(Stop::NotFound);
    }
    let title = match known {
        Some(known) => {
            let code = known.session.participant.as_str().to_owned();
            words.with("session-of", [("code", code.into())])
        }
        None => words.say("session.new"),
    };
    let act = if known.is_some() { "correct" } else { "record" };
    let form = sent.form(act, "");
    let filler = Filler {
        reader,
        study,
        known,
        form: &form,
        posted: sent.posted(act, ""),
    };
    let reason = form.field("reason", words.say("session.reason"), Control::Lines(2));
    let removing = sent.form("remove", "");
    let remove = removing.field("reason", words.say("session.remove-why"), Control::Lines(2));
    let fields: Vec<String> = (0..study.tasks.len())
        .flat_map(|n| [format!("note.{n}"), format!("seconds.{n}")])
        .collect();
    let head = ["participant", "group", "moderated_on", "reason", "sus"];
    let page = SessionPage {
        frame: reader.frame(title, Some(Place::Cases)).await?,
        address: format!("/studies/{}/sessions/{code}", study.id),
        study: (
            format!("/studies/{}", study.id),
            study.title.in_locale(reader.viewer.locale).to_owned(),
        ),
        errors: sent.summary(|field| {
            head.contains(&field) || field == "results" || fields.iter().any(|known| known == field)
        }),
        act,
        can,
        head: filler.head(&days),
        tasks: filler.tasks(),
        results_error: form.error("results"),
        sus: filler.sus(),
        sus_error: form.error("sus"),
        reason: known.is_some().then_some(reason),
        remove: known.is_some().then_some(remove),
        history: history(reader, known, &days).await?,
    };
    show(&page)
}

/// Makes the fields, filled with what was typed or with what is recorded.
struct Filler<'a> {
    reader: &'a Reader,
    study: &'a Study,
    known: Option<&'a RecordedSession>,
    form: &'a Form<'a>,
    posted: Option<&'a Posted>,
}

impl Filler<'_> {
    /// What stands in a field: what was typed, or else what is recorded.
    fn value(&self, field: &str, recorded: impl FnOnce() -> String) -> String {
        match self.posted {
            Some(posted) => posted.one(field).to_owned(),
            None => recorded(),
        }
    }

    fn head(&self, days: &Days<'_>) -> Vec<Input> {
        let words = self.reader.words;
        let locale = self.reader.viewer.locale;
        let groups = self.study.groups.iter().map(|group| {
            (
                group.value.clone(),
                group.label.in_locale(locale).to_owned(),
            )
        });
        let session = self.known.map(|known| &known.session);
        let mut head = Vec::new();
        if session.is_none() {
            let code = self.form.field(
                "participant",
                words.say("session.participant"),
                Control::Line,
            );
            head.push(code.hint(words.say("session.participant-hint")));
        }
        let groups = Control::Menu(groups.collect());
        let mut group = self.form.field("group", words.say("session.group"), groups);
        group.value = self.value("group", || {
            session.map_or_else(String::new, |session| session.group.clone())
        });
        let mut day = self
            .form
            .field("moderated_on", words.say("session.day"), Control::Day);
        day.value = self.value("moderated_on", || {
            session.map_or_else(
                || days.today().to_string(),
                |session| session.moderated_on.to_string(),
            )
        });
        head.extend([group, day]);
        head
    }

    fn tasks(&self) -> Vec<TaskInput> {
        let tasks = self.study.tasks.iter().enumerate();
        tasks.map(|(n, task)| self.task(n, &task.id)).collect()
    }

    fn task(&self, n: usize, id: &str) -> TaskInput {
        let words = self.reader.words;
        let recorded: Option<&TaskResult> = self
            .known
            .and_then(|known| known.session.results.iter().find(|found| found.task == id));
        let task = self.study.tasks.get(n);
        let chosen = self.value(&format!("outcome.{n}"), || {
            recorded.map_or_else(String::new, |result| {
                outcome_word(result.outcome).to_owned()
            })
        });
        let outcomes = OUTCOMES.into_iter().map(|outcome| {
            let word = outcome_word(outcome);
            let label = words.say(&format!("observed.{word}"));
            (word, label, word == chosen)
        });
        let assisted = self.value(&format!("assisted.{n}"), || {
            let helped = recorded.is_some_and(|result| result.assisted);
            if helped {
                "yes".to_owned()
            } else {
                String::new()
            }
        });
        let about = self.error_about(id);
        let name = format!("seconds.{n}");
        let mut seconds = self
            .form
            .field(&name, words.say("session.seconds"), Control::Number)
            .optional()
            .wrong(about.clone().filter(|_| !chosen.is_empty()));
        seconds.value = self.value(&name, || {
            let seconds = recorded.and_then(|result| result.seconds);
            seconds.map_or_else(String::new, |seconds| seconds.to_string())
        });
        let cause = self.cause(n, recorded);
        let name = format!("note.{n}");
        let mut note = self
            .form
            .field(&name, words.say("session.note"), Control::Lines(2))
            .optional();
        note.value = self.value(&name, || {
            let note = recorded.and_then(|result| result.note.as_ref());
            note.map_or_else(String::new, |note| note.as_str().to_owned())
        });
        TaskInput {
            n,
            title: task.map_or_else(String::new, |task| {
                task.title.in_locale(self.reader.viewer.locale).to_owned()
            }),
            critical: task.is_some_and(|task| task.critical),
            error: about.filter(|_| chosen.is_empty()),
            outcomes: outcomes.collect(),
            assisted: !assisted.is_empty(),
            seconds,
            cause,
            note,
        }
    }

    fn cause(&self, n: usize, recorded: Option<&TaskResult>) -> Input {
        let words = self.reader.words;
        let causes = [(String::new(), words.say("session.no-cause"))].into_iter();
        let causes = causes.chain(CAUSES.into_iter().map(|cause| {
            let word = cause_word(cause);
            (word.to_owned(), words.say(&format!("cause.{word}")))
        }));
        let name = format!("cause.{n}");
        let causes = Control::Menu(causes.collect());
        let mut input = self
            .form
            .field(&name, words.say("session.cause"), causes)
            .optional();
        input.value = self.value(&name, || {
            let cause = recorded.and_then(|result| result.root_cause);
            cause.map_or_else(String::new, |cause| cause_word(cause).to_owned())
        });
        input
    }

    /// What the refusal says of this task: it names tasks by their ids, in quotes or in a list.
    fn error_about(&self, id: &str) -> Option<String> {
        let error = self.form.error("results")?;
        let named = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_');
        error.split(named).any(|word| word == id).then_some(error)
    }

    fn sus(&self) -> Vec<SusItem> {
        let recorded = self.known.and_then(|known| known.session.sus.as_deref());
        let items = (1..=SUS_ITEMS).map(|item| {
            let chosen = self.value(&format!("sus.{item}"), || {
                let answer = recorded.and_then(|answers| answers.get(item - 1));
                answer.map_or_else(String::new, ToString::to_string)
            });
            SusItem {
                item,
                answers: (1..=5)
                    .map(|answer: u8| (answer, chosen == answer.to_string()))
                    .collect(),
            }
        });
        items.collect()
    }
}

/// Who entered the session and who corrected it, and why.
async fn history(
    reader: &Reader,
    known: Option<&RecordedSession>,
    days: &Days<'_>,
) -> Result<Vec<(String, String)>, Stop> {
    let Some(known) = known else {
        return Ok(Vec::new());
    };
    let words = reader.words;
    let by = reader.name_of(known.by).await?;
    let entered = words.with("session-entered", [("name", by.into())]);
    let mut history = vec![(days.moment(known.at).words, entered)];
    for correction in &known.corrections {
        let values = [
            ("name", reader.name_of(correction.by).await?.into()),
            ("reason", correction.reason.as_str().to_owned().into()),
        ];
        let said = words.with("session-corrected", values);
        history.push((days.moment(correction.at).words, said));
    }
    history.reverse();
    Ok(history)
}
