//! From a file as written to a pathway that cannot be wrong, or to every problem it has.

mod conditions;
mod graph;
mod kinds;
mod pieces;

use super::file::{DueFile, FactFile, PathwayFile, ProgrammeFile, StageBody, StageFile};
use super::problem::{Lines, Problem, Problems};
use super::read::{At, Table};
use super::wrong::{Nearest, Wrong};
use super::{
    Due, Escalation, Fact, Pathway, PathwayHash, Programme, Reminder, Stage, content_hash,
};
use crate::calendar::{Calendar, Calendars};
use crate::{LongText, OrganizationKind, ShortText};
use graph::Graph;
use pieces::shortened;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::de::DeTable;

/// The most bytes a file may have.
pub const FILE_BYTES_MAX: usize = 256 * 1024;
/// The most stages a pathway may have.
pub const STAGES_MAX: usize = 60;
/// The most fields a form may have.
pub const FIELDS_MAX: usize = 200;

/// Checks a file: the pathway and its content hash, or everything that is wrong with it. `name` stands in the problems.
pub fn check(
    name: &str,
    text: &str,
    calendars: &Calendars,
    questionnaires: &BTreeSet<String>,
) -> Result<(PathwayHash, Pathway), Vec<Problem>> {
    let mut problems = Problems::default();
    if FILE_BYTES_MAX < text.len() {
        let (bytes, max) = (text.len(), FILE_BYTES_MAX);
        problems.add(&(0..0), Wrong::TooLarge { bytes, max });
        return Err(problems.in_file(name, text));
    }
    let (document, faults) = DeTable::parse_recoverable(text);
    if !faults.is_empty() {
        for fault in &faults {
            let span = fault.span().unwrap_or(text.len()..text.len());
            let found = fault.message().chars().take(200).collect();
            problems.add(&span, Wrong::Syntax { found });
        }
        return Err(problems.in_file(name, text));
    }
    let table = Table::document(document.get_ref());
    table.deny_unknown(PathwayFile::KEYS, &mut problems);
    let file = PathwayFile::read_keys(&table, &mut problems);
    let graph = Graph::of(&file, &Lines::of(text), &mut problems);
    let mut checker = Checker {
        lines: Lines::of(text),
        calendars,
        questionnaires,
        graph,
        problems,
    };
    let pathway = checker.pathway(&file);
    match pathway {
        Some(pathway) if checker.problems.is_empty() => Ok((content_hash(&pathway), pathway)),
        Some(_) | None => Err(checker.problems.in_file(name, text)),
    }
}

/// Checks a file that may not even be text.
pub fn check_bytes(
    name: &str,
    bytes: &[u8],
    calendars: &Calendars,
    questionnaires: &BTreeSet<String>,
) -> Result<(PathwayHash, Pathway), Vec<Problem>> {
    if FILE_BYTES_MAX < bytes.len() {
        let mut problems = Problems::default();
        let (bytes, max) = (bytes.len(), FILE_BYTES_MAX);
        problems.add(&(0..0), Wrong::TooLarge { bytes, max });
        return Err(problems.in_file(name, ""));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => check(name, text, calendars, questionnaires),
        Err(fault) => {
            let good = bytes.get(..fault.valid_up_to()).unwrap_or_default();
            let good = String::from_utf8_lossy(good);
            let mut problems = Problems::default();
            problems.add(&(good.len()..good.len()), Wrong::NotText);
            Err(problems.in_file(name, &good))
        }
    }
}

struct Checker<'a> {
    lines: Lines<'a>,
    calendars: &'a Calendars,
    questionnaires: &'a BTreeSet<String>,
    graph: Graph,
    problems: Problems,
}

