//! What people do on a case.

use super::{CASES_MAX, Moves, case_id};
use crate::cast::{House, PEOPLE, holders};
use jiff::ToSpan;
use naru_domain::case::{
    Award, CandidateAnswer, Case, CaseCommand, CaseStatus, ChangeRequest, ConflictOfInterest,
    Decision, Milestone, Stage, Work,
};
use naru_domain::pathway::{
    ApprovalStage, AwardStage, MatchRole, MatchingStage, StageId, StageKind,
};
use naru_domain::{Actor, Channel, Command, Locale, OrganizationKind, Role, State, Who};
use naru_store::Submission;

impl<'a> Moves<'a> {
    pub(super) fn open_case(&mut self) -> Option<Submission> {
        let n = u128::try_from(self.rng.below(usize::try_from(CASES_MAX).ok()?)).ok()?;
        let devices = self.devices();
        let device = *self.rng.pick(&devices)?;
        let people = holders(device.owner, Role::StartupMember);
        let actor = self.rng.pick(&people)?.actor();
        let pathways: Vec<_> = self
            .view
            .reference()
            .pathways
            .all_newest()
            .map(|(hash, _)| hash.clone())
            .collect();
        let open = CaseCommand::Open {
            startup: device.owner,
            hospital: House::Hospital.id(),
            hospital_kind: OrganizationKind::Hospital,
            device: device.id,
            device_owner: device.owner,
            pathway: self.rng.pick(&pathways)?.clone(),
            title: self.short(),
        };
        Some(self.submission(case_id(self.view.era(), n), actor, Command::Case(open)))
    }

    /// Something on one of the cases, or on what it spawned.
    pub(super) fn on_a_case(&mut self) -> Option<Submission> {
        let cases = self.cases();
        let case = *self.rng.pick(&cases)?;
        let (actor, command) = match self.rng.below(200) {
            0..=1 => (
                self.coordinator()?,
                CaseCommand::Pause {
                    reason: self.long(),
                },
            ),
            2 => (
                self.coordinator()?,
                CaseCommand::Cancel {
                    reason: self.long(),
                },
            ),
            3..=8 => (
                self.coordinator()?,
                CaseCommand::Complete {
                    summary: self.long(),
                },
            ),
            9..=16 => self.hand_over(case)?,
            17..=22 => self.recall(case)?,
            23..=25 => self.take_candidate_back(case)?,
            _ => match case.status {
                CaseStatus::Paused { .. } if self.rng.percent(50) => {
                    (self.coordinator()?, CaseCommand::Resume)
                }
                CaseStatus::Running | CaseStatus::Paused { .. } => return self.at_a_stage(case),
                CaseStatus::Completed { .. }
                | CaseStatus::Rejected { .. }
                | CaseStatus::Canceled { .. }
                    if self.rng.percent(97) =>
                {
                    return None;
                }
                CaseStatus::Completed { .. }
                | CaseStatus::Rejected { .. }
                | CaseStatus::Canceled { .. } => return self.at_a_stage(case),
            },
        };
        Some(self.submission(case.id, actor, Command::Case(command)))
    }

    pub(super) fn someone(&mut self, house: House, role: Role) -> Option<Actor> {
        let people = holders(house.id(), role);
        Some(self.rng.pick(&people)?.actor())
    }

    fn coordinator(&mut self) -> Option<Actor> {
        self.someone(House::Hospital, Role::Coordinator)
    }

    fn one_of(&mut self, case: &Case, role: Role, stage: &Stage) -> Option<Actor> {
        let people = holders(case.organization_of(role, stage), role);
        Some(self.rng.pick(&people)?.actor())
    }

    fn hand_over(&mut self, case: &Case) -> Option<(Actor, CaseCommand)> {
        let moves = case.moves();
        let open = self.rng.pick(&moves)?;
        let people = holders(open.organization, open.role);
        let actor = self.rng.pick(&people)?.actor();
        let stage = open.stage.clone();
        if self.rng.percent(60) {
            return Some((actor, CaseCommand::ClaimStage { stage }));
        }
        let to = self.rng.pick(&people)?.account();
        Some((
            actor,
            CaseCommand::ReassignStage {
                stage,
                to,
                to_holds_role: true,
                reason: self.long(),
            },
        ))
    }

