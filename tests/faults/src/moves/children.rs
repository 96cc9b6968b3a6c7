//! What people do in studies, feedback rounds and consultations.

use super::Moves;
use crate::cast::{House, holders};
use jiff::tz::TimeZone;
use naru_domain::consultation::{Audience, Consultation, ConsultationCommand};
use naru_domain::feedback::{
    Answer, Consent, FeedbackCommand, FeedbackRound, InvitedClinician, QuestionKind,
};
use naru_domain::pathway::StudyTask;
use naru_domain::study::{Outcome, RootCause, Study, StudyCommand, TaskResult};
use naru_domain::{Actor, Channel, Command, InvitationId, Locale, Role, Who, Words};
use std::collections::{BTreeMap, BTreeSet};

impl Moves<'_> {
    pub(super) fn study(&mut self, study: &Study) -> Option<(Actor, Command)> {
        let actor = self.someone(House::Hospital, Role::UsabilityManager)?;
        let known: Vec<_> = study.sessions.keys().cloned().collect();
        let roll = self.rng.below(100);
        let command = match (roll, self.rng.pick(&known).cloned()) {
            (0..=7, None) => StudyCommand::AddTask {
                task: StudyTask {
                    id: format!("extra{}", study.tasks.len()),
                    title: Words {
                        en: "One more".to_owned(),
                        ko: "추가 과제".to_owned(),
                    },
                    critical: false,
                },
            },
            (0..=5, Some(participant)) => StudyCommand::RemoveSession {
                participant,
                reason: self.long(),
            },
            (6..=20, Some(participant)) => {
                let StudyCommand::RecordSession {
                    group,
                    results,
                    sus,
                    moderated_on,
                    ..
                } = self.session(study)?
                else {
                    return None;
                };
                StudyCommand::CorrectSession {
                    participant,
                    group,
                    results,
                    sus,
                    moderated_on,
                    reason: self.long(),
                }
            }
            (21..=40, Some(_)) if 3 < known.len() => StudyCommand::Close {
                conclusion: self.long(),
                residual_risk: Some(self.long()),
                short_sample_reason: Some(self.long()),
            },
            _ => self.session(study)?,
        };
        Some((actor, Command::Study(command)))
    }

    fn session(&mut self, study: &Study) -> Option<StudyCommand> {
        let outcomes = [
            Outcome::Success,
            Outcome::Success,
            Outcome::SuccessWithDifficulty,
            Outcome::CloseCall,
            Outcome::UseError,
            Outcome::NotAttempted,
        ];
        let mut results = Vec::new();
        for task in &study.tasks {
            let outcome = *self.rng.pick(&outcomes)?;
            results.push(TaskResult {
                task: task.id.clone(),
                outcome,
                assisted: self.rng.percent(10),
                seconds: Some(1 + u32::try_from(self.rng.below(600)).ok()?),
                note: self.rng.percent(10).then(|| self.long()),
                root_cause: outcome.is_finding().then_some(RootCause::UserInterface),
            });
        }
        let sus = self.rng.percent(70).then(|| {
            (0..10)
                .map(|_| 1 + u8::try_from(self.rng.below(5)).unwrap_or(0))
                .collect()
        });
        Some(StudyCommand::RecordSession {
            participant: format!("P{:02}", self.rng.below(40)).parse().ok()?,
            group: self.rng.pick(&study.groups)?.value.clone(),
            results,
            sus,
            moderated_on: self.view.now().to_zoned(TimeZone::UTC).date(),
        })
    }

    pub(super) fn round(&mut self, round: &FeedbackRound) -> Option<(Actor, Command)> {
        let coordinator = self.someone(House::Hospital, Role::Coordinator)?;
        let invitations: Vec<InvitationId> = round.invitations.keys().copied().collect();
        let waiting: Vec<InvitationId> = round
            .invitations
            .values()
            .filter(|i| i.is_waiting())
            .map(|i| i.id)
            .collect();
        let roll = self.rng.below(100);
        let invitation = self.rng.pick(&invitations).copied();
        let (actor, command) = match (roll, self.rng.pick(&waiting).copied().or(invitation)) {
            (0..=44, Some(id)) => (guest(id), self.clinician_answers(round)?),
            (45..=49, Some(id)) => (
                guest(id),
                FeedbackCommand::Decline {
                    reason: Some(self.long()),
                },
            ),
            (50..=57, Some(invitation)) => (coordinator, FeedbackCommand::Remind { invitation }),
            (58..=61, Some(invitation)) => (
                coordinator,
                FeedbackCommand::RevokeInvitation {
                    invitation,
                    reason: self.long(),
                },
            ),
            (62..=76, Some(_)) => {
                let short_reason = self.rng.percent(20).then(|| self.long());
                (
                    coordinator,
                    FeedbackCommand::Close {
                        conclusion: self.long(),
                        short_reason,
                    },
                )
            }
            _ => {
                let invitations = (0..=self.rng.below(4))
                    .map(|_| {
                        Some(InvitedClinician {
                            email: format!("clinician{}@example.org", self.rng.below(60))
                                .parse()
                                .ok()?,
                            name: "유임상".parse().ok()?,
                            locale: if self.rng.percent(30) {
                                Locale::En
                            } else {
                                Locale::Ko
                            },
                            site: self.short(),
                            specialty: None,
                        })
                    })
                    .collect::<Option<Vec<_>>>()?;
                (coordinator, FeedbackCommand::Invite { invitations })
            }
        };
        Some((actor, Command::FeedbackRound(command)))
    }

    fn clinician_answers(&mut self, round: &FeedbackRound) -> Option<FeedbackCommand> {
        let questionnaire = self
            .view
            .reference()
            .questionnaires
            .get(&round.questionnaire)?;
        let mut answers = BTreeMap::new();
        for question in &questionnaire.questions {
            let answer = match &question.kind {
                QuestionKind::Choice(options) => {
                    Answer::Choice(self.rng.pick(options)?.value.clone())
                }
                QuestionKind::Text { .. } => Answer::Text(self.text(100).parse().ok()?),
                QuestionKind::Likert(_) | QuestionKind::Seq(_) | QuestionKind::Nps(_) => {
                    let scale = question.kind.scale()?;
                    let width = usize::try_from(scale.end() - scale.start() + 1).ok()?;
                    Answer::Score(scale.start() + i64::try_from(self.rng.below(width)).ok()?)
                }
            };
            answers.insert(question.id.clone(), answer);
        }
        let locale = Locale::Ko;
        let consent = Consent {
            version: questionnaire.consent.version.clone(),
            text_hash: questionnaire.consent_hash(locale).ok()?,
            locale,
        };
        Some(FeedbackCommand::Answer { consent, answers })
    }

    pub(super) fn consultation(&mut self, consultation: &Consultation) -> Option<(Actor, Command)> {
        let sides = [
            (Audience::Startup, House::Startup, Role::StartupMember),
            (Audience::Hospital, House::Hospital, Role::Coordinator),
            (Audience::Consultancy, House::Consultancy, Role::Consultant),
        ];
        let (side, _, role) = *self.rng.pick(&sides)?;
        let people = holders(consultation.organization(side), role);
        let actor = self.rng.pick(&people)?.actor();
        let questions: Vec<_> = consultation
            .visible_questions(&actor)
            .into_iter()
            .filter(|question| question.is_waiting())
            .cloned()
            .collect();
        let question = self.rng.pick(&questions).cloned();
        let other = sides
            .iter()
            .map(|(other, ..)| *other)
            .find(|other| *other != side)?;
        let command = match (self.rng.below(100), question) {
            (0..=54, Some(question)) if question.to == side => {
                ConsultationCommand::AnswerQuestion {
                    question: question.id,
                    text: self.long(),
                }
            }
            (0..=24, Some(question)) if question.from == side => {
                ConsultationCommand::WithdrawQuestion {
                    question: question.id,
                    reason: self.long(),
                }
            }
            (0..=34, _) => ConsultationCommand::AddNote {
                audience: BTreeSet::from([side, other]),
                text: self.long(),
                mentions: BTreeMap::from([(
                    self.rng.pick(&people)?.account(),
                    BTreeSet::from([side]),
                )]),
            },
            (35..=59, _) => ConsultationCommand::AskQuestion {
                to: other,
                text: self.long(),
                due_on: None,
            },
            _ if side == Audience::Consultancy => ConsultationCommand::Close {
                recommendation: self.long(),
                answers: consultation.asks.iter().map(|_| self.long()).collect(),
            },
            _ => ConsultationCommand::AddNote {
                audience: BTreeSet::from([side]),
                text: self.long(),
                mentions: BTreeMap::new(),
            },
        };
        Some((actor, Command::Consultation(command)))
    }
}

fn guest(invitation: InvitationId) -> Actor {
    Actor {
        who: Who::Guest(invitation),
        memberships: Vec::new(),
        on_behalf_of: None,
        channel: Channel::MailLink,
    }
}
