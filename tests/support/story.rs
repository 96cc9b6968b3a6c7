//! Stories: what people do to one case, in domain words, a line each, and the transcript of what came of it.
//!
//! ```text
//! pathway yonsei-medtech-validation-support
//! 2026-09-21 10:00 startup_member opens
//! 2026-09-21 10:30 startup_member submits intake: device_class = class_2
//! 2026-09-22 09:00 coordinator returns triage to intake: summary = Say which patients
//! 2026-09-30 09:00 nobody acts
//! ```

use crate::world::{World, local, seoul};
use naru_domain::case::{
    Award, Case, CaseCommand, ChangeRequest, ConflictOfInterest, Decision, DocumentVersion,
    Milestone, Work,
};
use naru_domain::consultation::ConsultationCommand;
use naru_domain::device::DeviceCommand;
use naru_domain::feedback::{Answer, Consent, FeedbackCommand, InvitedClinician, QuestionKind};
use naru_domain::organization::OrganizationCommand;
use naru_domain::pathway::{
    FieldKind, MatchRole, Pathway, PathwayHash, StageId, StageKind, Value, sample_answers,
};
use naru_domain::study::{Outcome, StudyCommand, TaskResult};
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, CandidateId, CaseId, Channel, Command, DeviceId,
    EitherName, Event, Locale, LongText, Membership, OrganizationId, OrganizationKind, Rejection,
    Role, State, TypedId, Who,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Runs a story; the world with its transcript. Panics at a line that means nothing.
pub fn run(text: &str) -> World {
    let mut lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let named = lines.next().and_then(|line| line.strip_prefix("pathway "));
    let named = named.expect("the first line names the pathway");
    let lines: Vec<&str> = lines.collect();
    let first = lines.first().expect("a story has lines");
    let mut story = Story::new(named, first.get(..16).expect("a moment"));
    for line in lines {
        story.line(line);
    }
    story.world
}

struct Story {
    world: World,
    hash: PathwayHash,
    pathway: Arc<Pathway>,
    last_candidate: Option<CandidateId>,
}

fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

fn case_id() -> CaseId {
    id(7)
}

fn device_id() -> DeviceId {
    id(5)
}

fn text<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

fn organization(kind: OrganizationKind) -> OrganizationId {
    id(match kind {
        OrganizationKind::Startup => 1,
        OrganizationKind::Hospital => 2,
        OrganizationKind::Consultancy => 3,
        OrganizationKind::Operator => 4,
    })
}

/// `coordinator`, or `coordinator-2` for another person of that role.
fn person(name: &str) -> Actor {
    let (role, n) = name.split_once('-').unwrap_or((name, "1"));
    let place = Role::ALL.iter().position(|known| known.as_str() == role);
    let place = place.unwrap_or_else(|| panic!("`{role}` is not a role"));
    let role = Role::ALL[place];
    let n: u128 = n.parse().expect("a number after the dash");
    Actor {
        who: Who::Account(id::<AccountId>(place as u128 * 100 + n)),
        memberships: vec![Membership {
            organization: organization(role.organization_kind()),
            role,
        }],
        on_behalf_of: None,
        channel: Channel::Console,
    }
}

fn document() -> DocumentVersion {
    DocumentVersion {
        document: id(1),
        version: 1,
        sha256: text(&"0".repeat(64)),
    }
}

impl Story {
    fn new(pathway: &str, start: &str) -> Self {
        let mut world = World::new(start);
        let newest = world.catalog.newest(&text(pathway));
        let (hash, pathway) = newest.unwrap_or_else(|| panic!("no pathway `{pathway}`"));
        let (hash, pathway) = (hash.clone(), pathway.clone());
        for (kind, name) in [
            (OrganizationKind::Startup, "Startup"),
            (OrganizationKind::Hospital, "Hospital"),
            (OrganizationKind::Consultancy, "Consultancy"),
        ] {
            let register = OrganizationCommand::Register {
                kind,
                name: BothNames {
                    ko: text(name),
                    en: text(name),
                },
                business_number: None,
            };
            let machine = Actor::machine();
            let registered = world.command(
                organization(kind),
                &machine,
                &Command::Organization(register),
            );
            registered.expect("an organization is registered");
        }
        let register = DeviceCommand::Register {
            owner: organization(OrganizationKind::Startup),
            name: EitherName::new(None, Some(text("Heart patch"))).expect("a name"),
            model: text("HP-1"),
            intended_use: text("Records an ECG."),
            classes: BTreeMap::new(),
            udi_di: None,
        };
        let startup = person("startup_member");
        let registered = world.command(device_id(), &startup, &Command::Device(register));
        registered.expect("a device is registered");
        world.transcript.clear();
        Self {
            world,
            hash,
            pathway,
            last_candidate: None,
        }
    }

