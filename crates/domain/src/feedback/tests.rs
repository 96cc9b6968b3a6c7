use super::*;
use crate::calendar::Calendars;
use crate::given::{at, id, person, text};
use crate::pathway::Catalog;
use crate::{
    Actor, AggregateId, Channel, Command, CommandId, EffectId, EmailAddress, LetterKind, Locale,
    Recipient, Rejection, Role, Who,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const STARTUP: u128 = 1;
const HOSPITAL: u128 = 2;
const ELSEWHERE: u128 = 3;
/// Tuesday 3 March 2026, 09:00 in Seoul.
const OPENING: &str = "2026-03-03T00:00:00Z";

fn coordinator() -> Actor {
    person(20, &[(id(HOSPITAL), Role::Coordinator)])
}

fn case_message() -> Actor {
    Actor::message(EffectId {
        aggregate: AggregateId::Case(id(7)),
        version: 3,
        position: 0,
    })
}

fn guest(invitation: InvitationId) -> Actor {
    Actor {
        who: Who::Guest(invitation),
        memberships: Vec::new(),
        on_behalf_of: None,
        channel: Channel::MailLink,
    }
}

fn open_command() -> FeedbackCommand {
    FeedbackCommand::Open {
        case: id(7),
        stage: "feedback".parse().unwrap(),
        round: 1,
        startup: id(STARTUP),
        hospital: id(HOSPITAL),
        device: id(8),
        title: Words {
            en: "Clinician feedback".to_owned(),
            ko: "의료진 피드백".to_owned(),
        },
        questionnaire: "clinician-feedback".to_owned(),
        anonymity_threshold: 3,
        answers_needed: 3,
        calendar: "kr".to_owned(),
        opened_on: "2026-03-03".parse().unwrap(),
        closes_on: "2026-03-31".parse().unwrap(),
        remind_after_working_days: vec![5, 3],
    }
}

fn clinician(n: usize, site: &str) -> InvitedClinician {
    InvitedClinician {
        email: text(&format!("clinician{n}@example.org")),
        name: text(&format!("의사 {n}")),
        locale: Locale::Ko,
        site: text(site),
        specialty: Some(text("심장내과")),
    }
}

fn invite(range: std::ops::Range<usize>, site: &str) -> FeedbackCommand {
    FeedbackCommand::Invite {
        invitations: range.map(|n| clinician(n, site)).collect(),
    }
}

fn answer_with(recommend: i64, comment: &str) -> FeedbackCommand {
    let questionnaires = Questionnaires::shipped().unwrap();
    let questionnaire = questionnaires.get("clinician-feedback").unwrap();
    let score = |id: &str, score| (id.to_owned(), Answer::Score(score));
    FeedbackCommand::Answer {
        consent: Consent {
            version: questionnaire.consent.version.clone(),
            text_hash: questionnaire.consent_hash(Locale::Ko).unwrap(),
            locale: Locale::Ko,
        },
        answers: BTreeMap::from([
            score("clinical_need", 4),
            score("fits_workflow", 3),
            score("supports_decisions", 5),
            score("safe_to_use", 4),
            score("ease_of_use", 6),
            score("recommend", recommend),
            (
                "intended_use".to_owned(),
                Answer::Choice("routinely".to_owned()),
            ),
            ("strengths".to_owned(), Answer::Text(text(comment))),
        ]),
    }
}

fn answer() -> FeedbackCommand {
    answer_with(9, "빠르다")
}

fn close() -> FeedbackCommand {
    FeedbackCommand::Close {
        conclusion: text("Useful on the ward."),
        short_reason: None,
    }
}

/// A round under test, with the events and effects of all that happened to it.
struct World {
    calendars: Calendars,
    questionnaires: Questionnaires,
    now: Timestamp,
    commands: u128,
    round: Option<FeedbackRound>,
    events: Vec<FeedbackEvent>,
}

impl World {
    fn empty() -> Self {
        Self {
            calendars: Calendars::shipped(),
            questionnaires: Questionnaires::shipped().unwrap(),
            now: at(OPENING),
            commands: 0,
            round: None,
            events: Vec::new(),
        }
    }

    fn opened() -> Self {
        let mut world = Self::empty();
        world.by(&case_message(), &open_command()).unwrap();
        world
    }

    /// An opened round with clinicians 0, 1, … invited at one site.
    fn invited(clinicians: usize) -> Self {
        let mut world = Self::opened();
        world
            .by(&coordinator(), &invite(0..clinicians, "신촌"))
            .unwrap();
        world
    }

    fn at(&mut self, moment: &str) -> &mut Self {
        self.now = at(moment);
        self
    }

    /// Decides and folds; answers the effects.
    fn by(&mut self, actor: &Actor, command: &FeedbackCommand) -> Result<Vec<Effect>, Rejection> {
        self.commands += 1;
        let context = Context {
            now: self.now,
            actor,
            aggregate: AggregateId::FeedbackRound(id(9)),
            command_id: id::<CommandId>(self.commands),
            calendars: &self.calendars,
            pathways: &Catalog::default(),
            questionnaires: &self.questionnaires,
        };
        let events = FeedbackRound::decide(self.round.as_ref(), command, &context)?;
        let mut effects = Vec::new();
        for event in events {
            let round = FeedbackRound::evolve(self.round.take(), &event).unwrap();
            effects.extend(round.effects(&event));
            self.round = Some(round);
            self.events.push(event);
        }
        Ok(effects)
    }

    fn wake(&mut self, moment: &str) -> Vec<Effect> {
        self.at(moment)
            .by(&Actor::clock(), &FeedbackCommand::Wake)
            .unwrap()
    }

    fn code(&mut self, actor: &Actor, command: &FeedbackCommand) -> &'static str {
        self.by(actor, command).unwrap_err().code()
    }

    fn round(&self) -> &FeedbackRound {
        self.round.as_ref().unwrap()
    }

    fn invitation(&self, n: usize) -> InvitationId {
        let address: EmailAddress = text(&format!("clinician{n}@example.org"));
        let mut all = self.round().invitations.values();
        all.rfind(|i| i.clinician.email == address).unwrap().id
    }

    fn answers(&mut self, n: usize) -> Result<Vec<Effect>, Rejection> {
        let actor = guest(self.invitation(n));
        self.by(&actor, &answer())
    }

    fn wakeup(&self) -> Option<String> {
        self.round().next_wakeup().map(|at| at.to_string())
    }
}