impl Checker<'_> {
    fn pathway(&mut self, file: &PathwayFile) -> Option<Pathway> {
        let id = file.id.get().and_then(|id| self.name(id));
        let version = self.count(&file.version, 1, 1_000_000);
        let title = self.line_words(&file.title);
        let summary = self.long_words(&file.summary);
        let calendar = file.calendar.get().and_then(|name| self.calendar(name));
        let programme = file.programme.get().and_then(|p| self.programme(p));
        let written = self.list(&file.stages, "stages", STAGES_MAX)?;
        let checked: Vec<Option<Stage>> = written
            .iter()
            .enumerate()
            .map(|(at, stage)| self.stage(at, stage))
            .collect();
        let mut by_place: Vec<Option<Stage>> = checked;
        let mut stages = Vec::new();
        for at in self.graph.order() {
            stages.push(by_place.get_mut(*at).and_then(Option::take)?);
        }
        Some(Pathway {
            id: id?,
            version: version?,
            title: title?,
            summary: summary?,
            programme: programme?,
            calendar: calendar?,
            stages,
        })
    }

    fn calendar(&mut self, name: &At<String>) -> Option<String> {
        if self.calendars.get(&name.value).is_some() {
            return Some(name.value.clone());
        }
        let known = Nearest::of(&name.value, self.calendars.iter().map(Calendar::id));
        let wrong = Wrong::UnknownCalendar {
            name: shortened(&name.value),
            known,
        };
        self.problems.add(&name.span, wrong);
        None
    }

    fn programme(&mut self, file: &ProgrammeFile) -> Option<Programme> {
        let host = self.line_words(&file.host);
        let sites = file.sites.iter().flatten();
        let sites: Vec<_> = sites.map(|site| self.words::<ShortText>(site)).collect();
        let facts = file.facts.iter().flat_map(|facts| &facts.value);
        let facts: Vec<_> = facts.map(|fact| self.fact(fact)).collect();
        Some(Programme {
            host: host?,
            sites: sites.into_iter().collect::<Option<_>>()?,
            facts: facts.into_iter().collect::<Option<_>>()?,
        })
    }

    fn fact(&mut self, file: &FactFile) -> Option<Fact> {
        let text = self.long_words(&file.text);
        let source = self.text::<ShortText>(&file.source);
        Some(Fact {
            text: text?,
            source: source?,
            valid_from: file.valid_from.as_ref().map(|day| day.0.clone()),
            valid_to: file.valid_to.as_ref().map(|day| day.0.clone()),
            verify: file.verify.unwrap_or(false),
        })
    }

    fn stage(&mut self, at: usize, file: &StageFile) -> Option<Stage> {
        let head = &file.head;
        let id = head.id.get().and_then(|id| self.name(id));
        let title = self.line_words(&head.title);
        let guidance = head
            .guidance
            .as_ref()
            .map(|words| self.words::<LongText>(words));
        let when = head
            .when
            .as_ref()
            .map(|when| self.condition(when, conditions::Scope::stage(at)));
        let owners = file
            .body
            .as_ref()
            .map_or(&CASE_SIDES[..], owner_organizations);
        let owner = self.role(&head.owner, owners);
        let due = head.due.as_ref().map(|due| self.due(due));
        let reminders = self.reminders(file, due.flatten());
        let escalation = self.escalation(file, due.flatten());
        let kind = file.body.as_ref().and_then(|body| self.kind(at, body));
        let needs = head.needs.iter().flatten();
        let needs: Vec<_> = needs.map(|need| need.value.parse()).collect();
        Some(Stage {
            id: id?,
            title: title?,
            guidance: present(guidance)?,
            step: head.step.get()?.value,
            needs: needs.into_iter().collect::<Result<_, _>>().ok()?,
            when: present(when)?,
            owner: owner?,
            due: present(due)?,
            reminders: reminders?,
            escalation: escalation?,
            kind: kind?,
        })
    }

    fn due(&mut self, file: &At<DueFile>) -> Option<Due> {
        match (&file.value.working_days, &file.value.calendar_days) {
            (Some(days), None) => self.number(days, 1, 1_000).map(Due::WorkingDays),
            (None, Some(days)) => self.number(days, 1, 3_650).map(Due::CalendarDays),
            (None, None) | (Some(_), Some(_)) => {
                self.problems.add(&file.span, Wrong::BadDays);
                None
            }
        }
    }

    fn reminders(&mut self, file: &StageFile, due: Option<Due>) -> Option<Vec<Reminder>> {
        let Some(written) = &file.head.reminders else {
            return Some(Vec::new());
        };
        self.needs_due(file, "reminders", &written.span);
        let mut reminders = Vec::new();
        for reminder in &written.value {
            let days = reminder.working_days_before.get()?;
            let before: u16 = self.number(days, 0, 1_000)?;
            if let Some(due) = due.map(days_of).filter(|due| *due <= before) {
                let days_found = days.value;
                self.problems.add(
                    &days.span,
                    Wrong::ReminderTooEarly {
                        days: days_found,
                        due,
                    },
                );
            }
            reminders.push(Reminder {
                working_days_before: before,
            });
        }
        Some(reminders)
    }

    fn escalation(&mut self, file: &StageFile, _due: Option<Due>) -> Option<Vec<Escalation>> {
        let Some(written) = &file.head.escalation else {
            return Some(Vec::new());
        };
        self.needs_due(file, "escalation", &written.span);
        let steps: Vec<_> = written
            .value
            .iter()
            .map(|step| {
                let after = self.count(&step.working_days_after, 1, 1_000);
                let to = self.role(&step.to, &CASE_SIDES);
                Some(Escalation {
                    working_days_after: after?,
                    to: to?,
                })
            })
            .collect();
        steps.into_iter().collect()
    }

    fn needs_due(&mut self, file: &StageFile, key: &str, span: &Range<usize>) {
        if file.head.due.is_none() {
            let key = key.to_owned();
            self.problems.add(span, Wrong::NoDueDay { key });
        }
    }
}

const CASE_SIDES: [OrganizationKind; 3] = [
    OrganizationKind::Startup,
    OrganizationKind::Hospital,
    OrganizationKind::Consultancy,
];

fn owner_organizations(body: &StageBody) -> &'static [OrganizationKind] {
    match body {
        StageBody::Form(_) => &CASE_SIDES,
        StageBody::Approval(_)
        | StageBody::Matching(_)
        | StageBody::UsabilityStudy(_)
        | StageBody::FeedbackRound(_)
        | StageBody::Award(_) => &[OrganizationKind::Hospital],
        StageBody::Consultation(_) => &[OrganizationKind::Consultancy],
        StageBody::Agreement(_) => &[OrganizationKind::Startup, OrganizationKind::Hospital],
    }
}

fn days_of(due: Due) -> u16 {
    match due {
        Due::WorkingDays(days) | Due::CalendarDays(days) => days,
    }
}

/// Absent stays absent; present but wrong is wrong.
#[expect(
    clippy::option_option,
    reason = "the outer one says whether the key can be used, the inner one whether it is there"
)]
fn present<T>(value: Option<Option<T>>) -> Option<Option<T>> {
    match value {
        None => Some(None),
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
    }
}

#[cfg(test)]
mod tests;
