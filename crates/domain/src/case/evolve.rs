//! The fold: what each event makes of a case.

use super::{
    AgreementWork, AnswerBy, ApprovalWork, Candidate, CandidateAnswer, Case, CaseEvent, CaseStatus,
    ConsultationWork, Engagement, FormWork, GrantedAward, OpenedWork, Outcome, Progress, Schedule,
    Signature, Stage, StageReport, Submission, Vote, Work,
};
use crate::pathway::StageId;
use crate::{BrokenHistory, CandidateId, ConsultationId, OrganizationId, Role, Words};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn evolve(state: Option<Case>, event: &CaseEvent) -> Result<Case, BrokenHistory> {
    match (state, event) {
        (
            None,
            CaseEvent::Opened {
                case,
                startup,
                hospital,
                device,
                pathway,
                pathway_hash,
                calendar,
                title,
                at,
            },
        ) => Ok(Case {
            id: *case,
            startup: *startup,
            hospital: *hospital,
            device: *device,
            pathway: pathway.clone(),
            pathway_hash: pathway_hash.clone(),
            calendar: calendar.clone(),
            title: title.clone(),
            opened_at: *at,
            status: CaseStatus::Running,
            stages: BTreeMap::new(),
            answers: BTreeMap::new(),
            consultancies: BTreeSet::new(),
        }),
        (None, _) => Err(BrokenHistory::new(None, "an event before the opening")),
        (Some(mut case), event) => {
            case.fold(event)?;
            Ok(case)
        }
    }
}