fn reminded(effects: &[Effect]) -> BTreeSet<InvitationId> {
    let ids = effects.iter().filter_map(|effect| {
        if let Effect::SendLetter { letter, .. } = effect
            && let LetterKind::FeedbackReminder { invitation, .. } = letter.kind
        {
            Some(invitation)
        } else {
            None
        }
    });
    ids.collect()
}

#[test]
fn inviting_writes_to_each_clinician_and_plans_reminders_in_working_time() {
    let mut world = World::opened();
    let effects = world.by(&coordinator(), &invite(0..2, "신촌")).unwrap();
    let invitation = world.invitation(1);
    assert_eq!(
        effects[1],
        Effect::SendLetter {
            letter: crate::Letter {
                kind: LetterKind::FeedbackInvitation {
                    round: id(9),
                    invitation
                },
                case: Some(id(7)),
                stage_title: Some(world.round().title.clone()),
                due: Some("2026-03-31".parse().unwrap()),
            },
            to: Recipient::Address {
                email: text("clinician1@example.org"),
                name: text("의사 1"),
                locale: Locale::Ko,
            },
        }
    );
    assert_eq!(effects.len(), 2);
    // The third working day after a Tuesday is the Friday, the fifth the next Tuesday; work starts at nine in Seoul.
    assert_eq!(
        world.round().invitations[&invitation].reminders,
        [at("2026-03-06T00:00:00Z"), at("2026-03-10T00:00:00Z")]
    );
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-06T00:00:00Z"));
}

#[test]
fn reminders_that_would_come_after_the_closing_day_are_not_planned() {
    let mut world = World::opened();
    world.at("2026-03-27T05:00:00Z");
    world.by(&coordinator(), &invite(0..1, "신촌")).unwrap();
    // The fifth working day after Friday 27 March is in April, the third is Wednesday 1 April.
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-31T15:00:00Z"));
}

#[test]
fn the_same_address_twice_is_refused_by_its_place_in_the_list() {
    let mut world = World::invited(1);
    let twice = FeedbackCommand::Invite {
        invitations: vec![clinician(5, "a"), clinician(6, "a"), clinician(5, "b")],
    };
    let rejection = world.by(&coordinator(), &twice).unwrap_err();
    assert_eq!(rejection.code(), "ADDRESS_TWICE");
    assert_eq!(rejection.field().as_deref(), Some("invitations.2.email"));
    assert!(rejection.words(Locale::Ko).contains("3번째"));
    let known = world.by(&coordinator(), &invite(0..2, "신촌")).unwrap_err();
    assert_eq!(known.field().as_deref(), Some("invitations.0.email"));
}

