//! A dry run: a pathway played from opening to completion by people who do everything on its last day, with a clock that jumps.

mod answers;
mod transcript;

pub use answers::sample_answers;
pub use transcript::{DueDay, Happening, Moment, Stopped, Transcript};

use super::{Catalog, Due, MatchRole, Pathway, PathwayHash, Stage, StageId, StageKind};
use crate::calendar::{Calendar, Calendars, explain};
use crate::case::{
    Award, Case, CaseCommand, CaseEvent, CaseRejection, ConflictOfInterest, Decision, Milestone,
    NoticeKind, Progress, StageReport,
};
use crate::feedback::Questionnaires;
use crate::{
    AccountId, Actor, Aggregate, AggregateId, CaseId, Channel, CommandId, CommonRejection, Context,
    DeviceId, EffectId, Locale, Membership, OrganizationId, OrganizationKind, Rejection, Role,
    TypedId, Who, Words,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// Steps after which a simulation gives up.
const STEPS_MAX: u32 = 10_000;

/// Who sits where, so that nobody decides on what they handed in.
const SUBMITS: u128 = 0;
const DECIDES: u128 = 100;

/// Plays a pathway from opening to completion. Questions are answered with made-up answers under which as many stages as possible open;
/// everybody acts an hour into the due day, or into the next working day where nothing is due.
pub fn simulate(
    pathway: &Pathway,
    hash: &PathwayHash,
    calendars: &Calendars,
    questionnaires: &Questionnaires,
    start: Timestamp,
) -> Transcript {
    let mut catalog = Catalog::default();
    catalog.publish(hash.clone(), pathway.clone());
    let mut play = Play {
        pathway,
        hash,
        catalog: &catalog,
        calendars,
        questionnaires,
        now: start,
        commands: 0,
        case: None,
        moments: Vec::new(),
    };
    let stopped = play.run().err();
    Transcript {
        title: pathway.title.clone(),
        moments: play.moments,
        stopped: stopped.map(|(stage, rejection)| Stopped {
            stage,
            because: Words {
                en: rejection.words(Locale::En),
                ko: rejection.words(Locale::Ko),
            },
        }),
    }
}

type Stop = (Option<StageId>, Rejection);

struct Play<'a> {
    pathway: &'a Pathway,
    hash: &'a PathwayHash,
    catalog: &'a Catalog,
    calendars: &'a Calendars,
    questionnaires: &'a Questionnaires,
    now: Timestamp,
    commands: u128,
    case: Option<Case>,
    moments: Vec<Moment>,
}

