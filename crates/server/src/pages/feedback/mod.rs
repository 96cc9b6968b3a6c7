//! A clinician answers a feedback round, or declines.

mod page;

use super::form::{Posted, Pressed};
use super::notice::{Notice, NoticePage};
use super::view::capitalized;
use super::{Fault, Page, Pages};
use crate::words::Phrases;
use axum::http::StatusCode;
use jiff::Timestamp;
use naru_domain::calendar::Calendar;
use naru_domain::feedback::{
    AnswerProblems, Consent, FeedbackCommand, FeedbackRejection, FeedbackRound, Invitation,
    Questionnaire, RoundPhase, Standing,
};
use naru_domain::{
    Command, FeedbackRoundId, InvitationId, Locale, LongText, Rejection, State, TextProblem, Who,
};
use naru_engine::Refusal;
use naru_store::Loaded;
use std::sync::Arc;

/// A clinician at the door.
#[derive(Clone, Copy, Debug)]
pub(in crate::pages) struct Visit<'a> {
    pub(in crate::pages) round: &'a FeedbackRound,
    pub(in crate::pages) invitation: &'a Invitation,
    pub(in crate::pages) questionnaire: &'a Questionnaire,
    pub(in crate::pages) calendar: &'a Calendar,
    pub(in crate::pages) hospital: Option<&'a str>,
    pub(in crate::pages) device: Option<&'a str>,
    pub(in crate::pages) locale: Locale,
    pub(in crate::pages) now: Timestamp,
}

/// Shows the questions, or why there are none.
pub(in crate::pages) async fn show(
    pages: &Pages,
    round: FeedbackRoundId,
    invitation: InvitationId,
    asked: Option<Locale>,
) -> Result<Page, Fault> {
    let Some(found) = Found::load(pages, round, invitation, asked).await? else {
        return Ok(pages.unknown(None));
    };
    let visit = found.visit(pages)?;
    Ok(match visit.over() {
        Some(notice) => visit.notice(notice),
        None => visit.form(StatusCode::OK, &Posted::default(), &Mistakes::default()),
    })
}