#[test]
fn an_address_whose_invitation_was_taken_back_can_be_invited_again() {
    let mut world = World::invited(1);
    let revoke = FeedbackCommand::RevokeInvitation {
        invitation: world.invitation(0),
        reason: text("Wrong name"),
    };
    world.by(&coordinator(), &revoke).unwrap();
    assert_eq!(
        world
            .by(&coordinator(), &invite(0..1, "신촌"))
            .unwrap()
            .len(),
        1
    );
    assert_eq!(world.round().invitations.len(), 2);
}

#[test]
fn a_list_is_neither_empty_nor_longer_than_two_hundred() {
    let mut world = World::opened();
    assert_eq!(
        world.code(&coordinator(), &invite(0..0, "a")),
        "NOBODY_TO_INVITE"
    );
    assert_eq!(
        world.code(&coordinator(), &invite(0..201, "a")),
        "TOO_MANY_INVITATIONS"
    );
    assert_eq!(
        world
            .by(&coordinator(), &invite(0..200, "a"))
            .unwrap()
            .len(),
        200
    );
}

#[test]
fn only_those_who_run_the_round_invite_and_strangers_do_not_learn_of_it() {
    let mut world = World::opened();
    for role in [Role::UsabilityManager, Role::PrincipalInvestigator] {
        let actor = person(21, &[(id(HOSPITAL), role)]);
        let site = role.as_str();
        let n = world.round().invitations.len();
        assert!(world.by(&actor, &invite(n..n + 1, site)).is_ok(), "{site}");
    }
    for (organization, role, code) in [
        (HOSPITAL, Role::Clinician, "NOT_ALLOWED"),
        (STARTUP, Role::StartupAdmin, "NOT_ALLOWED"),
        (ELSEWHERE, Role::Coordinator, "NOT_FOUND"),
    ] {
        let actor = person(22, &[(id(organization), role)]);
        assert_eq!(world.code(&actor, &invite(50..51, "a")), code);
    }
}

#[test]
fn only_the_engine_opens_suspends_withdraws_and_wakes() {
    let mut world = World::empty();
    assert_eq!(world.code(&coordinator(), &open_command()), "NOT_ALLOWED");
    assert_eq!(world.code(&coordinator(), &invite(0..1, "a")), "NOT_FOUND");
    world.by(&case_message(), &open_command()).unwrap();
    assert_eq!(
        world.code(&case_message(), &open_command()),
        "ALREADY_EXISTS"
    );
    let withdraw = FeedbackCommand::Withdraw { reason: text("No") };
    for command in [withdraw, FeedbackCommand::Suspend, FeedbackCommand::Resume] {
        assert_eq!(world.code(&coordinator(), &command), "NOT_ALLOWED");
        assert_eq!(world.code(&Actor::clock(), &command), "NOT_ALLOWED");
    }
    assert_eq!(
        world.code(&coordinator(), &FeedbackCommand::Wake),
        "NOT_ALLOWED"
    );
}

#[test]
fn a_round_needs_a_questionnaire_and_a_calendar_that_exist() {
    let mut world = World::empty();
    let mut wrong = open_command();
    if let FeedbackCommand::Open { questionnaire, .. } = &mut wrong {
        "horoscope".clone_into(questionnaire);
    }
    assert_eq!(world.code(&case_message(), &wrong), "UNKNOWN_QUESTIONNAIRE");
    let mut wrong = open_command();
    if let FeedbackCommand::Open { calendar, .. } = &mut wrong {
        "mars".clone_into(calendar);
    }
    assert_eq!(
        world.code(&case_message(), &wrong),
        "FEEDBACK_UNKNOWN_CALENDAR"
    );
}

#[test]
fn a_clinician_answers_once_by_the_link_and_nobody_else_does() {
    let mut world = World::invited(2);
    assert_eq!(world.code(&coordinator(), &answer()), "NOT_ALLOWED");
    assert_eq!(world.code(&guest(id(404)), &answer()), "NOT_FOUND");
    assert_eq!(world.answers(0), Ok(Vec::new()));
    assert_eq!(world.answers(0).unwrap_err().code(), "ALREADY_ANSWERED");
    let decline = FeedbackCommand::Decline { reason: None };
    let first = guest(world.invitation(0));
    assert_eq!(world.code(&first, &decline), "ALREADY_ANSWERED");
    assert_eq!(world.round().answered(), 1);
}

#[test]
fn whoever_declined_may_still_answer_and_declining_twice_changes_nothing() {
    let mut world = World::invited(1);
    let decline = FeedbackCommand::Decline {
        reason: Some(text("바쁩니다")),
    };
    let actor = guest(world.invitation(0));
    world.by(&actor, &decline).unwrap();
    let before = world.round().clone();
    world.by(&actor, &decline).unwrap();
    assert_eq!(world.round(), &before);
    world.answers(0).unwrap();
    assert_eq!(world.round().answered(), 1);
}