    fn line(&mut self, line: &str) {
        let (moment, rest) = line.split_at_checked(17).expect("a moment first");
        self.world.advance(seoul(moment.trim()));
        let told = format!("{} {rest}\n", local(self.world.now));
        self.world.transcript.push_str(&told);
        let (act, said) = rest
            .split_once(':')
            .map_or((rest, ""), |(a, s)| (a, s.trim()));
        let words: Vec<&str> = act.split_whitespace().collect();
        match words.as_slice() {
            ["nobody", "acts"] => {}
            ["candidate", "accepts"] => self.candidate(true),
            ["candidate", "declines"] => self.candidate(false),
            [who, "opens"] => self.open(who),
            [who, "invites", stage, role, email] => self.invite(who, stage, role, email),
            [who, "finds", stage] => self.find(who, stage),
            [who, "works", stage] => self.work(who, stage),
            [who, "signs", stage] => self.sign(who, stage),
            [who, rest @ ..] => {
                let command = self.case_command(rest, said);
                drop(self.case(&person(who), command));
            }
            [] => panic!("`{line}` means nothing"),
        }
    }

    fn case(&mut self, actor: &Actor, command: CaseCommand) -> Result<Vec<Event>, Rejection> {
        self.world
            .command(case_id(), actor, &Command::Case(command))
    }

    fn state(&self) -> &Case {
        match self.world.state(case_id().into()) {
            Some(State::Case(case)) => case,
            other => panic!("no case: {other:?}"),
        }
    }

    fn kind(&self, stage: &StageId) -> StageKind {
        let planned = self.pathway.stage(stage);
        let planned = planned.unwrap_or_else(|| panic!("no stage `{stage}`"));
        planned.kind.clone()
    }

    fn open(&mut self, who: &str) {
        let owner = match self.world.state(device_id().into()) {
            Some(State::Device(device)) => device.owner,
            other => panic!("no device: {other:?}"),
        };
        let command = CaseCommand::Open {
            startup: organization(OrganizationKind::Startup),
            hospital: organization(OrganizationKind::Hospital),
            hospital_kind: OrganizationKind::Hospital,
            device: device_id(),
            device_owner: owner,
            pathway: self.hash.clone(),
            title: text("Heart patch"),
        };
        drop(self.case(&person(who), command));
    }

    fn case_command(&self, words: &[&str], said: &str) -> CaseCommand {
        let reason = || text::<LongText>(said);
        let decide = |stage: &str, decision| CaseCommand::DecideApproval {
            stage: text(stage),
            seat: None,
            decision,
        };
        match words {
            ["submits", stage] => self.submission(stage, said),
            ["recalls", stage] => CaseCommand::RecallSubmission { stage: text(stage) },
            ["claims", stage] => CaseCommand::ClaimStage { stage: text(stage) },
            ["approves", stage] => decide(stage, Decision::Approve { comment: None }),
            ["rejects", stage] => decide(stage, Decision::Reject { reason: reason() }),
            ["recuses", stage] => decide(stage, Decision::Recuse { reason: reason() }),
            ["returns", stage, "to", to] => {
                let (field, what) = said.split_once('=').map_or((None, said), |(field, what)| {
                    (Some(field.trim().to_owned()), what.trim())
                });
                let requests = vec![ChangeRequest {
                    field,
                    text: text(what),
                }];
                decide(
                    stage,
                    Decision::SendBack {
                        to: text(to),
                        requests,
                    },
                )
            }
            ["confirms", stage] => CaseCommand::ConfirmMatching { stage: text(stage) },
            ["engages", stage] => CaseCommand::EngageConsultancy {
                stage: text(stage),
                consultancy: organization(OrganizationKind::Consultancy),
                consultancy_kind: OrganizationKind::Consultancy,
            },
            ["grants", stage] => self.award(stage, said),
            ["lays", stage] => CaseCommand::PrepareAgreement {
                stage: text(stage),
                document: document(),
            },
            ["pauses"] => CaseCommand::Pause { reason: reason() },
            ["resumes"] => CaseCommand::Resume,
            ["cancels"] => CaseCommand::Cancel { reason: reason() },
            ["completes"] => CaseCommand::Complete { summary: reason() },
            other => panic!("`{}` means nothing", other.join(" ")),
        }
    }