impl Case {
    /// Folds the next event in. After an error the case is good for nothing.
    pub(super) fn fold(&mut self, event: &CaseEvent) -> Result<(), BrokenHistory> {
        if self.status.is_over() {
            return Err(self.broken("an event after the end"));
        }
        self.apply(event)
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one arm an event: a table to check line by line"
    )]
    fn apply(&mut self, event: &CaseEvent) -> Result<(), BrokenHistory> {
        match event {
            CaseEvent::Opened { .. } => return Err(self.broken("a second opening")),
            CaseEvent::StageOpened {
                stage,
                round,
                title,
                owner,
                at,
                schedule,
                work,
                ..
            } => {
                let (earlier, claimed_by) = match self.stages.remove(stage) {
                    // Whoever filled a form in is the one to change it.
                    Some(earlier) if matches!(earlier.work, Work::Form(_)) => {
                        (Some(earlier.work), earlier.claimed_by)
                    }
                    Some(_) | None => (None, None),
                };
                let opened = Stage {
                    title: title.clone(),
                    owner: *owner,
                    round: *round,
                    opened_at: *at,
                    schedule: schedule.clone(),
                    progress: Progress::Open,
                    claimed_by,
                    touched: false,
                    work: opened_work(work, earlier),
                };
                self.stages.insert(stage.clone(), opened);
            }
            CaseEvent::StageSkipped { stage, title, at } => self.skip(stage, title, *at),
            CaseEvent::DraftSaved { stage, values } => {
                self.touched(stage)?;
                self.form_mut(stage)?.draft = Some(values.clone());
            }
            CaseEvent::FormSubmitted {
                stage,
                values,
                documents,
                by,
                on_behalf_of,
                at,
            } => {
                let submission = Submission {
                    values: values.clone(),
                    documents: documents.clone(),
                    by: *by,
                    on_behalf_of: *on_behalf_of,
                    at: *at,
                };
                self.submit(stage, submission)?;
            }
            CaseEvent::SubmissionRecalled { stage, closed } => self.recall(stage, closed)?,
            CaseEvent::StageClaimed { stage, by } => self.touched(stage)?.claimed_by = Some(*by),
            CaseEvent::StageReassigned { stage, to, .. } => {
                self.touched(stage)?.claimed_by = Some(*to);
            }
            CaseEvent::SeatDecided {
                stage,
                seat,
                by,
                on_behalf_of,
                verdict,
                at,
            } => {
                let vote = Vote {
                    by: *by,
                    on_behalf_of: *on_behalf_of,
                    verdict: verdict.clone(),
                    at: *at,
                };
                self.approval_mut(stage)?.votes.insert(seat.clone(), vote);
            }
            CaseEvent::SeatRecused {
                stage,
                by,
                on_behalf_of,
                ..
            } => {
                let recused = &mut self.approval_mut(stage)?.recused;
                recused.insert(*by);
                recused.extend(on_behalf_of);
            }
            CaseEvent::ApprovalDecided {
                stage,
                approved: true,
                at,
            } => self.finish(stage, Outcome::Approved, *at)?,
            CaseEvent::ApprovalDecided {
                stage,
                approved: false,
                at,
            } => {
                self.finish(stage, Outcome::Rejected, *at)?;
                self.status = CaseStatus::Rejected {
                    at: *at,
                    stage: stage.clone(),
                };
            }
            CaseEvent::SentBack {
                stage,
                to,
                requests,
                reset,
                ..
            } => {
                for waiting in reset.iter().chain([stage]) {
                    self.stage_mut(waiting)?.progress = Progress::Waiting;
                }
                self.form_mut(to)?.requests.clone_from(requests);
            }
            CaseEvent::CandidateInvited {
                stage,
                candidate,
                role,
                name,
                email,
                locale,
                department,
                conflict,
                answer_by,
                lapses_at,
            } => {
                let invited = Candidate {
                    role: *role,
                    name: name.clone(),
                    email: email.clone(),
                    locale: *locale,
                    department: department.clone(),
                    conflict: conflict.clone(),
                    answer_by: *answer_by,
                    answer: CandidateAnswer::Invited {
                        lapses_at: *lapses_at,
                    },
                };
                self.candidates_mut(stage)?.insert(*candidate, invited);
            }
            CaseEvent::CandidateWithdrawn {
                stage, candidate, ..
            } => self.answer(stage, *candidate, CandidateAnswer::Withdrawn)?,
            CaseEvent::CandidateAnswered {
                stage,
                candidate,
                accepted: true,
                conflict,
                at,
            } => {
                self.answer(
                    stage,
                    *candidate,
                    CandidateAnswer::Accepted {
                        conflict: conflict.clone(),
                        at: *at,
                    },
                )?;
            }
            CaseEvent::CandidateAnswered {
                stage,
                candidate,
                accepted: false,
                at,
                ..
            } => {
                self.answer(stage, *candidate, CandidateAnswer::Declined { at: *at })?;
            }
            CaseEvent::CandidateLapsed { stage, candidate } => {
                self.answer(stage, *candidate, CandidateAnswer::Lapsed)?;
            }
            CaseEvent::MatchingConfirmed { stage, at, .. } => {
                self.finish(stage, Outcome::Matched, *at)?;
            }
            CaseEvent::ConsultancyEngaged {
                stage,
                consultancy,
                consultation,
            } => self.engage(stage, *consultancy, *consultation)?,
            CaseEvent::StageReported { stage, report, at } => self.report(stage, report, *at)?,
            CaseEvent::AwardGranted {
                stage,
                award,
                by,
                at,
            } => {
                self.stage_mut(stage)?.work = Work::Award(Some(GrantedAward {
                    award: award.clone(),
                    by: *by,
                    at: *at,
                }));
                self.finish(stage, Outcome::Granted, *at)?;
            }
            CaseEvent::AgreementPrepared { stage, document } => {
                let work = self.agreement_mut(stage)?;
                work.document = Some(document.clone());
                work.signatures.clear();
            }
            CaseEvent::AgreementSigned {
                stage,
                signer,
                by,
                printed_name,
                meaning,
                document,
                at,
                last,
            } => {
                self.agreement_mut(stage)?.signatures.push(Signature {
                    signer: signer.clone(),
                    by: *by,
                    printed_name: printed_name.clone(),
                    meaning: meaning.clone(),
                    document: document.clone(),
                    at: *at,
                });
                if *last {
                    self.finish(stage, Outcome::Signed, *at)?;
                }
            }
            CaseEvent::NoticesSent { stage, through, .. } => self
                .schedule_mut(stage)?
                .notices
                .retain(|notice| through < &notice.at),
            CaseEvent::NoticesDeferred {
                stage,
                through,
                until,
            } => {
                let schedule = self.schedule_mut(stage)?;
                for notice in schedule
                    .notices
                    .iter_mut()
                    .filter(|notice| notice.at <= *through)
                {
                    notice.at = *until;
                }
                schedule.notices.sort_unstable();
                schedule.notices.dedup();
            }
            CaseEvent::Paused { reason, at } => {
                self.status = CaseStatus::Paused {
                    since: *at,
                    reason: reason.clone(),
                }
            }
            CaseEvent::Resumed {
                schedules,
                answer_by,
                ..
            } => {
                self.status = CaseStatus::Running;
                for (candidate, until) in answer_by {
                    self.give_until(*candidate, *until)?;
                }
                for (id, schedule) in schedules {
                    self.stage_mut(id)?.schedule = Some(schedule.clone());
                }
            }
            CaseEvent::Canceled { reason, at } => {
                self.status = CaseStatus::Canceled {
                    at: *at,
                    reason: reason.clone(),
                }
            }
            CaseEvent::Completed { summary, at } => {
                self.status = CaseStatus::Completed {
                    at: *at,
                    summary: summary.clone(),
                }
            }
        }
        Ok(())
    }

    fn broken(&self, found: &str) -> BrokenHistory {
        BrokenHistory::new(Some(self.id.into()), found)
    }

    fn stage_mut(&mut self, id: &StageId) -> Result<&mut Stage, BrokenHistory> {
        let broken = self.broken("an event of a stage that never opened");
        self.stages.get_mut(id).ok_or(broken)
    }

    fn touched(&mut self, id: &StageId) -> Result<&mut Stage, BrokenHistory> {
        let stage = self.stage_mut(id)?;
        stage.touched = true;
        Ok(stage)
    }

    fn form_mut(&mut self, id: &StageId) -> Result<&mut FormWork, BrokenHistory> {
        let broken = self.broken("an answer at a stage that is no form");
        let Work::Form(form) = &mut self.stage_mut(id)?.work else {
            return Err(broken);
        };
        Ok(form)
    }

    fn approval_mut(&mut self, id: &StageId) -> Result<&mut ApprovalWork, BrokenHistory> {
        let broken = self.broken("a decision at a stage that is no approval");
        let Work::Approval(work) = &mut self.touched(id)?.work else {
            return Err(broken);
        };
        Ok(work)
    }

    fn candidates_mut(
        &mut self,
        id: &StageId,
    ) -> Result<&mut BTreeMap<CandidateId, Candidate>, BrokenHistory> {
        let broken = self.broken("a candidate at a stage that is no matching");
        let Work::Matching(candidates) = &mut self.touched(id)?.work else {
            return Err(broken);
        };
        Ok(candidates)
    }

    fn agreement_mut(&mut self, id: &StageId) -> Result<&mut AgreementWork, BrokenHistory> {
        let broken = self.broken("a signature at a stage that is no agreement");
        let Work::Agreement(work) = &mut self.touched(id)?.work else {
            return Err(broken);
        };
        Ok(work)
    }

    fn schedule_mut(&mut self, id: &StageId) -> Result<&mut Schedule, BrokenHistory> {
        let broken = self.broken("a notice of a stage without a due day");
        self.stage_mut(id)?.schedule.as_mut().ok_or(broken)
    }

    fn skip(&mut self, id: &StageId, title: &Words, at: Timestamp) {
        let round = self.stages.get(id).map_or(0, |stage| stage.round);
        let skipped = Stage {
            title: title.clone(),
            owner: Role::Coordinator,
            round,
            opened_at: at,
            schedule: None,
            progress: Progress::Over {
                outcome: Outcome::Skipped,
                at,
            },
            claimed_by: None,
            touched: false,
            work: Work::Nothing,
        };
        self.stages.insert(id.clone(), skipped);
    }

    fn submit(&mut self, id: &StageId, submission: Submission) -> Result<(), BrokenHistory> {
        let prefix = format!("{id}.");
        self.answers.retain(|name, _| !name.starts_with(&prefix));
        self.answers.extend(
            submission
                .values
                .iter()
                .map(|(name, value)| (format!("{id}.{name}"), value.clone())),
        );
        let at = submission.at;
        let form = self.form_mut(id)?;
        form.draft = None;
        form.submitters.insert(submission.by);
        form.submitters.extend(submission.on_behalf_of);
        form.previous = form.submitted.replace(submission);
        self.finish(id, Outcome::Submitted, at)
    }

    fn recall(&mut self, id: &StageId, closed: &BTreeSet<StageId>) -> Result<(), BrokenHistory> {
        for waiting in closed {
            let stage = self.stage_mut(waiting)?;
            // A round that nobody acted on does not count; passing a stage by was none.
            if stage.is_open() {
                stage.round = stage.round.saturating_sub(1);
            }
            stage.progress = Progress::Waiting;
        }
        self.stage_mut(id)?.progress = Progress::Open;
        let form = self.form_mut(id)?;
        form.draft = form.submitted.take().map(|submission| submission.values);
        form.submitted = form.previous.take();
        let earlier: Vec<_> = form
            .submitted
            .iter()
            .flat_map(|submission| submission.values.clone())
            .collect();
        let prefix = format!("{id}.");
        self.answers.retain(|name, _| !name.starts_with(&prefix));
        self.answers.extend(
            earlier
                .into_iter()
                .map(|(name, value)| (format!("{id}.{name}"), value)),
        );
        Ok(())
    }

    fn finish(
        &mut self,
        id: &StageId,
        outcome: Outcome,
        at: Timestamp,
    ) -> Result<(), BrokenHistory> {
        let broken = self.broken("an end of a stage that is not open");
        let stage = self.touched(id)?;
        if !stage.is_open() {
            return Err(broken);
        }
        stage.progress = Progress::Over { outcome, at };
        Ok(())
    }

    fn answer(
        &mut self,
        id: &StageId,
        candidate: CandidateId,
        answer: CandidateAnswer,
    ) -> Result<(), BrokenHistory> {
        let broken = self.broken("an answer of somebody who was never invited");
        self.candidates_mut(id)?
            .get_mut(&candidate)
            .ok_or(broken)?
            .answer = answer;
        Ok(())
    }

    fn give_until(&mut self, id: CandidateId, until: AnswerBy) -> Result<(), BrokenHistory> {
        let broken = self.broken("more time for somebody who was never invited");
        let candidate = self
            .stages
            .values_mut()
            .find_map(|stage| match &mut stage.work {
                Work::Matching(candidates) => candidates.get_mut(&id),
                Work::Form(_)
                | Work::Approval(_)
                | Work::Child { .. }
                | Work::Consultation(_)
                | Work::Award(_)
                | Work::Agreement(_)
                | Work::Nothing => None,
            })
            .ok_or(broken)?;
        candidate.answer_by = until.day;
        candidate.answer = CandidateAnswer::Invited {
            lapses_at: until.lapses_at,
        };
        Ok(())
    }

    fn engage(
        &mut self,
        id: &StageId,
        consultancy: OrganizationId,
        consultation: ConsultationId,
    ) -> Result<(), BrokenHistory> {
        let broken = self.broken("an engagement at a stage that is no consultation");
        self.consultancies.insert(consultancy);
        let stage = self.touched(id)?;
        // From here on it is the consultancy's move, whoever looked for one.
        stage.claimed_by = None;
        let Work::Consultation(work) = &mut stage.work else {
            return Err(broken);
        };
        work.engaged = Some(Engagement {
            consultancy,
            consultation,
        });
        Ok(())
    }

    fn report(
        &mut self,
        id: &StageId,
        found: &StageReport,
        at: Timestamp,
    ) -> Result<(), BrokenHistory> {
        let broken = self.broken("a report at a stage that spawned nothing");
        match &mut self.stage_mut(id)?.work {
            Work::Child { report, .. } | Work::Consultation(ConsultationWork { report, .. }) => {
                *report = Some(found.clone());
            }
            Work::Form(_)
            | Work::Approval(_)
            | Work::Matching(_)
            | Work::Award(_)
            | Work::Agreement(_)
            | Work::Nothing => return Err(broken),
        }
        self.finish(id, Outcome::Reported, at)
    }
}