#[test]
fn an_answer_is_refused_once_the_invitation_is_revoked() {
    let mut world = World::invited(1);
    let revoke = FeedbackCommand::RevokeInvitation {
        invitation: world.invitation(0),
        reason: text("Left the hospital"),
    };
    world.by(&coordinator(), &revoke).unwrap();
    assert_eq!(world.answers(0).unwrap_err().code(), "INVITATION_REVOKED");
}

#[test]
fn an_answer_cannot_be_removed_by_revoking_its_invitation() {
    let mut world = World::invited(1);
    world.answers(0).unwrap();
    let revoke = FeedbackCommand::RevokeInvitation {
        invitation: world.invitation(0),
        reason: text("Too critical"),
    };
    assert_eq!(world.code(&coordinator(), &revoke), "ALREADY_ANSWERED");
}

#[test]
fn answers_are_taken_until_the_closing_day_is_over_even_if_nobody_woke_up() {
    let mut world = World::invited(2);
    world.at("2026-03-31T14:59:59Z");
    world.answers(0).unwrap();
    world.at("2026-03-31T15:00:00Z");
    assert_eq!(world.answers(1).unwrap_err().code(), "FEEDBACK_ROUND_ENDED");
    assert_eq!(
        world.code(&coordinator(), &invite(5..6, "a")),
        "FEEDBACK_ROUND_ENDED"
    );
}

#[test]
fn a_closed_round_takes_nothing_more() {
    let mut world = World::invited(4);
    for n in 0..3 {
        world.answers(n).unwrap();
    }
    world.by(&coordinator(), &close()).unwrap();
    assert_eq!(
        world.answers(3).unwrap_err().code(),
        "FEEDBACK_ROUND_CLOSED"
    );
    assert_eq!(
        world.code(&coordinator(), &close()),
        "FEEDBACK_ROUND_CLOSED"
    );
    assert_eq!(world.wakeup(), None);
}

#[test]
fn consent_to_another_text_is_refused() {
    let mut world = World::invited(1);
    let FeedbackCommand::Answer { consent, answers } = answer() else {
        unreachable!()
    };
    let actor = guest(world.invitation(0));
    let other_language = Consent {
        locale: Locale::En,
        ..consent.clone()
    };
    let other_version = Consent {
        version: text("2019-01"),
        ..consent
    };
    for consent in [other_language, other_version] {
        let answers = answers.clone();
        let command = FeedbackCommand::Answer { consent, answers };
        assert_eq!(world.code(&actor, &command), "CONSENT_OUTDATED");
    }
}

#[test]
fn wrong_answers_are_refused_with_every_problem_and_its_field() {
    let mut world = World::invited(1);
    let FeedbackCommand::Answer {
        consent,
        mut answers,
    } = answer()
    else {
        unreachable!()
    };
    answers.remove("ease_of_use");
    answers.insert("recommend".to_owned(), Answer::Score(11));
    let actor = guest(world.invitation(0));
    let command = FeedbackCommand::Answer { consent, answers };
    let rejection = world.by(&actor, &command).unwrap_err();
    assert_eq!(rejection.code(), "BAD_ANSWERS");
    assert_eq!(rejection.field().as_deref(), Some("answers.ease_of_use"));
    assert_eq!(
        rejection.words(Locale::En),
        "Some answers need a correction: [ease_of_use] Please answer this question. [recommend] Choose a score from 0 to 10."
    );
    assert!(rejection.words(Locale::Ko).contains("0부터 10 사이"));
}

#[test]
fn reminders_go_only_to_those_who_have_neither_answered_nor_declined() {
    let mut world = World::invited(4);
    world.answers(0).unwrap();
    let second = guest(world.invitation(1));
    let decline = FeedbackCommand::Decline { reason: None };
    world.by(&second, &decline).unwrap();
    let revoke = FeedbackCommand::RevokeInvitation {
        invitation: world.invitation(2),
        reason: text("Wrong person"),
    };
    world.by(&coordinator(), &revoke).unwrap();
    let effects = world.wake("2026-03-06T00:00:00Z");
    assert_eq!(reminded(&effects), BTreeSet::from([world.invitation(3)]));
    assert_eq!(effects.len(), 1);
    assert_eq!(world.wake("2026-03-06T00:00:00Z"), []);
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-10T00:00:00Z"));
}

#[test]
fn when_everyone_has_answered_only_the_closing_day_is_left() {
    let mut world = World::invited(1);
    world.answers(0).unwrap();
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-31T15:00:00Z"));
    assert_eq!(world.wake("2026-03-06T00:00:00Z"), []);
}