    fn recall(&mut self, case: &Case) -> Option<(Actor, CaseCommand)> {
        let forms: Vec<_> = case
            .stages
            .iter()
            .filter(|(_, stage)| stage.is_over() && matches!(stage.work, Work::Form(_)))
            .collect();
        let (id, stage) = *self.rng.pick(&forms)?;
        let Work::Form(work) = &stage.work else {
            return None;
        };
        let by = work.submitted.as_ref()?.by;
        let actor = PEOPLE.iter().find(|person| person.account() == by)?.actor();
        Some((actor, CaseCommand::RecallSubmission { stage: id.clone() }))
    }

    fn take_candidate_back(&mut self, case: &Case) -> Option<(Actor, CaseCommand)> {
        let (stage, candidate) = case
            .stages
            .iter()
            .find_map(|(id, stage)| match &stage.work {
                Work::Matching(candidates) if stage.is_open() => {
                    Some((id, *candidates.keys().next()?))
                }
                _ => None,
            })?;
        let actor = self.coordinator()?;
        Some((
            actor,
            CaseCommand::WithdrawCandidate {
                stage: stage.clone(),
                candidate,
                reason: self.long(),
            },
        ))
    }

    /// Something at one of the open stages.
    fn at_a_stage(&mut self, case: &'a Case) -> Option<Submission> {
        let pathway = self.view.reference().pathways.by_hash(&case.pathway_hash)?;
        let mut open: Vec<(&StageId, &Stage)> = case
            .stages
            .iter()
            .filter(|(_, stage)| stage.is_open())
            .collect();
        if open.is_empty() || self.rng.percent(3) {
            open = case.stages.iter().collect();
        }
        let (id, stage) = *self.rng.pick(&open)?;
        let planned = pathway.stage(id)?;
        let (actor, command) = match (&planned.kind, &stage.work) {
            (StageKind::Form(form), _) => {
                let actor = self.one_of(case, planned.owner, stage)?;
                let values = self.filled(case, id, form);
                if self.rng.percent(20) {
                    let values = values
                        .into_iter()
                        .filter(|_| self.rng.percent(50))
                        .collect();
                    (
                        actor,
                        CaseCommand::SaveDraft {
                            stage: id.clone(),
                            values,
                        },
                    )
                } else {
                    (
                        actor,
                        CaseCommand::SubmitForm {
                            stage: id.clone(),
                            values,
                            documents: self.documents_of(case),
                        },
                    )
                }
            }
            (StageKind::Approval(approval), _) => self.decision(case, (id, stage), approval)?,
            (StageKind::Matching(matching), Work::Matching(_)) => {
                self.matching(case, (id, stage), matching)?
            }
            (
                StageKind::UsabilityStudy(_) | StageKind::FeedbackRound(_),
                Work::Child { child, .. },
            ) => return self.child(*child),
            (StageKind::Consultation(_), Work::Consultation(work)) => match work.engaged {
                Some(engagement) => return self.child(engagement.consultation.into()),
                None => {
                    let engage = CaseCommand::EngageConsultancy {
                        stage: id.clone(),
                        consultancy: House::Consultancy.id(),
                        consultancy_kind: OrganizationKind::Consultancy,
                    };
                    (self.coordinator()?, engage)
                }
            },
            (StageKind::Award(bounds), _) => self.award(case, (id, stage), bounds)?,
            (StageKind::Agreement(_), Work::Agreement(work)) => match &work.document {
                None => {
                    let documents = self.documents_of(case);
                    let document = self.rng.pick(&documents)?.clone();
                    (
                        self.one_of(case, planned.owner, stage)?,
                        CaseCommand::PrepareAgreement {
                            stage: id.clone(),
                            document,
                        },
                    )
                }
                Some(document) => {
                    let role = work
                        .signers
                        .get(work.signatures.len())
                        .map_or(planned.owner, |signer| signer.role);
                    let sign = CaseCommand::SignAgreement {
                        stage: id.clone(),
                        shown: document.sha256.clone(),
                        printed_name: "서명인".parse().ok()?,
                    };
                    (self.one_of(case, role, stage)?, sign)
                }
            },
            _ => return None,
        };
        Some(self.submission(case.id, actor, Command::Case(command)))
    }

