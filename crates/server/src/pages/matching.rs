//! A proposed PI or clinician accepts or declines.

use super::feedback::text_problem;
use super::form::{Posted, Pressed, shown_again};
use super::notice::{Notice, NoticePage};
use super::view::{ConflictBox, Frame, KnownConflict, MatchPage, Problem, Switch, case_line};
use super::{Fault, Page, Pages, dates};
use crate::words::Phrases;
use axum::http::StatusCode;
use jiff::Timestamp;
use naru_domain::calendar::Calendar;
use naru_domain::case::{
    Candidate, CandidateAnswer, Case, CaseCommand, CaseStatus, ConflictOfInterest, Stage,
};
use naru_domain::pathway::MatchRole;
use naru_domain::{CandidateId, CaseId, Command, Locale, LongText, State, TextProblem, Who};
use naru_engine::Refusal;
use naru_store::Loaded;
use std::sync::Arc;

/// A candidate at the door.
#[derive(Clone, Copy, Debug)]
pub(super) struct Visit<'a> {
    pub(super) case: &'a Case,
    pub(super) stage: &'a Stage,
    pub(super) candidate: &'a Candidate,
    pub(super) calendar: &'a Calendar,
    pub(super) hospital: Option<&'a str>,
    pub(super) startup: Option<&'a str>,
    pub(super) locale: Locale,
    pub(super) now: Timestamp,
}

/// Shows what is asked, or why nothing is.
pub(super) async fn show(
    pages: &Pages,
    case: CaseId,
    candidate: CandidateId,
    asked: Option<Locale>,
) -> Result<Page, Fault> {
    let Some(found) = Found::load(pages, case, candidate, asked).await? else {
        return Ok(pages.unknown(None));
    };
    let visit = found.visit(pages)?;
    Ok(match visit.over() {
        Some(notice) => visit.notice(notice),
        None => visit.form(StatusCode::OK, &Posted::default(), &Mistakes::default()),
    })
}

/// Carries out what the candidate decided.
pub(super) async fn decide(
    pages: &Pages,
    case: CaseId,
    candidate: CandidateId,
    posted: &Posted,
) -> Result<Page, Fault> {
    let Some(found) = Found::load(pages, case, candidate, posted.locale()).await? else {
        return Ok(pages.unknown(None));
    };
    let visit = found.visit(pages)?;
    let (command, notice) = match visit.heard(posted) {
        Heard::Say(page) => return Ok(page),
        Heard::Submit(command, notice) => (command, notice),
    };
    let who = Who::Candidate(candidate);
    let place = (case.into(), found.loaded.version);
    match pages.submit(who, place, Command::Case(command)).await {
        Ok(_) => Ok(visit.notice(notice)),
        Err(Refusal::Rejected(rejection)) => {
            // Somebody else may have been quicker: a second click, or the hospital.
            let Some(again) = Found::load(pages, case, candidate, posted.locale()).await? else {
                return Ok(pages.unknown(None));
            };
            let visit = again.visit(pages)?;
            if let Some(notice) = visit.over() {
                return Ok(visit.notice(visit.answered_before(posted, notice)));
            }
            let mistakes = Mistakes {
                refusal: Some(rejection.words(visit.locale)),
                ..Mistakes::default()
            };
            Ok(visit.form(StatusCode::UNPROCESSABLE_ENTITY, posted, &mistakes))
        }
        Err(Refusal::Fault(fault)) => {
            tracing::error!(%fault, "an answer could not be stored");
            let mistakes = Mistakes {
                alert: Some("fault-banner"),
                ..Mistakes::default()
            };
            Ok(visit.form(StatusCode::SERVICE_UNAVAILABLE, posted, &mistakes))
        }
    }
}

/// What was found behind a link.
struct Found {
    loaded: Arc<Loaded>,
    candidate: CandidateId,
    hospital: Option<String>,
    startup: Option<String>,
    locale: Locale,
}