#[test]
fn a_wake_on_a_weekend_waits_for_the_next_working_hour_and_missed_reminders_become_one() {
    let mut world = World::invited(1);
    // The process was down; it starts on Saturday 14 March, when both reminders are long due.
    assert_eq!(world.wake("2026-03-14T01:00:00Z"), []);
    assert_eq!(
        world.events.last(),
        Some(&FeedbackEvent::RemindersDeferred {
            at: at("2026-03-14T01:00:00Z"),
            until: at("2026-03-16T00:00:00Z"),
        })
    );
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-16T00:00:00Z"));
    assert_eq!(world.wake("2026-03-16T00:00:00Z").len(), 1);
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-31T15:00:00Z"));
}

#[test]
fn a_deferred_reminder_that_would_come_after_the_end_is_dropped() {
    let mut world = World::empty();
    let mut command = open_command();
    if let FeedbackCommand::Open { closes_on, .. } = &mut command {
        *closes_on = "2026-03-06".parse().unwrap();
    }
    world.by(&case_message(), &command).unwrap();
    world.by(&coordinator(), &invite(0..1, "a")).unwrap();
    // Friday evening in Seoul: the next working hour is on Monday, when the round is over.
    assert_eq!(world.wake("2026-03-06T12:00:00Z"), []);
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-06T15:00:00Z"));
}

#[test]
fn at_the_end_the_coordinators_are_told_and_nothing_more_is_due() {
    let mut world = World::invited(1);
    let effects = world.wake("2026-03-31T15:00:00Z");
    let Effect::SendLetter { letter, to } = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!(letter.kind, LetterKind::StageReminder);
    assert_eq!(
        to,
        &Recipient::RoleIn {
            organization: id(HOSPITAL),
            role: Role::Coordinator,
            except: BTreeSet::new(),
        }
    );
    assert_eq!((effects.len(), world.wakeup()), (1, None));
    assert_eq!(world.wake("2026-04-01T00:00:00Z"), []);
}

#[test]
fn a_reminder_by_hand_goes_once_a_day_to_someone_who_is_awaited() {
    let mut world = World::invited(2);
    let first = world.invitation(0);
    let remind = FeedbackCommand::Remind { invitation: first };
    assert_eq!(world.code(&coordinator(), &remind), "REMINDED_TODAY");
    world.at("2026-03-04T06:00:00Z");
    let effects = world.by(&coordinator(), &remind).unwrap();
    assert_eq!(reminded(&effects), BTreeSet::from([first]));
    assert_eq!(world.code(&coordinator(), &remind), "REMINDED_TODAY");
    world.at("2026-03-05T06:00:00Z");
    let unknown = FeedbackCommand::Remind {
        invitation: id(404),
    };
    assert_eq!(world.code(&coordinator(), &unknown), "UNKNOWN_INVITATION");
    world.answers(0).unwrap();
    assert_eq!(world.code(&coordinator(), &remind), "ALREADY_ANSWERED");
    let decline = FeedbackCommand::Decline { reason: None };
    let second = world.invitation(1);
    world.by(&guest(second), &decline).unwrap();
    let remind = FeedbackCommand::Remind { invitation: second };
    assert_eq!(world.code(&coordinator(), &remind), "ALREADY_DECLINED");
}

#[test]
fn a_pause_stops_reminders_and_moves_what_was_planned_by_the_working_days_lost() {
    let mut world = World::invited(1);
    world.at("2026-03-05T02:00:00Z");
    world
        .by(&case_message(), &FeedbackCommand::Suspend)
        .unwrap();
    assert_eq!(world.wakeup(), None);
    assert_eq!(world.wake("2026-03-06T00:00:00Z"), []);
    assert_eq!(
        world.code(&coordinator(), &close()),
        "FEEDBACK_ROUND_SUSPENDED"
    );
    assert_eq!(
        world.code(&coordinator(), &invite(5..6, "a")),
        "FEEDBACK_ROUND_SUSPENDED"
    );
    // From Thursday 5 to Thursday 12 March five working days are lost.
    world.at("2026-03-12T02:00:00Z");
    world.by(&case_message(), &FeedbackCommand::Resume).unwrap();
    assert_eq!(world.wakeup().as_deref(), Some("2026-03-13T00:00:00Z"));
    assert_eq!(world.round().closes_on, "2026-04-07".parse().unwrap());
    assert_eq!(world.round().closes_at, at("2026-04-07T15:00:00Z"));
}

#[test]
fn a_clinician_may_answer_while_the_case_is_paused_past_the_closing_day() {
    let mut world = World::invited(1);
    world
        .by(&case_message(), &FeedbackCommand::Suspend)
        .unwrap();
    world.at("2026-05-06T02:00:00Z");
    world.answers(0).unwrap();
}

