//! The people of a case on the small pathway, and the case itself, which can be played up to any stage.

pub(super) use super::commands::*;
pub(super) use super::small_pathway::pathway;

use super::super::*;
use crate::given::{Given, given, id, person, text};
use crate::pathway::*;
use crate::{
    Actor, CaseId, Effect, EffectId, LongText, OrganizationId, Recipient, Rejection, Role,
    Sha256Hex, TypedId, Who, Words,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

pub(super) const STARTUP: u128 = 1;
pub(super) const HOSPITAL: u128 = 2;
pub(super) const CONSULTANCY: u128 = 3;

pub(super) fn org(number: u128) -> OrganizationId {
    id(number)
}

macro_rules! people {
    ($($name:ident = $number:literal: $($organization:ident $role:ident),+;)*) => {
        $(pub(super) fn $name() -> Actor { person($number, &[$((org($organization), Role::$role)),+]) })*
    };
}

people! {
    member = 11: STARTUP StartupMember;
    startup_admin = 12: STARTUP StartupAdmin;
    coordinator = 21: HOSPITAL Coordinator;
    second_coordinator = 22: HOSPITAL Coordinator;
    director = 23: HOSPITAL Director;
    committee_a = 24: HOSPITAL AwardCommittee;
    committee_b = 25: HOSPITAL AwardCommittee;
    investigator = 27: HOSPITAL PrincipalInvestigator;
    two_hats = 29: HOSPITAL Coordinator, HOSPITAL Director;
    consultant = 31: CONSULTANCY Consultant;
}

/// Somebody who has every role, in an organization that has nothing to do with the case.
pub(super) fn stranger() -> Actor {
    let everything: Vec<_> = Role::ALL.iter().map(|role| (org(99), *role)).collect();
    person(99, &everything)
}

pub(super) fn stage_id(name: &str) -> StageId {
    name.parse().unwrap()
}

pub(super) fn words(en: &str) -> Words {
    Words {
        en: en.to_owned(),
        ko: en.to_owned(),
    }
}

pub(super) fn why() -> LongText {
    text("because")
}

pub(super) fn say(answer: &str) -> Value {
    Value::Text(answer.to_owned())
}

pub(super) fn hash(of: char) -> Sha256Hex {
    text(&String::from(of).repeat(64))
}

pub(super) fn pathway_hash() -> PathwayHash {
    PathwayHash(hash('a'))
}

/// A case that commands are given to.
pub(super) struct Scene {
    pub(super) case: Given<Case>,
}

pub(super) type Outcome_ = Result<Vec<CaseEvent>, Rejection>;

/// The moment of a local time in Seoul.
pub(super) fn seoul(moment: &str) -> Timestamp {
    format!("{moment}+09:00").parse().unwrap()
}

/// No case yet, on Tuesday 2026-03-03 at ten in the morning in Seoul.
pub(super) fn nothing() -> Scene {
    let mut catalog = Catalog::default();
    catalog.publish(pathway_hash(), pathway());
    let id: CaseId = id(7);
    let case = given::<Case>(id, &[]).with(catalog);
    Scene {
        case: case.at(seoul("2026-03-03T10:00:00")),
    }
}

type Step_ = fn(&mut Scene);

/// A case just opened.
pub(super) fn opened() -> Scene {
    let mut scene = nothing();
    scene.ok(&member(), &open_command());
    scene
}

/// A case played until `stage` is open.
pub(super) fn until(stage: &str) -> Scene {
    until_with(stage, &good_answers())
}

/// A case played until `stage` is open, with these answers to the intake.
pub(super) fn until_with(stage: &str, answers: &BTreeMap<String, Value>) -> Scene {
    let mut scene = opened();
    let steps: Vec<(&str, Step_)> = vec![
        ("screening", Scene::screen),
        ("people", Scene::find_people),
        ("usability", Scene::report_all),
        ("report", |scene| {
            scene.submit(&coordinator(), "report", one_answer("All good"));
        }),
        ("decision", |scene| {
            scene.decide(&committee_a(), "decision", approve());
            scene.decide(&committee_b(), "decision", approve());
        }),
        ("award", |scene| {
            let award = good_award(45_000_000);
            let stage = stage_id("award");
            scene.ok(&committee_a(), &CaseCommand::GrantAward { stage, award });
        }),
        ("agreement", Scene::sign_all),
    ];
    if scene.is_open(stage) {
        return scene;
    }
    scene.submit(&member(), "intake", answers.clone());
    for (_, step) in steps {
        if scene.is_open(stage) {
            return scene;
        }
        step(&mut scene);
    }
    scene
}

impl Scene {
    pub(super) fn now(&mut self, moment: &str) {
        self.case.set_now(seoul(moment));
    }

    pub(super) fn by(&mut self, actor: &Actor, command: &CaseCommand) -> Outcome_ {
        self.case.try_submit(command, actor)
    }

    #[track_caller]
    pub(super) fn ok(&mut self, actor: &Actor, command: &CaseCommand) -> Vec<CaseEvent> {
        self.by(actor, command)
            .unwrap_or_else(|refusal| panic!("{command:?}: {refusal:?}"))
    }

    #[track_caller]
    pub(super) fn refused(&mut self, actor: &Actor, command: &CaseCommand) -> &'static str {
        let before = self.case.state.clone();
        let Err(refusal) = self.by(actor, command) else {
            panic!("{command:?} was not refused");
        };
        assert_eq!(before, self.case.state);
        refusal.code()
    }

    #[track_caller]
    pub(super) fn submit(
        &mut self,
        actor: &Actor,
        stage: &str,
        values: BTreeMap<String, Value>,
    ) -> Vec<CaseEvent> {
        self.ok(actor, &submission(stage, values))
    }

    #[track_caller]
    pub(super) fn decide(&mut self, actor: &Actor, stage: &str, what: Decision) -> Vec<CaseEvent> {
        self.ok(actor, &decision(stage, what))
    }

    fn screen(&mut self) {
        self.decide(&coordinator(), "screening", approve());
        self.decide(&director(), "screening", approve());
        self.decide(&investigator(), "safety", approve());
    }

    pub(super) fn find_people(&mut self) {
        for (role, email) in [
            (MatchRole::PrincipalInvestigator, "pi@hospital.kr"),
            (MatchRole::Clinician, "doctor@hospital.kr"),
        ] {
            let candidate = self.invite(role, email);
            self.ok(&candidate, &yes());
        }
        let stage = stage_id("people");
        self.ok(&coordinator(), &CaseCommand::ConfirmMatching { stage });
    }

    /// Invites and gives the candidate that may answer.
    #[track_caller]
    pub(super) fn invite(&mut self, role: MatchRole, email: &str) -> Actor {
        let events = self.ok(&coordinator(), &invitation(role, email));
        let [CaseEvent::CandidateInvited { candidate, .. }] = events.as_slice() else {
            panic!("{events:?}");
        };
        Actor {
            who: Who::Candidate(*candidate),
            ..Actor::clock()
        }
    }

    fn report_all(&mut self) {
        if self.is_open("advice") {
            self.ok(&coordinator(), &engagement());
        }
        for stage in ["usability", "feedback", "advice"] {
            if self.is_open(stage) {
                let report = self.report_of(stage);
                let actor = self.messenger(stage);
                self.ok(&actor, &report);
            }
        }
    }

    /// What the child of the stage says when it closes.
    pub(super) fn report_of(&self, stage: &str) -> CaseCommand {
        let found = &self.stage(stage);
        CaseCommand::ReportStage {
            stage: stage_id(stage),
            round: found.round,
            summary: StageReport {
                conclusion: text("It works"),
                evidence: found.child().unwrap(),
            },
        }
    }

    /// The message that carries it.
    pub(super) fn messenger(&self, stage: &str) -> Actor {
        Actor::message(EffectId {
            aggregate: self.stage(stage).child().unwrap(),
            version: 9,
            position: 0,
        })
    }

    fn sign_all(&mut self) {
        self.ok(&coordinator(), &preparation('c'));
        self.ok(&startup_admin(), &signature('c'));
        self.ok(&director(), &signature('c'));
    }

    pub(super) fn stage(&self, stage: &str) -> &super::super::Stage {
        &self.case.state().stages[&stage_id(stage)]
    }

    pub(super) fn is_open(&self, stage: &str) -> bool {
        let case = self.case.state();
        let found = case.stages.get(&stage_id(stage));
        !case.status.is_over() && found.is_some_and(super::super::Stage::is_open)
    }

    pub(super) fn outcome(&self, stage: &str) -> Option<super::super::Outcome> {
        match self.case.state().stages.get(&stage_id(stage))?.progress {
            Progress::Over { outcome, .. } => Some(outcome),
            Progress::Waiting | Progress::Open => None,
        }
    }

    pub(super) fn form(&self, stage: &str) -> &FormWork {
        let Work::Form(form) = &self.stage(stage).work else {
            panic!("{stage} is no form");
        };
        form
    }

    /// Time passes until this moment; what follows from it.
    #[track_caller]
    pub(super) fn wake(&mut self, moment: &str) -> Vec<CaseEvent> {
        self.now(moment);
        self.ok(&Actor::clock(), &CaseCommand::Wake)
    }

    pub(super) fn next_wakeup(&self) -> Option<Timestamp> {
        self.case.state().next_wakeup()
    }

    /// The letters because of the last command, as `kind → role` or `kind → who`.
    pub(super) fn letters(&self) -> Vec<String> {
        let mut letters = Vec::new();
        for effect in &self.case.effects {
            let Effect::SendLetter { letter, to } = effect else {
                continue;
            };
            let kind = serde_json::to_value(&letter.kind).unwrap()["letter"]
                .as_str()
                .unwrap()
                .to_owned();
            letters.push(match to {
                Recipient::RoleIn { role, .. } => format!("{kind} → {}", role.as_str()),
                Recipient::Account { account } => {
                    format!("{kind} → {}", account.uuid().as_u128())
                }
                Recipient::Address { email, .. } => format!("{kind} → {}", email.as_str()),
            });
        }
        letters
    }

    /// The commands to other aggregates because of the last command.
    pub(super) fn messages(&self) -> Vec<String> {
        let mut messages = Vec::new();
        for effect in &self.case.effects {
            let Effect::Deliver { command, .. } = effect else {
                continue;
            };
            let json = serde_json::to_value(command).unwrap();
            messages.push(format!(
                "{} {}",
                json["aggregate"].as_str().unwrap(),
                json["command"]["command"].as_str().unwrap()
            ));
        }
        messages
    }
}