fn organization(kind: OrganizationKind) -> OrganizationId {
    let number = match kind {
        OrganizationKind::Startup => 1,
        OrganizationKind::Hospital => 2,
        OrganizationKind::Consultancy => 3,
        OrganizationKind::Operator => 4,
    };
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

/// The `n`-th person with this role.
fn person(role: Role, n: u128) -> Actor {
    let place = Role::ALL.iter().position(|known| *known == role);
    let number = u128::try_from(place.unwrap_or(0)).unwrap_or(0) * 1_000 + n + 1;
    Actor {
        who: Who::Account(AccountId::from_uuid(Uuid::from_u128(number))),
        memberships: vec![Membership {
            organization: organization(role.organization_kind()),
            role,
        }],
        on_behalf_of: None,
        channel: Channel::CommandLine,
    }
}

fn text<T: std::str::FromStr>(text: &str) -> Result<T, Stop> {
    text.parse()
        .map_err(|_| (None, CommonRejection::NotFound.into()))
}

impl Play<'_> {
    fn run(&mut self) -> Result<(), Stop> {
        let open = CaseCommand::Open {
            startup: organization(OrganizationKind::Startup),
            hospital: organization(OrganizationKind::Hospital),
            hospital_kind: OrganizationKind::Hospital,
            device: DeviceId::from_uuid(Uuid::from_u128(1)),
            device_owner: organization(OrganizationKind::Startup),
            pathway: self.hash.clone(),
            title: text("Simulation")?,
        };
        self.command(None, &person(Role::StartupMember, SUBMITS), &open)?;
        for _ in 0..STEPS_MAX {
            let next = self.next_act()?;
            let wake = self.case()?.next_wakeup();
            match (next, wake) {
                (Some((at, _)), Some(wake)) if wake <= at => self.wake(wake)?,
                (Some((at, stage)), _) => {
                    self.now = self.now.max(at);
                    self.act(&stage)?;
                }
                (None, Some(wake)) => self.wake(wake)?,
                (None, None) => {
                    let summary = text("Simulated")?;
                    let complete = CaseCommand::Complete { summary };
                    return self.command(None, &person(Role::Coordinator, SUBMITS), &complete);
                }
            }
        }
        Err((None, CommonRejection::Stopped.into()))
    }

    fn case(&self) -> Result<&Case, Stop> {
        let missing = || (None, CommonRejection::NotFound.into());
        self.case.as_ref().ok_or_else(missing)
    }

    fn calendar(&self) -> Result<&Calendar, Stop> {
        let calendar = &self.pathway.calendar;
        self.calendars.get(calendar).ok_or_else(|| {
            let calendar = calendar.clone();
            (None, CaseRejection::CalendarMissing { calendar }.into())
        })
    }

    fn wake(&mut self, at: Timestamp) -> Result<(), Stop> {
        self.now = self.now.max(at);
        self.command(None, &Actor::clock(), &CaseCommand::Wake)
    }

    /// The open stage somebody acts on next, and when: the earliest, in the order of the pathway.
    fn next_act(&self) -> Result<Option<(Timestamp, StageId)>, Stop> {
        let calendar = self.calendar()?;
        let case = self.case()?;
        let hour = SignedDuration::from_hours(1);
        let mut next: Option<(Timestamp, StageId)> = None;
        for planned in &self.pathway.stages {
            let Some(stage) = case.stages.get(&planned.id).filter(|s| s.is_open()) else {
                continue;
            };
            let opened_on = calendar.date_of(stage.opened_at);
            let day = match (&stage.schedule, &planned.kind) {
                (Some(schedule), _) => schedule.due_on,
                (None, StageKind::FeedbackRound(round)) => {
                    last_day(calendar, opened_on, round.open_for)
                }
                (None, _) => calendar.add_working_days(opened_on, 1).to,
            };
            let at = calendar.opening(day).checked_add(hour);
            let at = at.unwrap_or(Timestamp::MAX).max(stage.opened_at);
            if next.as_ref().is_none_or(|(earliest, _)| at < *earliest) {
                next = Some((at, planned.id.clone()));
            }
        }
        Ok(next)
    }

    fn act(&mut self, id: &StageId) -> Result<(), Stop> {
        let pathway = self.pathway;
        let unknown = || (Some(id.clone()), CommonRejection::NotFound.into());
        let planned = pathway.stage(id).ok_or_else(unknown)?;
        match &planned.kind {
            StageKind::Form(_) => self.fill(planned),
            StageKind::Approval(approval) => {
                let seats = (DECIDES..).zip(&approval.seats);
                for (n, seat) in seats.take(usize::from(approval.approvals_needed)) {
                    let decide = CaseCommand::DecideApproval {
                        stage: id.clone(),
                        seat: Some(seat.id.clone()),
                        decision: Decision::Approve { comment: None },
                    };
                    self.command(Some(id), &person(seat.role, n), &decide)?;
                }
                Ok(())
            }
            StageKind::Matching(_) => self.find_people(planned),
            StageKind::UsabilityStudy(_) | StageKind::FeedbackRound(_) => self.report(id),
            StageKind::Consultation(_) => {
                let engage = CaseCommand::EngageConsultancy {
                    stage: id.clone(),
                    consultancy: organization(OrganizationKind::Consultancy),
                    consultancy_kind: OrganizationKind::Consultancy,
                };
                self.command(Some(id), &person(Role::Coordinator, SUBMITS), &engage)?;
                self.report(id)
            }
            StageKind::Award(_) => self.grant(planned),
            StageKind::Agreement(_) => self.sign(planned),
        }
    }

    fn fill(&mut self, planned: &Stage) -> Result<(), Stop> {
        let StageKind::Form(form) = &planned.kind else {
            return Ok(());
        };
        let today = self.calendar()?.date_of(self.now);
        let answers = &self.case()?.answers;
        let values = sample_answers(self.pathway, &planned.id, form, answers, today);
        let submit = CaseCommand::SubmitForm {
            stage: planned.id.clone(),
            values,
            documents: answers::document().into_iter().collect(),
        };
        self.command(Some(&planned.id), &person(planned.owner, SUBMITS), &submit)
    }

    fn find_people(&mut self, planned: &Stage) -> Result<(), Stop> {
        let StageKind::Matching(matching) = &planned.kind else {
            return Ok(());
        };
        let owner = person(planned.owner, SUBMITS);
        for wanted in &matching.wanted {
            for n in 0..wanted.count {
                let word = match wanted.role {
                    MatchRole::PrincipalInvestigator => "investigator",
                    MatchRole::Clinician => "clinician",
                };
                let invite = CaseCommand::InviteCandidate {
                    stage: planned.id.clone(),
                    role: wanted.role,
                    name: text(word)?,
                    email: text(&format!("{word}{n}@example.com"))?,
                    locale: Locale::Ko,
                    department: text("Cardiology")?,
                    conflict: ConflictOfInterest::NoneKnown,
                };
                self.command(Some(&planned.id), &owner, &invite)?;
            }
        }
        let candidates: Vec<_> = match &self.case()?.stages.get(&planned.id).map(|s| &s.work) {
            Some(crate::case::Work::Matching(candidates)) => candidates.keys().copied().collect(),
            _ => Vec::new(),
        };
        for candidate in candidates {
            let actor = Actor {
                who: Who::Candidate(candidate),
                channel: Channel::MailLink,
                ..Actor::clock()
            };
            let accept = CaseCommand::AnswerMatchInvitation {
                accept: true,
                conflict: None,
            };
            self.command(Some(&planned.id), &actor, &accept)?;
        }
        let stage = planned.id.clone();
        self.command(
            Some(&planned.id),
            &owner,
            &CaseCommand::ConfirmMatching { stage },
        )
    }

    fn report(&mut self, id: &StageId) -> Result<(), Stop> {
        let stage = self.case()?.stages.get(id);
        let found = stage.and_then(|stage| Some((stage.round, stage.child()?)));
        let Some((round, evidence)) = found else {
            return Err((Some(id.clone()), CommonRejection::NotFound.into()));
        };
        let message = Actor::message(EffectId {
            aggregate: evidence,
            version: 1,
            position: 0,
        });
        let report = CaseCommand::ReportStage {
            stage: id.clone(),
            round,
            summary: StageReport {
                conclusion: text("Simulated")?,
                evidence,
            },
        };
        self.command(Some(id), &message, &report)
    }

    fn grant(&mut self, planned: &Stage) -> Result<(), Stop> {
        let StageKind::Award(bounds) = &planned.kind else {
            return Ok(());
        };
        let today = self.calendar()?.date_of(self.now);
        let milestone = Milestone {
            title: text("Simulated")?,
            due_on: today,
            amount_krw: None,
        };
        let award = Award {
            amount_krw: bounds.max_krw,
            milestones: vec![milestone; usize::from(bounds.milestones_min)],
            report_due_on: bounds.report_required.then_some(today),
        };
        let stage = planned.id.clone();
        let grant = CaseCommand::GrantAward { stage, award };
        self.command(Some(&planned.id), &person(planned.owner, DECIDES), &grant)
    }

    fn sign(&mut self, planned: &Stage) -> Result<(), Stop> {
        let StageKind::Agreement(agreement) = &planned.kind else {
            return Ok(());
        };
        let missing = || (None, CommonRejection::NotFound.into());
        let document = answers::document().ok_or_else(missing)?;
        let prepare = CaseCommand::PrepareAgreement {
            stage: planned.id.clone(),
            document: document.clone(),
        };
        self.command(Some(&planned.id), &person(planned.owner, SUBMITS), &prepare)?;
        for (n, signer) in (DECIDES..).zip(&agreement.signers) {
            let sign = CaseCommand::SignAgreement {
                stage: planned.id.clone(),
                shown: document.sha256.clone(),
                printed_name: text(&signer.id)?,
            };
            self.command(Some(&planned.id), &person(signer.role, n), &sign)?;
        }
        Ok(())
    }

    fn command(
        &mut self,
        stage: Option<&StageId>,
        actor: &Actor,
        command: &CaseCommand,
    ) -> Result<(), Stop> {
        self.commands += 1;
        let context = Context {
            now: self.now,
            actor,
            aggregate: AggregateId::Case(CaseId::from_uuid(Uuid::from_u128(1))),
            command_id: CommandId::from_uuid(Uuid::from_u128(self.commands)),
            calendars: self.calendars,
            pathways: self.catalog,
            questionnaires: self.questionnaires,
        };
        let events = Case::decide(self.case.as_ref(), command, &context)
            .map_err(|refusal| (stage.cloned(), refusal))?;
        for event in &events {
            let case = Case::evolve(self.case.take(), event)
                .map_err(|_| (stage.cloned(), CommonRejection::Stopped.into()))?;
            self.case = Some(case);
            self.note(event)?;
        }
        Ok(())
    }

    fn note(&mut self, event: &CaseEvent) -> Result<(), Stop> {
        let calendar = self.calendar()?;
        let local = calendar.time_zone().to_datetime(self.now);
        let mut happened = Vec::new();
        match event {
            CaseEvent::Opened { .. } => happened.push(Happening::CaseOpened),
            CaseEvent::StageOpened { stage, title, .. } => {
                happened.extend(self.opening(calendar, stage, title));
            }
            CaseEvent::StageSkipped { stage, title, .. } => {
                happened.push(Happening::StageSkipped {
                    stage: stage.clone(),
                    title: title.clone(),
                });
            }
            CaseEvent::NoticesSent {
                stage,
                remind,
                escalate,
                ..
            } => {
                let title = self.title(stage);
                if *remind {
                    happened.push(Happening::Reminded {
                        stage: stage.clone(),
                        title: title.clone(),
                    });
                }
                if !escalate.is_empty() {
                    happened.push(Happening::Escalated {
                        stage: stage.clone(),
                        title,
                        to: escalate.iter().copied().collect(),
                    });
                }
            }
            CaseEvent::Completed { .. } => happened.push(Happening::CaseCompleted),
            CaseEvent::FormSubmitted { stage, .. }
            | CaseEvent::ApprovalDecided { stage, .. }
            | CaseEvent::MatchingConfirmed { stage, .. }
            | CaseEvent::StageReported { stage, .. }
            | CaseEvent::AwardGranted { stage, .. }
            | CaseEvent::AgreementSigned {
                stage, last: true, ..
            } => happened.extend(self.ending(stage)),
            CaseEvent::DraftSaved { .. }
            | CaseEvent::SubmissionRecalled { .. }
            | CaseEvent::StageClaimed { .. }
            | CaseEvent::StageReassigned { .. }
            | CaseEvent::SeatDecided { .. }
            | CaseEvent::SeatRecused { .. }
            | CaseEvent::SentBack { .. }
            | CaseEvent::CandidateInvited { .. }
            | CaseEvent::CandidateWithdrawn { .. }
            | CaseEvent::CandidateAnswered { .. }
            | CaseEvent::CandidateLapsed { .. }
            | CaseEvent::ConsultancyEngaged { .. }
            | CaseEvent::AgreementPrepared { .. }
            | CaseEvent::AgreementSigned { last: false, .. }
            | CaseEvent::NoticesDeferred { .. }
            | CaseEvent::Paused { .. }
            | CaseEvent::Resumed { .. }
            | CaseEvent::Canceled { .. } => {}
        }
        let at = self.now;
        self.moments
            .extend(happened.into_iter().map(|what| Moment { at, local, what }));
        Ok(())
    }

    fn title(&self, id: &StageId) -> Words {
        let stage = self.pathway.stage(id);
        let unnamed = || Words {
            en: id.to_string(),
            ko: id.to_string(),
        };
        stage.map_or_else(unnamed, |stage| stage.title.clone())
    }

    fn opening(&self, calendar: &Calendar, id: &StageId, title: &Words) -> Option<Happening> {
        let planned = self.pathway.stage(id)?;
        let stage = self.case.as_ref()?.stages.get(id)?;
        let due = planned
            .due
            .zip(stage.schedule.as_ref())
            .map(|(due, schedule)| {
                let span = match due {
                    Due::WorkingDays(days) => calendar.add_working_days(schedule.from, days),
                    Due::CalendarDays(days) => calendar.add_calendar_days(schedule.from, days),
                };
                let mut reminders = Vec::new();
                let mut escalations = Vec::new();
                for notice in &schedule.notices {
                    let day = calendar.date_of(notice.at);
                    match notice.kind {
                        NoticeKind::Reminder => reminders.push(day),
                        NoticeKind::Escalation { to } => escalations.push((day, to)),
                    }
                }
                DueDay {
                    on: schedule.due_on,
                    because: Words {
                        en: explain(&span, Locale::En),
                        ko: explain(&span, Locale::Ko),
                    },
                    reminders,
                    escalations,
                }
            });
        Some(Happening::opened(
            id,
            title,
            planned.owner,
            &planned.kind,
            due,
        ))
    }

    fn ending(&self, id: &StageId) -> Option<Happening> {
        let stage = self.case.as_ref()?.stages.get(id)?;
        let Progress::Over { outcome, .. } = stage.progress else {
            return None;
        };
        Some(Happening::StageOver {
            stage: id.clone(),
            title: stage.title.clone(),
            outcome: outcome.as_str(),
        })
    }
}

fn last_day(calendar: &Calendar, from: Date, due: Due) -> Date {
    match due {
        Due::WorkingDays(days) => calendar.add_working_days(from, days).to,
        Due::CalendarDays(days) => calendar.add_calendar_days(from, days).to,
    }
}