#[test]
fn a_round_that_was_over_before_the_pause_stays_over() {
    let mut world = World::invited(1);
    world.at("2026-04-01T01:00:00Z");
    world
        .by(&case_message(), &FeedbackCommand::Suspend)
        .unwrap();
    world.at("2026-04-08T01:00:00Z");
    world.by(&case_message(), &FeedbackCommand::Resume).unwrap();
    assert_eq!(world.round().phase, RoundPhase::Ended);
    assert_eq!(world.round().closes_on, "2026-03-31".parse().unwrap());
    assert_eq!(world.answers(0).unwrap_err().code(), "FEEDBACK_ROUND_ENDED");
}

#[test]
fn closing_needs_enough_answers_or_a_reason_and_reports_to_the_case() {
    let mut world = World::invited(2);
    world.answers(0).unwrap();
    let rejection = world.by(&coordinator(), &close()).unwrap_err();
    assert_eq!(rejection.code(), "TOO_FEW_ANSWERS");
    assert!(rejection.words(Locale::En).starts_with("1 of 3 answers"));
    let with_reason = FeedbackCommand::Close {
        conclusion: text("Useful on the ward."),
        short_reason: Some(text("Rare specialty")),
    };
    let effects = world.by(&coordinator(), &with_reason).unwrap();
    let Effect::Deliver { to, command } = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!(to, &AggregateId::Case(id(7)));
    assert_eq!(
        command.as_ref(),
        &Command::Case(crate::case::CaseCommand::ReportStage {
            stage: "feedback".parse().unwrap(),
            round: 1,
            summary: crate::case::StageReport {
                conclusion: text("Useful on the ward."),
                evidence: AggregateId::FeedbackRound(id(9)),
            },
        })
    );
}

#[test]
fn a_withdrawn_round_sends_and_takes_nothing_and_withdrawing_again_changes_nothing() {
    let mut world = World::invited(1);
    let withdraw = FeedbackCommand::Withdraw {
        reason: text("Canceled"),
    };
    world.by(&case_message(), &withdraw).unwrap();
    assert_eq!(world.wakeup(), None);
    assert_eq!(world.wake("2026-03-06T00:00:00Z"), []);
    assert_eq!(
        world.answers(0).unwrap_err().code(),
        "FEEDBACK_ROUND_WITHDRAWN"
    );
    assert_eq!(
        world.code(&coordinator(), &close()),
        "FEEDBACK_ROUND_WITHDRAWN"
    );
    let before = world.events.len();
    for command in [withdraw, FeedbackCommand::Suspend, FeedbackCommand::Resume] {
        world.by(&case_message(), &command).unwrap();
    }
    assert_eq!(world.events.len(), before);
}

#[test]
fn results_stay_hidden_until_enough_have_answered() {
    let mut world = World::invited(4);
    world.answers(0).unwrap();
    world.answers(1).unwrap();
    let questionnaires = Questionnaires::shipped().unwrap();
    let questionnaire = questionnaires.get("clinician-feedback").unwrap();
    let results = world.round().results(questionnaire);
    assert_eq!(
        (results.invited, results.answered, results.questions),
        (4, 2, None)
    );
    assert_eq!(results.sites[0].questions, None);
    world.answers(2).unwrap();
    let results = world.round().results(questionnaire);
    assert_eq!(
        results.questions.unwrap().len(),
        questionnaire.questions.len()
    );
    // By site there is no free text: two views of one comment would tell where its author works.
    assert_eq!(results.sites[0].questions.as_ref().unwrap().len(), 7);
}

#[test]
fn scores_are_summarized_by_distribution_median_quartiles_and_top_two_box() {
    let mut world = World::invited(4);
    for (n, (score, comment)) in [(10, "a"), (9, "b"), (6, "c"), (8, "d")].iter().enumerate() {
        let actor = guest(world.invitation(n));
        world.by(&actor, &answer_with(*score, comment)).unwrap();
    }
    let questionnaires = Questionnaires::shipped().unwrap();
    let results = world
        .round()
        .results(questionnaires.get("clinician-feedback").unwrap());
    let questions = results.questions.unwrap();
    let of = |id: &str| questions.iter().find(|q| q.question == id).unwrap();
    let Summary::Scale(scale) = &of("recommend").summary else {
        panic!()
    };
    assert_eq!(scale.median, Some(8.5));
    assert_eq!(
        (scale.lower_quartile, scale.upper_quartile),
        (Some(7.5), Some(9.25))
    );
    assert_eq!(scale.top_two_box, Some(0.5));
    assert_eq!(scale.net_promoter.map(|nps| nps.score), Some(25.0));
    let counts: Vec<usize> = scale.distribution.iter().map(|s| s.count).collect();
    assert_eq!(counts, [0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1]);
    let Summary::Choice(options) = &of("intended_use").summary else {
        panic!()
    };
    assert_eq!((options[0].count, options[1].count), (4, 0));
    assert_eq!(of("improvements").answered, 0);
}