/// Carries out what the clinician decided.
pub(in crate::pages) async fn decide(
    pages: &Pages,
    round: FeedbackRoundId,
    invitation: InvitationId,
    posted: &Posted,
) -> Result<Page, Fault> {
    let Some(found) = Found::load(pages, round, invitation, posted.locale()).await? else {
        return Ok(pages.unknown(None));
    };
    let visit = found.visit(pages)?;
    let (command, notice) = match visit.heard(posted) {
        Heard::Say(page) => return Ok(page),
        Heard::Submit(command, notice) => (command, notice),
    };
    let who = Who::Guest(invitation);
    let command = Command::FeedbackRound(command);
    match pages
        .submit(who, (round.into(), found.version()), command)
        .await
    {
        Ok(_) => Ok(visit.notice(notice)),
        Err(Refusal::Rejected(rejection)) => {
            // Somebody else may have been quicker: a second click, or the hospital.
            let Some(again) = Found::load(pages, round, invitation, posted.locale()).await? else {
                return Ok(pages.unknown(None));
            };
            Ok(again.visit(pages)?.refused(posted, &rejection))
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
    invitation: InvitationId,
    hospital: Option<String>,
    device: Option<String>,
    locale: Locale,
}

impl Found {
    async fn load(
        pages: &Pages,
        round: FeedbackRoundId,
        invitation: InvitationId,
        asked: Option<Locale>,
    ) -> Result<Option<Self>, Fault> {
        let Some(loaded) = pages.load(round).await? else {
            return Ok(None);
        };
        let Some((round, invited)) = parts(&loaded.state, invitation) else {
            return Ok(None);
        };
        let locale = asked.unwrap_or(invited.clinician.locale);
        let hospital = pages.name_of(round.hospital, locale).await?;
        // What is typed is taken also while this cannot be read.
        let device = pages.device_name(round.device, locale).await;
        let device = device.unwrap_or_default();
        Ok(Some(Self {
            loaded,
            invitation,
            hospital,
            device,
            locale,
        }))
    }

    fn version(&self) -> u64 {
        self.loaded.version
    }

    fn visit<'a>(&'a self, pages: &'a Pages) -> Result<Visit<'a>, Fault> {
        let (round, invitation) = parts(&self.loaded.state, self.invitation)
            .ok_or(Fault::Missing("the invitation is gone"))?;
        let reference = pages.reference();
        Ok(Visit {
            round,
            invitation,
            questionnaire: reference
                .questionnaires
                .get(&round.questionnaire)
                .ok_or(Fault::Missing("the questionnaire of a round is missing"))?,
            calendar: reference
                .calendars
                .get(&round.calendar)
                .ok_or(Fault::Missing("the calendar of a round is missing"))?,
            hospital: self.hospital.as_deref(),
            device: self.device.as_deref(),
            locale: self.locale,
            now: pages.now(),
        })
    }
}

fn parts(state: &State, invitation: InvitationId) -> Option<(&FeedbackRound, &Invitation)> {
    match state {
        State::FeedbackRound(round) => Some((round, round.invitations.get(&invitation)?)),
        State::Account(_)
        | State::Organization(_)
        | State::Device(_)
        | State::Case(_)
        | State::Study(_)
        | State::Consultation(_) => None,
    }
}

/// What a posted form comes to.
#[derive(Debug)]
pub(in crate::pages) enum Heard {
    /// Nothing to carry out.
    Say(Page),
    /// A command, and what is said once it is carried out.
    Submit(FeedbackCommand, Notice),
}

/// What is wrong with a posted form.
#[derive(Clone, Debug, Default)]
pub(in crate::pages) struct Mistakes {
    /// The key of what is said on top.
    pub(in crate::pages) alert: Option<&'static str>,
    /// A refusal that is about no field.
    pub(in crate::pages) refusal: Option<String>,
    pub(in crate::pages) answers: Option<AnswerProblems>,
    pub(in crate::pages) consent: Option<&'static str>,
    pub(in crate::pages) reason: Option<TextProblem>,
}

impl Mistakes {
    fn is_empty(&self) -> bool {
        self.answers.is_none() && self.consent.is_none() && self.reason.is_none()
    }
}

impl Visit<'_> {
    /// Why there is nothing to fill in, if there is not.
    pub(in crate::pages) fn over(&self) -> Option<Notice> {
        match self.invitation.standing {
            Standing::Answered { .. } => return Some(Notice::AlreadyAnswered),
            Standing::Revoked { .. } => return Some(Notice::Revoked),
            Standing::Waiting | Standing::Declined { .. } => {}
        }
        match self.round.phase {
            RoundPhase::Open if self.round.takes_answers(self.now) => None,
            RoundPhase::Open | RoundPhase::Ended => Some(Notice::Ended),
            RoundPhase::Closed { .. } => Some(Notice::Closed),
            RoundPhase::Withdrawn { .. } => Some(Notice::Withdrawn),
        }
    }

    /// What the form asks for.
    pub(in crate::pages) fn heard(&self, posted: &Posted) -> Heard {
        if let Some(notice) = self.over() {
            return Heard::Say(self.notice(self.answered_before(posted, notice)));
        }
        match posted.pressed() {
            Pressed::Send => self.sent(posted),
            Pressed::Decline => self.declined(posted),
            Pressed::Switch => Heard::Say(self.form(StatusCode::OK, posted, &Mistakes::default())),
            Pressed::Accept | Pressed::Nothing => {
                let mistakes = Mistakes {
                    alert: Some("nothing-sent"),
                    ..Mistakes::default()
                };
                Heard::Say(self.form(StatusCode::UNPROCESSABLE_ENTITY, posted, &mistakes))
            }
        }
    }

    /// The same answers again are thanked for again, so that a doubled click never ends in an error; other answers are not.
    fn answered_before(&self, posted: &Posted, notice: Notice) -> Notice {
        let Standing::Answered { answers, .. } = &self.invitation.standing else {
            return notice;
        };
        match posted.pressed() {
            Pressed::Send => match self.questionnaire.read(&posted.answers()) {
                Ok(again) if again == *answers => Notice::Thanks,
                Ok(_) | Err(_) => Notice::OtherAnswer,
            },
            Pressed::Decline | Pressed::Switch | Pressed::Accept | Pressed::Nothing => notice,
        }
    }

    fn sent(&self, posted: &Posted) -> Heard {
        let answers = self.questionnaire.read(&posted.answers());
        let agreed = posted.field("agree") == "yes";
        let consent = self.consent(posted);
        match (answers, consent) {
            (Ok(answers), Some(consent)) if agreed => {
                Heard::Submit(FeedbackCommand::Answer { consent, answers }, Notice::Thanks)
            }
            (answers, consent) => {
                let mistakes = Mistakes {
                    answers: answers.err(),
                    consent: match consent {
                        None => Some("feedback-consent-changed"),
                        Some(_) if !agreed => Some("feedback-agree-missing"),
                        Some(_) => None,
                    },
                    ..Mistakes::default()
                };
                Heard::Say(self.form(StatusCode::UNPROCESSABLE_ENTITY, posted, &mistakes))
            }
        }
    }

    /// What the page that was sent showed, if it is what would be shown now.
    fn consent(&self, posted: &Posted) -> Option<Consent> {
        let shown = Consent {
            version: posted.field("consent-version").parse().ok()?,
            text_hash: posted.field("consent-hash").parse().ok()?,
            locale: self.locale,
        };
        let now = self.questionnaire.consent_hash(self.locale).ok()?;
        let same = shown.text_hash == now && shown.version == self.questionnaire.consent.version;
        same.then_some(shown)
    }

    fn declined(&self, posted: &Posted) -> Heard {
        let typed = posted.field("reason").trim();
        let reason = match typed.parse::<LongText>() {
            Ok(reason) => Some(reason),
            Err(_) if typed.is_empty() => None,
            Err(problem) => {
                let mistakes = Mistakes {
                    reason: Some(problem),
                    ..Mistakes::default()
                };
                return Heard::Say(self.form(StatusCode::UNPROCESSABLE_ENTITY, posted, &mistakes));
            }
        };
        Heard::Submit(FeedbackCommand::Decline { reason }, Notice::Declined)
    }

    /// The page for a refusal, told by how things stand now.
    fn refused(&self, posted: &Posted, rejection: &Rejection) -> Page {
        if let Some(notice) = self.over() {
            return self.notice(self.answered_before(posted, notice));
        }
        let mut mistakes = Mistakes::default();
        if let Rejection::FeedbackRound(FeedbackRejection::BadAnswers { problems, .. }) = rejection
        {
            mistakes.answers = Some(problems.clone());
        } else if matches!(
            rejection,
            Rejection::FeedbackRound(FeedbackRejection::ConsentOutdated)
        ) {
            mistakes.consent = Some("feedback-consent-changed");
        } else {
            mistakes.refusal = Some(rejection.words(self.locale));
        }
        self.form(StatusCode::UNPROCESSABLE_ENTITY, posted, &mistakes)
    }

    pub(in crate::pages) fn notice(&self, notice: Notice) -> Page {
        let (status, date) = match notice {
            Notice::AlreadyAnswered => (StatusCode::OK, self.answered_on()),
            Notice::OtherAnswer => (StatusCode::CONFLICT, self.answered_on()),
            Notice::Revoked | Notice::Ended | Notice::Closed | Notice::Withdrawn => {
                (StatusCode::GONE, self.round.closes_on)
            }
            Notice::Thanks
            | Notice::Declined
            | Notice::MatchAccepted
            | Notice::MatchDeclined
            | Notice::MatchAnsweredYes
            | Notice::MatchAnsweredNo
            | Notice::MatchOtherAnswer
            | Notice::MatchLapsed
            | Notice::MatchWithdrawn
            | Notice::MatchOver
            | Notice::CaseOver
            | Notice::Paused => (StatusCode::OK, self.round.closes_on),
        };
        let page = NoticePage::new(notice, self.locale, self.hospital, date, self.round.case);
        Page::new(status, &page)
    }

    fn answered_on(&self) -> jiff::civil::Date {
        match &self.invitation.standing {
            Standing::Answered { at, .. } => self.calendar.date_of(*at),
            Standing::Waiting | Standing::Declined { .. } | Standing::Revoked { .. } => {
                self.round.closes_on
            }
        }
    }

    pub(in crate::pages) fn form(
        &self,
        status: StatusCode,
        posted: &Posted,
        mistakes: &Mistakes,
    ) -> Page {
        Page::new(status, &self.answer_page(posted, mistakes))
    }
}

/// What is wrong with a text, as a sentence beside its field.
pub(in crate::pages) fn text_problem(problem: &TextProblem, locale: Locale) -> String {
    match problem {
        TextProblem::Forbidden(_) => Phrases(locale).say("removed-characters"),
        TextProblem::Empty
        | TextProblem::TooLong { .. }
        | TextProblem::NotAnEmailAddress(_)
        | TextProblem::NotASha256
        | TextProblem::NotABusinessNumber
        | TextProblem::NotAGtin
        | TextProblem::NotAnOrcid
        | TextProblem::CheckDigit { .. }
        | TextProblem::NoLanguage => format!("{}.", capitalized(&problem.words(locale))),
    }
}