    fn decision(
        &mut self,
        case: &Case,
        (id, stage): (&StageId, &Stage),
        approval: &ApprovalStage,
    ) -> Option<(Actor, CaseCommand)> {
        let roles = stage.waiting_for();
        let role = self.rng.pick(&roles).copied().unwrap_or(stage.owner);
        let actor = self.one_of(case, role, stage)?;
        let decision = match self.rng.below(100) {
            0..=1 => Decision::Reject {
                reason: self.long(),
            },
            2..=9 if !approval.send_back_to.is_empty() => Decision::SendBack {
                to: self.rng.pick(&approval.send_back_to)?.clone(),
                requests: vec![ChangeRequest {
                    field: None,
                    text: self.long(),
                }],
            },
            10..=12 => Decision::Recuse {
                reason: self.long(),
            },
            _ => Decision::Approve {
                comment: self.rng.percent(30).then(|| self.long()),
            },
        };
        Some((
            actor,
            CaseCommand::DecideApproval {
                stage: id.clone(),
                seat: None,
                decision,
            },
        ))
    }

    fn matching(
        &mut self,
        case: &Case,
        (id, stage): (&StageId, &Stage),
        matching: &MatchingStage,
    ) -> Option<(Actor, CaseCommand)> {
        let Work::Matching(candidates) = &stage.work else {
            return None;
        };
        let accepted = |role| {
            candidates
                .values()
                .filter(|c| c.role == role && matches!(c.answer, CandidateAnswer::Accepted { .. }))
                .count()
        };
        let missing: Vec<MatchRole> = matching
            .wanted
            .iter()
            .filter(|wanted| accepted(wanted.role) < usize::from(wanted.count))
            .map(|wanted| wanted.role)
            .collect();
        let invited: Vec<_> = candidates
            .iter()
            .filter(|(_, c)| matches!(c.answer, CandidateAnswer::Invited { .. }))
            .map(|(id, _)| *id)
            .collect();
        if let Some(candidate) = self
            .rng
            .pick(&invited)
            .copied()
            .filter(|_| self.rng.percent(70))
        {
            let actor = Actor {
                who: Who::Candidate(candidate),
                memberships: Vec::new(),
                on_behalf_of: None,
                channel: Channel::MailLink,
            };
            let conflict = self.rng.percent(10).then(|| self.long());
            return Some((
                actor,
                CaseCommand::AnswerMatchInvitation {
                    accept: self.rng.percent(85),
                    conflict,
                },
            ));
        }
        let actor = self.one_of(case, stage.owner, stage)?;
        let Some(role) = self
            .rng
            .pick(&missing)
            .copied()
            .filter(|_| self.rng.percent(95))
        else {
            return Some((actor, CaseCommand::ConfirmMatching { stage: id.clone() }));
        };
        let conflict = if self.rng.percent(80) {
            ConflictOfInterest::NoneKnown
        } else {
            ConflictOfInterest::Declared {
                what: self.long(),
                handling: self.long(),
            }
        };
        let invite = CaseCommand::InviteCandidate {
            stage: id.clone(),
            role,
            name: "최임상".parse().ok()?,
            email: format!("candidate{}@example.org", self.rng.below(40))
                .parse()
                .ok()?,
            locale: Locale::Ko,
            department: self.short(),
            conflict,
        };
        Some((actor, invite))
    }

    fn award(
        &mut self,
        case: &Case,
        (id, stage): (&StageId, &Stage),
        bounds: &AwardStage,
    ) -> Option<(Actor, CaseCommand)> {
        let today = self.today(case);
        let milestones = (0..bounds.milestones_min)
            .map(|n| {
                Some(Milestone {
                    title: self.short(),
                    due_on: today + (30 * (i64::from(n) + 1)).days(),
                    amount_krw: None,
                })
            })
            .collect::<Option<Vec<_>>>()?;
        let amount_krw = if self.rng.percent(90) {
            bounds.min_krw
        } else {
            bounds.max_krw + 1
        };
        let award = Award {
            amount_krw,
            milestones,
            report_due_on: Some(today + 200.days()),
        };
        Some((
            self.one_of(case, stage.owner, stage)?,
            CaseCommand::GrantAward {
                stage: id.clone(),
                award,
            },
        ))
    }

    fn child(&mut self, child: naru_domain::AggregateId) -> Option<Submission> {
        let (actor, command) = match self.view.state(child)? {
            State::Study(study) => self.study(study)?,
            State::FeedbackRound(round) => self.round(round)?,
            State::Consultation(consultation) => self.consultation(consultation)?,
            State::Account(_) | State::Organization(_) | State::Device(_) | State::Case(_) => {
                return None;
            }
        };
        Some(self.submission(child, actor, command))
    }
}