#[test]
fn the_order_of_comments_does_not_tell_who_wrote_them() {
    let comments = ["가나다", "라마바", "사아자", "차카타", "파하"];
    let order = |writers: [usize; 5]| {
        let mut world = World::invited(5);
        for n in writers {
            let actor = guest(world.invitation(n));
            world.by(&actor, &answer_with(5, comments[n])).unwrap();
        }
        let questionnaires = Questionnaires::shipped().unwrap();
        let results = world
            .round()
            .results(questionnaires.get("clinician-feedback").unwrap());
        let strengths = results
            .questions
            .unwrap()
            .into_iter()
            .find(|q| q.question == "strengths");
        match strengths.unwrap().summary {
            Summary::Comments(comments) => comments,
            Summary::Scale(_) | Summary::Choice(_) => panic!(),
        }
    };
    let first = order([0, 1, 2, 3, 4]);
    assert_eq!(first, order([4, 2, 0, 3, 1]));
    let as_invited: Vec<LongText> = comments.iter().map(|c| text(c)).collect();
    assert_ne!(first, as_invited);
}

/// The answered sites of a round with so many answers at each site, and whether each is shown.
fn sites_shown(answers: &[(&str, usize)]) -> Vec<(String, bool)> {
    let mut world = World::opened();
    let mut next = 0;
    for (site, answered) in answers {
        world
            .by(&coordinator(), &invite(next..next + answered, site))
            .unwrap();
        for n in next..next + answered {
            world.answers(n).unwrap();
        }
        next += answered;
    }
    let questionnaires = Questionnaires::shipped().unwrap();
    let results = world
        .round()
        .results(questionnaires.get("clinician-feedback").unwrap());
    let shown = |site: &SiteResults| (site.site.to_string(), site.questions.is_some());
    results.sites.iter().map(shown).collect()
}

#[test]
fn a_site_is_shown_only_when_it_and_what_is_left_reach_the_threshold() {
    let named = |sites: &[(&str, bool)]| -> Vec<(String, bool)> {
        sites
            .iter()
            .map(|(site, shown)| ((*site).to_owned(), *shown))
            .collect()
    };
    assert_eq!(
        sites_shown(&[("a", 3), ("b", 4)]),
        named(&[("a", true), ("b", true)])
    );
    // With `a` shown, all minus `a` would be the single answer of `b`.
    assert_eq!(
        sites_shown(&[("a", 4), ("b", 1)]),
        named(&[("a", false), ("b", false)])
    );
    assert_eq!(
        sites_shown(&[("a", 4), ("b", 1), ("c", 2)]),
        named(&[("a", true), ("b", false), ("c", false)])
    );
    assert_eq!(
        sites_shown(&[("a", 5), ("b", 3), ("c", 1)]),
        named(&[("a", true), ("b", false), ("c", false)])
    );
}

#[test]
fn an_event_where_it_cannot_be_is_a_broken_history() {
    let world = World::invited(1);
    let answered = FeedbackEvent::Declined {
        at: at(OPENING),
        invitation: id(404),
        reason: None,
    };
    assert!(FeedbackRound::evolve(None, &answered).is_err());
    assert!(FeedbackRound::evolve(world.round.clone(), &answered).is_err());
    assert!(FeedbackRound::evolve(world.round.clone(), &world.events[0]).is_err());
}

/// One event of every kind, in an order that folds.
fn every_event() -> Vec<FeedbackEvent> {
    let invitation = |n: u128| NewInvitation {
        id: id(n),
        clinician: clinician(usize::try_from(n).unwrap(), "신촌"),
        reminders: vec![at("2026-03-06T00:00:00Z")],
    };
    let mut world = World::opened();
    let now = at(OPENING);
    let FeedbackCommand::Answer { consent, answers } = answer() else {
        unreachable!()
    };
    let mut events = vec![
        world.events.remove(0),
        FeedbackEvent::Invited {
            at: now,
            invitations: vec![invitation(1), invitation(2), invitation(3)],
        },
        FeedbackEvent::Reminded {
            at: now,
            invitation: id(1),
        },
        FeedbackEvent::RemindersDeferred {
            at: at("2026-03-06T00:00:00Z"),
            until: at("2026-03-09T00:00:00Z"),
        },
        FeedbackEvent::RemindersSent {
            at: at("2026-03-09T00:00:00Z"),
            invitations: vec![id(1), id(2), id(3)],
        },
        FeedbackEvent::Answered {
            at: now,
            invitation: id(1),
            consent,
            questionnaire_version: 1,
            answers,
        },
        FeedbackEvent::Declined {
            at: now,
            invitation: id(2),
            reason: Some(text("바쁩니다")),
        },
        FeedbackEvent::InvitationRevoked {
            at: now,
            invitation: id(3),
            reason: text("Wrong person"),
        },
        FeedbackEvent::Suspended { at: now },
        FeedbackEvent::Resumed {
            at: now,
            closes_on: "2026-04-07".parse().unwrap(),
            closes_at: at("2026-04-07T15:00:00Z"),
            reminders: BTreeMap::from([(id(2), vec![at("2026-03-13T00:00:00Z")])]),
        },
        FeedbackEvent::RoundEnded { at: now },
    ];
    events.push(FeedbackEvent::Closed {
        at: now,
        conclusion: text("Useful on the ward."),
        short_reason: Some(text("Rare specialty")),
    });
    events
}