    /// A submission with made-up answers, some of them replaced by what the story says.
    fn submission(&self, stage: &str, said: &str) -> CaseCommand {
        let stage: StageId = text(stage);
        let StageKind::Form(form) = self.kind(&stage) else {
            panic!("`{stage}` is no form");
        };
        let calendar = self.world.calendars.get(&self.pathway.calendar);
        let today = calendar.expect("a calendar").date_of(self.world.now);
        let mut values = sample_answers(&self.pathway, &stage, &form, &self.state().answers, today);
        for pair in said.split(',').filter(|pair| !pair.trim().is_empty()) {
            let (name, value) = pair.split_once('=').expect("field = answer");
            let (name, value) = (name.trim(), value.trim());
            let field = form.fields.iter().find(|field| field.name == name);
            let field = field.unwrap_or_else(|| panic!("no field `{name}`"));
            let value = match &field.kind {
                FieldKind::Boolean => Value::Boolean(value == "true"),
                FieldKind::Integer { .. } | FieldKind::AmountKrw { .. } => {
                    Value::Integer(value.parse().expect("a number"))
                }
                FieldKind::Choices { .. } => {
                    Value::Choices(value.split_whitespace().map(str::to_owned).collect())
                }
                _ => Value::Text(value.to_owned()),
            };
            values.insert(name.to_owned(), value);
        }
        CaseCommand::SubmitForm {
            stage,
            values,
            documents: vec![document()],
        }
    }

    fn award(&self, stage: &str, said: &str) -> CaseCommand {
        let stage: StageId = text(stage);
        let StageKind::Award(bounds) = self.kind(&stage) else {
            panic!("`{stage}` is no award");
        };
        let day = "2030-12-31".parse().expect("a day");
        let milestone = Milestone {
            title: text("Milestone"),
            due_on: day,
            amount_krw: None,
        };
        CaseCommand::GrantAward {
            stage,
            award: Award {
                amount_krw: said.parse().expect("an amount"),
                milestones: vec![milestone; usize::from(bounds.milestones_min)],
                report_due_on: Some(day),
            },
        }
    }

    fn sign(&mut self, who: &str, stage: &str) {
        let sign = CaseCommand::SignAgreement {
            stage: text(stage),
            shown: document().sha256,
            printed_name: text("Kim Minji"),
        };
        drop(self.case(&person(who), sign));
    }

    fn invite(&mut self, who: &str, stage: &str, role: &str, email: &str) {
        let role = match role {
            "investigator" => MatchRole::PrincipalInvestigator,
            "clinician" => MatchRole::Clinician,
            other => panic!("`{other}` is neither investigator nor clinician"),
        };
        let before = self.candidates(stage);
        let command = CaseCommand::InviteCandidate {
            stage: text(stage),
            role,
            name: text("Kim Minji"),
            email: text(email),
            locale: Locale::Ko,
            department: text("Cardiology"),
            conflict: ConflictOfInterest::NoneKnown,
        };
        if self.case(&person(who), command).is_ok() {
            let after = self.candidates(stage);
            self.last_candidate = after.into_iter().find(|id| !before.contains(id));
        }
    }

    fn candidates(&self, stage: &str) -> Vec<CandidateId> {
        match self
            .state()
            .stages
            .get(&text::<StageId>(stage))
            .map(|s| &s.work)
        {
            Some(Work::Matching(candidates)) => candidates.keys().copied().collect(),
            _ => Vec::new(),
        }
    }

    fn candidate(&mut self, accept: bool) {
        let actor = Actor {
            who: Who::Candidate(self.last_candidate.expect("somebody was invited")),
            channel: Channel::MailLink,
            ..Actor::clock()
        };
        let answer = CaseCommand::AnswerMatchInvitation {
            accept,
            conflict: None,
        };
        drop(self.case(&actor, answer));
    }

    /// Everyone wanted is invited and accepts, and the matching is confirmed.
    fn find(&mut self, who: &str, stage: &str) {
        let StageKind::Matching(matching) = self.kind(&text(stage)) else {
            panic!("`{stage}` is no matching");
        };
        for wanted in &matching.wanted {
            let role = match wanted.role {
                MatchRole::PrincipalInvestigator => "investigator",
                MatchRole::Clinician => "clinician",
            };
            for n in 1..=wanted.count {
                self.invite(who, stage, role, &format!("{role}{n}@example.com"));
                self.candidate(true);
            }
        }
        let confirm = CaseCommand::ConfirmMatching { stage: text(stage) };
        drop(self.case(&person(who), confirm));
    }