impl Found {
    async fn load(
        pages: &Pages,
        case: CaseId,
        candidate: CandidateId,
        asked: Option<Locale>,
    ) -> Result<Option<Self>, Fault> {
        let Some(loaded) = pages.load(case).await? else {
            return Ok(None);
        };
        let Some((case, _, invited)) = parts(&loaded.state, candidate) else {
            return Ok(None);
        };
        let locale = asked.unwrap_or(invited.locale);
        let hospital = pages.name_of(case.hospital, locale).await?;
        let startup = pages.name_of(case.startup, locale).await?;
        Ok(Some(Self {
            loaded,
            candidate,
            hospital,
            startup,
            locale,
        }))
    }

    fn visit<'a>(&'a self, pages: &'a Pages) -> Result<Visit<'a>, Fault> {
        let (case, stage, candidate) = parts(&self.loaded.state, self.candidate)
            .ok_or(Fault::Missing("the candidate is gone"))?;
        Ok(Visit {
            case,
            stage,
            candidate,
            calendar: pages
                .reference()
                .calendars
                .get(&case.calendar)
                .ok_or(Fault::Missing("the calendar of a case is missing"))?,
            hospital: self.hospital.as_deref(),
            startup: self.startup.as_deref(),
            locale: self.locale,
            now: pages.now(),
        })
    }
}

fn parts(state: &State, candidate: CandidateId) -> Option<(&Case, &Stage, &Candidate)> {
    match state {
        State::Case(case) => {
            let (place, found) = case.candidate(candidate)?;
            Some((case, case.stages.get(place)?, found))
        }
        State::Account(_)
        | State::Organization(_)
        | State::Device(_)
        | State::Study(_)
        | State::FeedbackRound(_)
        | State::Consultation(_) => None,
    }
}

/// What a posted form comes to.
#[derive(Debug)]
pub(super) enum Heard {
    /// Nothing to carry out.
    Say(Page),
    /// A command, and what is said once it is carried out.
    Submit(CaseCommand, Notice),
}

/// What is wrong with a posted form.
#[derive(Clone, Debug, Default)]
pub(super) struct Mistakes {
    /// The key of what is said on top.
    pub(super) alert: Option<&'static str>,
    /// A refusal that is about no field.
    pub(super) refusal: Option<String>,
    /// The key of what is wrong with the choice.
    pub(super) choice: Option<&'static str>,
    /// What is wrong with the description.
    pub(super) text: Option<TextMistake>,
}

/// What is wrong with the description of a conflict.
#[derive(Clone, Debug)]
pub(super) enum TextMistake {
    /// There is none.
    Missing,
    /// It cannot be taken.
    Bad(TextProblem),
}