#[test]
fn stored_events_keep_their_form() {
    let mut events = every_event();
    let folded = events.iter().try_fold(None, |state, event| {
        FeedbackRound::evolve(state, event).map(Some)
    });
    assert!(folded.unwrap().is_some());
    events.push(FeedbackEvent::Withdrawn {
        at: at(OPENING),
        reason: text("Canceled"),
    });
    let kinds: BTreeSet<&str> = events.iter().map(evolve::found).collect();
    assert_eq!(kinds.len(), 13, "{kinds:?}");
    for event in &events {
        let json = serde_json::to_string(event).unwrap();
        assert_eq!(
            &serde_json::from_str::<FeedbackEvent>(&json).unwrap(),
            event
        );
        assert!(json.starts_with(&format!("{{\"event\":\"{}\"", evolve::found(event))));
    }
    insta::assert_json_snapshot!("every_event", events);
}

/// A random step: who does what, to whom, how many hours later.
fn step(world: &mut World, (what, whom, hours): (u8, usize, i64)) -> Vec<Effect> {
    world.now = world
        .now
        .saturating_add(jiff::SignedDuration::from_hours(hours))
        .unwrap();
    let ids: Vec<InvitationId> = world
        .round
        .iter()
        .flat_map(|round| round.invitations.keys().copied())
        .collect();
    let invitation = ids
        .get(whom % ids.len().max(1))
        .copied()
        .unwrap_or_else(|| id(404));
    let reason = || text::<LongText>("because");
    let (actor, command) = match what {
        0 => (coordinator(), invite(whom..whom + 2, "신촌")),
        1 => (guest(invitation), answer()),
        2 => (guest(invitation), FeedbackCommand::Decline { reason: None }),
        3 => (coordinator(), FeedbackCommand::Remind { invitation }),
        4 => (
            coordinator(),
            FeedbackCommand::RevokeInvitation {
                invitation,
                reason: reason(),
            },
        ),
        5 => (case_message(), FeedbackCommand::Suspend),
        6 => (case_message(), FeedbackCommand::Resume),
        7 if whom == 0 => (coordinator(), close()),
        7 if whom == 1 => (
            case_message(),
            FeedbackCommand::Withdraw { reason: reason() },
        ),
        _ => (Actor::clock(), FeedbackCommand::Wake),
    };
    world.by(&actor, &command).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// What `decide` allows `evolve` accepts (`World::by` unwraps it); a reminder never goes to someone who answered, declined or was
    /// revoked; and after a wake-up nothing is due any more.
    #[test]
    fn nobody_who_answered_is_reminded_and_a_wake_leaves_nothing_due(
        steps in proptest::collection::vec((0_u8..12, 0_usize..12, 0_i64..40), 1..60)
    ) {
        let mut world = World::opened();
        for random in steps {
            let awaited: BTreeSet<InvitationId> = world.round().invitations.values()
                .filter(|i| i.is_waiting()).map(|i| i.id).collect();
            let effects = step(&mut world, random);
            prop_assert!(reminded(&effects).is_subset(&awaited));
            world.by(&Actor::clock(), &FeedbackCommand::Wake).unwrap();
            let round = world.round();
            prop_assert!(round.next_wakeup().is_none_or(|next| world.now < next));
            for invitation in round.invitations.values() {
                prop_assert!(invitation.is_waiting() || invitation.reminders.is_empty());
                prop_assert!(invitation.reminders.is_sorted());
            }
        }
        let again = world.events.iter()
            .try_fold(None, |state, event| FeedbackRound::evolve(state, event).map(Some));
        prop_assert_eq!(again.unwrap(), world.round);
    }
}