    /// The study, round or consultation of a stage is worked through and closed.
    fn work(&mut self, who: &str, stage: &str) {
        let stage: StageId = text(stage);
        let child = self
            .state()
            .stages
            .get(&stage)
            .and_then(|stage| stage.child());
        let child = child.unwrap_or_else(|| panic!("`{stage}` has spawned nothing"));
        let actor = person(who);
        match (child, self.world.state(child).cloned()) {
            (AggregateId::Study(_), Some(State::Study(study))) => {
                let mut n = 0;
                for group in &study.groups {
                    for _ in 0..study.participants_per_group {
                        n += 1;
                        let result = |task: &naru_domain::pathway::StudyTask| TaskResult {
                            task: task.id.clone(),
                            outcome: Outcome::Success,
                            assisted: false,
                            seconds: Some(30),
                            note: None,
                            root_cause: None,
                        };
                        let record = StudyCommand::RecordSession {
                            participant: text(&format!("P{n:02}")),
                            group: group.value.clone(),
                            results: study.tasks.iter().map(result).collect(),
                            sus: None,
                            moderated_on: local(self.world.now)[..10].parse().expect("a day"),
                        };
                        drop(self.world.command(child, &actor, &Command::Study(record)));
                    }
                }
                let close = StudyCommand::Close {
                    conclusion: text("It can be used safely"),
                    residual_risk: None,
                    short_sample_reason: None,
                };
                drop(self.world.command(child, &actor, &Command::Study(close)));
            }
            (AggregateId::FeedbackRound(_), Some(State::FeedbackRound(round))) => {
                self.ask_clinicians(&actor, child, round.answers_needed, &round.questionnaire);
            }
            (AggregateId::Consultation(_), Some(State::Consultation(consultation))) => {
                let close = ConsultationCommand::Close {
                    recommendation: text("Go ahead"),
                    answers: vec![text("Yes"); consultation.asks.len()],
                };
                drop(
                    self.world
                        .command(child, &actor, &Command::Consultation(close)),
                );
            }
            other => panic!("`{stage}`: {other:?}"),
        }
    }

    fn ask_clinicians(&mut self, actor: &Actor, round: AggregateId, needed: u16, asked: &str) {
        let clinician = |n: u16| InvitedClinician {
            email: text(&format!("clinician{n}@example.com")),
            name: text("Kim Minji"),
            locale: Locale::Ko,
            site: text("Sinchon"),
            specialty: None,
        };
        let invite = FeedbackCommand::Invite {
            invitations: (1..=needed).map(clinician).collect(),
        };
        drop(
            self.world
                .command(round, actor, &Command::FeedbackRound(invite)),
        );
        let invitations: Vec<_> = match self.world.state(round) {
            Some(State::FeedbackRound(round)) => round.invitations.keys().copied().collect(),
            other => panic!("no round: {other:?}"),
        };
        let questionnaire = self
            .world
            .questionnaires
            .get(asked)
            .expect("a questionnaire");
        let consent = Consent {
            version: questionnaire.consent.version.clone(),
            text_hash: questionnaire.consent_hash(Locale::Ko).expect("a hash"),
            locale: Locale::Ko,
        };
        let answer = |kind: &QuestionKind| match kind {
            QuestionKind::Likert(_) | QuestionKind::Seq(_) | QuestionKind::Nps(_) => {
                Answer::Score(4)
            }
            QuestionKind::Choice(options) => {
                Answer::Choice(options.first().expect("an option").value.clone())
            }
            QuestionKind::Text { .. } => Answer::Text(text("Good")),
        };
        let answers: BTreeMap<String, Answer> = questionnaire
            .questions
            .iter()
            .map(|question| (question.id.clone(), answer(&question.kind)))
            .collect();
        for invitation in invitations {
            let guest = Actor {
                who: Who::Guest(invitation),
                channel: Channel::MailLink,
                ..Actor::clock()
            };
            let answer = FeedbackCommand::Answer {
                consent: consent.clone(),
                answers: answers.clone(),
            };
            drop(
                self.world
                    .command(round, &guest, &Command::FeedbackRound(answer)),
            );
        }
        let close = FeedbackCommand::Close {
            conclusion: text("Clinicians like it"),
            short_reason: None,
        };
        drop(
            self.world
                .command(round, actor, &Command::FeedbackRound(close)),
        );
    }
}