impl Visit<'_> {
    /// Why there is nothing to decide, if there is not.
    pub(super) fn over(&self) -> Option<Notice> {
        match &self.candidate.answer {
            CandidateAnswer::Accepted { .. } => return Some(Notice::MatchAnsweredYes),
            CandidateAnswer::Declined { .. } => return Some(Notice::MatchAnsweredNo),
            CandidateAnswer::Withdrawn => return Some(Notice::MatchWithdrawn),
            CandidateAnswer::Lapsed | CandidateAnswer::Invited { .. } => {}
        }
        match &self.case.status {
            CaseStatus::Completed { .. }
            | CaseStatus::Rejected { .. }
            | CaseStatus::Canceled { .. } => return Some(Notice::CaseOver),
            CaseStatus::Running | CaseStatus::Paused { .. } => {}
        }
        match &self.candidate.answer {
            CandidateAnswer::Lapsed => return Some(Notice::MatchLapsed),
            CandidateAnswer::Invited { .. }
            | CandidateAnswer::Accepted { .. }
            | CandidateAnswer::Declined { .. }
            | CandidateAnswer::Withdrawn => {}
        }
        if !self.stage.is_open() {
            return Some(Notice::MatchOver);
        }
        if matches!(self.case.status, CaseStatus::Paused { .. }) {
            return Some(Notice::Paused);
        }
        match &self.candidate.answer {
            CandidateAnswer::Invited { lapses_at } if *lapses_at <= self.now => {
                Some(Notice::MatchLapsed)
            }
            CandidateAnswer::Invited { .. }
            | CandidateAnswer::Accepted { .. }
            | CandidateAnswer::Declined { .. }
            | CandidateAnswer::Lapsed
            | CandidateAnswer::Withdrawn => None,
        }
    }

    /// What the form asks for.
    pub(super) fn heard(&self, posted: &Posted) -> Heard {
        if let Some(notice) = self.over() {
            return Heard::Say(self.notice(self.answered_before(posted, notice)));
        }
        match posted.pressed() {
            Pressed::Accept => match declared(posted) {
                Ok(conflict) => Heard::Submit(
                    CaseCommand::AnswerMatchInvitation {
                        accept: true,
                        conflict,
                    },
                    Notice::MatchAccepted,
                ),
                Err(mistakes) => {
                    Heard::Say(self.form(StatusCode::UNPROCESSABLE_ENTITY, posted, &mistakes))
                }
            },
            Pressed::Decline => Heard::Submit(
                CaseCommand::AnswerMatchInvitation {
                    accept: false,
                    conflict: None,
                },
                Notice::MatchDeclined,
            ),
            Pressed::Switch => Heard::Say(self.form(StatusCode::OK, posted, &Mistakes::default())),
            Pressed::Send | Pressed::Nothing => {
                let mistakes = Mistakes {
                    alert: Some("nothing-sent"),
                    ..Mistakes::default()
                };
                Heard::Say(self.form(StatusCode::UNPROCESSABLE_ENTITY, posted, &mistakes))
            }
        }
    }

    /// The same answer again is thanked for again, so that a doubled click never ends in an error; another one is not.
    fn answered_before(&self, posted: &Posted, notice: Notice) -> Notice {
        match (&self.candidate.answer, posted.pressed()) {
            (CandidateAnswer::Accepted { conflict, .. }, Pressed::Accept)
                if declared(posted).is_ok_and(|again| again == *conflict) =>
            {
                Notice::MatchAccepted
            }
            (CandidateAnswer::Declined { .. }, Pressed::Decline) => Notice::MatchDeclined,
            (
                CandidateAnswer::Accepted { .. } | CandidateAnswer::Declined { .. },
                Pressed::Accept | Pressed::Decline,
            ) => Notice::MatchOtherAnswer,
            (_, _) => notice,
        }
    }

    pub(super) fn notice(&self, notice: Notice) -> Page {
        let status = match notice {
            Notice::MatchOtherAnswer | Notice::OtherAnswer => StatusCode::CONFLICT,
            Notice::MatchLapsed
            | Notice::MatchWithdrawn
            | Notice::MatchOver
            | Notice::CaseOver
            | Notice::Revoked
            | Notice::Ended
            | Notice::Closed
            | Notice::Withdrawn => StatusCode::GONE,
            Notice::Paused
            | Notice::Thanks
            | Notice::Declined
            | Notice::AlreadyAnswered
            | Notice::MatchAccepted
            | Notice::MatchDeclined
            | Notice::MatchAnsweredYes
            | Notice::MatchAnsweredNo => StatusCode::OK,
        };
        let date = match &self.candidate.answer {
            CandidateAnswer::Accepted { at, .. } | CandidateAnswer::Declined { at } => {
                self.calendar.date_of(*at)
            }
            CandidateAnswer::Invited { .. }
            | CandidateAnswer::Lapsed
            | CandidateAnswer::Withdrawn => self.candidate.answer_by,
        };
        let page = NoticePage::new(notice, self.locale, self.hospital, date, self.case.id);
        Page::new(status, &page)
    }

    pub(super) fn form(&self, status: StatusCode, posted: &Posted, mistakes: &Mistakes) -> Page {
        Page::new(status, &self.match_page(posted, mistakes))
    }

    /// The page with what is asked, what was typed and what is wrong with it.
    pub(super) fn match_page(&self, posted: &Posted, mistakes: &Mistakes) -> MatchPage {
        let words = Phrases(self.locale);
        let role = match self.candidate.role {
            MatchRole::PrincipalInvestigator => "principal_investigator",
            MatchRole::Clinician => "clinician",
        };
        let of_role = |key: &str| words.say(&format!("{key}.{role}"));
        let heading = of_role("match-title");
        let conflict = self.conflict_box(posted, mistakes);
        let problems = summary(&conflict);
        let title = if problems.is_empty() {
            heading.clone()
        } else {
            words.with("error-title", [("title", heading.as_str().into())])
        };
        let due = dates::in_words(self.candidate.answer_by, self.locale);
        MatchPage {
            frame: Frame {
                words,
                title,
                switch: Switch::Button,
                case_line: Some(case_line(words, self.case.id)),
            },
            heading,
            alert: mistakes
                .alert
                .map(|key| words.say(key))
                .or_else(|| mistakes.refusal.clone()),
            problems,
            duty: of_role("match-duty"),
            name: self.candidate.name.as_str().to_owned(),
            hospital: self
                .hospital
                .map_or_else(|| words.say("hospital-unnamed"), str::to_owned),
            role: of_role("match-role"),
            stage: self.stage.title.in_locale(self.locale).to_owned(),
            startup: self.startup.map(str::to_owned),
            due: words.with("match-due", [("date", due.into())]),
            known: match &self.candidate.conflict {
                ConflictOfInterest::NoneKnown => None,
                ConflictOfInterest::Declared { what, handling } => Some(KnownConflict {
                    what: what.as_str().to_owned(),
                    handling: handling.as_str().to_owned(),
                }),
            },
            conflict,
        }
    }

    fn conflict_box(&self, posted: &Posted, mistakes: &Mistakes) -> ConflictBox {
        let words = Phrases(self.locale);
        ConflictBox {
            question: match self.startup {
                Some(startup) => words.with("match-conflict-with", [("startup", startup.into())]),
                None => words.say("match-conflict"),
            },
            none: posted.field("conflict") == "none",
            some: posted.field("conflict") == "some",
            error: mistakes.choice.map(|key| words.say(key)),
            text: shown_again(posted.field("conflict-text")),
            text_error: mistakes.text.as_ref().map(|mistake| match mistake {
                TextMistake::Missing => words.say("match-conflict-text-missing"),
                TextMistake::Bad(problem) => text_problem(problem, self.locale),
            }),
        }
    }
}

/// The declaration in a form, or what is wrong with it.
fn declared(posted: &Posted) -> Result<Option<LongText>, Mistakes> {
    let typed = posted.field("conflict-text").trim();
    let choice = |key| Mistakes {
        choice: Some(key),
        ..Mistakes::default()
    };
    let text = |mistake| Mistakes {
        text: Some(mistake),
        ..Mistakes::default()
    };
    match posted.field("conflict") {
        "none" if typed.is_empty() => Ok(None),
        "none" => Err(choice("match-conflict-contradiction")),
        "some" => match typed.parse::<LongText>() {
            Ok(conflict) => Ok(Some(conflict)),
            Err(TextProblem::Empty) => Err(text(TextMistake::Missing)),
            Err(problem) => Err(text(TextMistake::Bad(problem))),
        },
        _ => Err(choice("match-conflict-missing")),
    }
}

fn summary(conflict: &ConflictBox) -> Vec<Problem> {
    let both = [
        ("conflict", &conflict.error),
        ("conflict-text", &conflict.text_error),
    ];
    both.into_iter()
        .filter_map(|(anchor, error)| {
            Some(Problem {
                anchor: anchor.to_owned(),
                text: error.clone()?,
            })
        })
        .collect()
}