/// The work of a stage that opens; a form that opens again keeps what was filled in.
fn opened_work(work: &OpenedWork, earlier: Option<Work>) -> Work {
    match work {
        OpenedWork::Form => match earlier {
            Some(Work::Form(form)) => {
                let draft = form.draft.or_else(|| {
                    form.submitted
                        .as_ref()
                        .map(|submission| submission.values.clone())
                });
                Work::Form(FormWork { draft, ..form })
            }
            _ => Work::Form(FormWork::default()),
        },
        OpenedWork::Approval {
            seats,
            approvals_needed,
        } => Work::Approval(ApprovalWork {
            seats: seats.clone(),
            approvals_needed: *approvals_needed,
            votes: BTreeMap::new(),
            recused: BTreeSet::new(),
        }),
        OpenedWork::Matching => Work::Matching(BTreeMap::new()),
        OpenedWork::UsabilityStudy { study, .. } => Work::Child {
            child: (*study).into(),
            report: None,
        },
        OpenedWork::FeedbackRound { feedback_round, .. } => Work::Child {
            child: (*feedback_round).into(),
            report: None,
        },
        OpenedWork::Consultation { about, asks } => Work::Consultation(ConsultationWork {
            about: *about,
            asks: asks.clone(),
            engaged: None,
            report: None,
        }),
        OpenedWork::Award => Work::Award(None),
        OpenedWork::Agreement { signers } => Work::Agreement(AgreementWork {
            signers: signers.clone(),
            document: None,
            signatures: Vec::new(),
        }),
    }
}
