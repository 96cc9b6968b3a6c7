use super::*;
use crate::calendar::Calendars;
use crate::feedback::Questionnaires;
use crate::given::{at, id, person, text};
use crate::pathway::Catalog;
use crate::{AggregateId, Command, CommandId, EffectId, LetterKind, Locale, Recipient, Rejection};
use proptest::prelude::*;
use std::collections::BTreeMap;

const NOW: &str = "2026-03-03T00:00:00Z";

fn organization(side: Audience) -> OrganizationId {
    match side {
        Audience::Startup => id(1),
        Audience::Hospital => id(2),
        Audience::Consultancy => id(3),
    }
}

fn writer(side: Audience) -> Actor {
    match side {
        Audience::Startup => person(10, &[(organization(side), Role::StartupAdmin)]),
        Audience::Hospital => person(20, &[(organization(side), Role::Coordinator)]),
        Audience::Consultancy => person(30, &[(organization(side), Role::Consultant)]),
    }
}

fn stranger() -> Actor {
    person(
        40,
        &[(id(4), Role::Consultant), (id(5), Role::StartupMember)],
    )
}

fn case_message() -> Actor {
    Actor::message(EffectId {
        aggregate: AggregateId::Case(id(7)),
        version: 3,
        position: 0,
    })
}

fn open_command() -> ConsultationCommand {
    let words = |en: &str, ko: &str| Words {
        en: en.to_owned(),
        ko: ko.to_owned(),
    };
    ConsultationCommand::Open {
        case: id(7),
        stage: "regulatory".parse().unwrap(),
        round: 1,
        startup: organization(Audience::Startup),
        hospital: organization(Audience::Hospital),
        consultancy: organization(Audience::Consultancy),
        device: id(8),
        title: words("Regulatory advice", "인허가 컨설팅"),
        about: ConsultationKind::Regulatory,
        asks: vec![
            words("Which class?", "등급은 무엇인가요?"),
            words("Which route?", "어떤 절차인가요?"),
        ],
    }
}

fn note(audience: &[Audience]) -> ConsultationCommand {
    ConsultationCommand::AddNote {
        audience: audience.iter().copied().collect(),
        text: text("2등급으로 보입니다"),
        mentions: BTreeMap::new(),
    }
}

/// A note that calls these people, each of whom reads for these sides.
fn mentioning(audience: &[Audience], people: &[(u128, &[Audience])]) -> ConsultationCommand {
    let mentions = people
        .iter()
        .map(|(person, sides)| (id(*person), sides.iter().copied().collect()));
    ConsultationCommand::AddNote {
        audience: audience.iter().copied().collect(),
        text: text("기술문서를 함께 봐 주세요"),
        mentions: mentions.collect(),
    }
}

fn ask(to: Audience) -> ConsultationCommand {
    ConsultationCommand::AskQuestion {
        to,
        text: text("Is there a predicate?"),
        due_on: None,
    }
}

fn close() -> ConsultationCommand {
    ConsultationCommand::Close {
        recommendation: text("Class II, certification."),
        answers: vec![text("Class II"), text("Certification")],
    }
}

fn reason() -> LongText {
    text("because")
}

struct World {
    commands: u128,
    consultation: Option<Consultation>,
    events: Vec<ConsultationEvent>,
}

impl World {
    fn empty() -> Self {
        Self {
            commands: 0,
            consultation: None,
            events: Vec::new(),
        }
    }

    fn opened() -> Self {
        let mut world = Self::empty();
        world.by(&case_message(), &open_command()).unwrap();
        world
    }

    fn by(
        &mut self,
        actor: &Actor,
        command: &ConsultationCommand,
    ) -> Result<Vec<Effect>, Rejection> {
        self.commands += 1;
        let context = Context {
            now: at(NOW),
            actor,
            aggregate: AggregateId::Consultation(id(9)),
            command_id: id::<CommandId>(self.commands),
            calendars: &Calendars::default(),
            pathways: &Catalog::default(),
            questionnaires: &Questionnaires::default(),
        };
        let events = Consultation::decide(self.consultation.as_ref(), command, &context)?;
        let mut effects = Vec::new();
        for event in events {
            let state = Consultation::evolve(self.consultation.take(), &event).unwrap();
            effects.extend(state.effects(&event));
            self.consultation = Some(state);
            self.events.push(event);
        }
        Ok(effects)
    }

    fn code(&mut self, actor: &Actor, command: &ConsultationCommand) -> &'static str {
        self.by(actor, command).unwrap_err().code()
    }

    fn state(&self) -> &Consultation {
        self.consultation.as_ref().unwrap()
    }

    /// A question from one side to another; answers its id.
    fn asked(&mut self, from: Audience, to: Audience) -> QuestionId {
        self.by(&writer(from), &ask(to)).unwrap();
        self.state().questions.last().unwrap().id
    }
}

fn answer(question: QuestionId) -> ConsultationCommand {
    ConsultationCommand::AnswerQuestion {
        question,
        text: text("Yes"),
    }
}

fn letters(effects: &[Effect]) -> Vec<(&'static str, OrganizationId, Role)> {
    let letters = effects.iter().filter_map(|effect| match effect {
        Effect::SendLetter {
            letter,
            to: Recipient::RoleIn {
                organization, role, ..
            },
        } => {
            let ours = [
                (
                    "opened",
                    LetterKind::ConsultationOpened {
                        consultation: id(9),
                    },
                ),
                (
                    "note",
                    LetterKind::NoteAdded {
                        consultation: id(9),
                    },
                ),
                (
                    "asked",
                    LetterKind::QuestionAsked {
                        consultation: id(9),
                    },
                ),
                (
                    "answered",
                    LetterKind::QuestionAnswered {
                        consultation: id(9),
                    },
                ),
            ];
            let kind = ours
                .iter()
                .find(|(_, kind)| *kind == letter.kind)
                .map_or("other", |(name, _)| name);
            Some((kind, *organization, *role))
        }
        Effect::SendLetter { .. } | Effect::Deliver { .. } => None,
    });
    letters.collect()
}

#[test]
fn opening_tells_the_consultancy() {
    let mut world = World::empty();
    let effects = world.by(&case_message(), &open_command()).unwrap();
    assert_eq!(letters(&effects), [("opened", id(3), Role::Consultant)]);
    assert_eq!(
        world.code(&case_message(), &open_command()),
        "ALREADY_EXISTS"
    );
}

#[test]
fn only_the_engine_opens_suspends_withdraws_and_wakes() {
    let mut world = World::empty();
    let consultant = writer(Audience::Consultancy);
    assert_eq!(world.code(&consultant, &open_command()), "NOT_ALLOWED");
    assert_eq!(world.code(&consultant, &close()), "NOT_FOUND");
    world.by(&case_message(), &open_command()).unwrap();
    for command in [
        ConsultationCommand::Withdraw { reason: reason() },
        ConsultationCommand::Suspend,
        ConsultationCommand::Resume,
        ConsultationCommand::Wake,
    ] {
        assert_eq!(world.code(&consultant, &command), "NOT_ALLOWED");
    }
    let before = world.state().clone();
    world
        .by(&Actor::clock(), &ConsultationCommand::Wake)
        .unwrap();
    assert_eq!(world.state(), &before);
    assert_eq!(world.state().next_wakeup(), None);
}

#[test]
fn a_note_is_seen_by_its_audience_only_and_announced_to_the_other_sides_of_it() {
    let mut world = World::opened();
    let consultant = writer(Audience::Consultancy);
    let effects = world
        .by(
            &consultant,
            &note(&[Audience::Consultancy, Audience::Hospital]),
        )
        .unwrap();
    assert_eq!(letters(&effects), [("note", id(2), Role::Coordinator)]);
    let seen = |actor: &Actor| world.state().visible_notes(actor).len();
    assert_eq!(seen(&consultant), 1);
    assert_eq!(seen(&writer(Audience::Hospital)), 1);
    assert_eq!(seen(&writer(Audience::Startup)), 0);
    assert_eq!(seen(&stranger()), 0);
    assert_eq!(seen(&Actor::machine()), 0);
    assert_eq!(seen(&person(21, &[(id(2), Role::AwardCommittee)])), 1);
    assert_eq!(seen(&person(22, &[(id(2), Role::Clinician)])), 0);
}

#[test]
fn a_note_to_all_is_announced_to_both_other_sides() {
    let mut world = World::opened();
    let effects = world
        .by(&writer(Audience::Hospital), &note(&Audience::ALL))
        .unwrap();
    assert_eq!(
        letters(&effects),
        [
            ("note", id(1), Role::StartupMember),
            ("note", id(3), Role::Consultant)
        ]
    );
}

#[test]
fn whoever_is_mentioned_gets_one_letter_of_their_own_and_the_author_none() {
    use Audience::{Consultancy, Hospital};
    let mut world = World::opened();
    // 30 writes; 31 is a colleague, 20 the hospital's coordinator.
    let command = mentioning(
        &[Consultancy, Hospital],
        &[
            (20, &[Hospital]),
            (30, &[Consultancy]),
            (31, &[Consultancy]),
        ],
    );
    let effects = world.by(&writer(Consultancy), &command).unwrap();
    let recipients: Vec<(bool, Recipient)> = effects
        .into_iter()
        .map(|effect| {
            let Effect::SendLetter { letter, to } = effect else {
                panic!("{effect:?}")
            };
            let mentioned = LetterKind::Mentioned {
                consultation: id(9),
            };
            (letter.kind == mentioned, to)
        })
        .collect();
    let everyone_else = Recipient::RoleIn {
        organization: organization(Hospital),
        role: Role::Coordinator,
        except: [20, 30, 31].into_iter().map(id).collect(),
    };
    assert_eq!(
        recipients,
        [
            (false, everyone_else),
            (true, Recipient::Account { account: id(20) }),
            (true, Recipient::Account { account: id(31) }),
        ]
    );
    let note = &world.state().notes[0];
    assert_eq!(note.mentions, [20, 30, 31].into_iter().map(id).collect());
}

#[test]
fn nobody_is_mentioned_in_a_note_they_could_not_read() {
    use Audience::{Consultancy, Hospital, Startup};
    let mut world = World::opened();
    let consultant = writer(Consultancy);
    let elsewhere: &[Audience] = &[];
    for sides in [elsewhere, &[Startup], &[Startup, Hospital]] {
        let command = mentioning(&[Consultancy], &[(31, &[Consultancy]), (99, sides)]);
        assert_eq!(world.code(&consultant, &command), "MENTIONED_CANNOT_READ");
    }
    let wide = mentioning(&[Consultancy, Hospital], &[(99, &[Startup, Hospital])]);
    world.by(&consultant, &wide).unwrap();
    let crowd: Vec<(u128, &[Audience])> =
        (100..121).map(|n| (n, [Consultancy].as_slice())).collect();
    let command = |people: &[(u128, &[Audience])]| mentioning(&[Consultancy], people);
    assert_eq!(
        world.code(&consultant, &command(&crowd)),
        "TOO_MANY_MENTIONED"
    );
    world.by(&consultant, &command(&crowd[..20])).unwrap();
}

#[test]
fn an_audience_is_not_empty_and_includes_the_author() {
    let mut world = World::opened();
    let startup = writer(Audience::Startup);
    assert_eq!(world.code(&startup, &note(&[])), "AUDIENCE_EMPTY");
    assert_eq!(
        world.code(
            &startup,
            &note(&[Audience::Hospital, Audience::Consultancy])
        ),
        "AUDIENCE_WITHOUT_OWN_SIDE"
    );
}

#[test]
fn strangers_do_not_learn_of_a_consultation_and_other_roles_do_not_write() {
    let mut world = World::opened();
    for command in [note(&Audience::ALL), ask(Audience::Hospital), close()] {
        assert_eq!(world.code(&stranger(), &command), "NOT_FOUND");
        let clinician = person(22, &[(id(2), Role::Clinician)]);
        assert_eq!(world.code(&clinician, &command), "NOT_ALLOWED");
    }
}

#[test]
fn a_question_is_seen_by_the_two_sides_it_is_between() {
    let mut world = World::opened();
    let effects = world
        .by(&writer(Audience::Consultancy), &ask(Audience::Startup))
        .unwrap();
    assert_eq!(letters(&effects), [("asked", id(1), Role::StartupMember)]);
    let seen = |actor: &Actor| world.state().visible_questions(actor).len();
    assert_eq!(seen(&writer(Audience::Consultancy)), 1);
    assert_eq!(seen(&writer(Audience::Startup)), 1);
    assert_eq!(seen(&writer(Audience::Hospital)), 0);
    assert_eq!(seen(&stranger()), 0);
}

#[test]
fn the_asked_side_answers_once_and_the_asker_is_told() {
    let mut world = World::opened();
    let question = world.asked(Audience::Consultancy, Audience::Startup);
    assert_eq!(
        world.code(&writer(Audience::Consultancy), &answer(question)),
        "NOT_ASKED"
    );
    // The hospital does not see the question, so for it there is none.
    assert_eq!(
        world.code(&writer(Audience::Hospital), &answer(question)),
        "UNKNOWN_QUESTION"
    );
    let effects = world
        .by(&writer(Audience::Startup), &answer(question))
        .unwrap();
    assert_eq!(letters(&effects), [("answered", id(3), Role::Consultant)]);
    assert_eq!(
        world.code(&writer(Audience::Startup), &answer(question)),
        "QUESTION_ALREADY_ANSWERED"
    );
}

#[test]
fn only_the_asker_takes_a_question_back() {
    let mut world = World::opened();
    let question = world.asked(Audience::Hospital, Audience::Consultancy);
    let withdraw = ConsultationCommand::WithdrawQuestion {
        question,
        reason: reason(),
    };
    assert_eq!(
        world.code(&writer(Audience::Consultancy), &withdraw),
        "NOT_THE_ASKER"
    );
    world.by(&writer(Audience::Hospital), &withdraw).unwrap();
    assert_eq!(
        world.code(&writer(Audience::Consultancy), &answer(question)),
        "QUESTION_WITHDRAWN"
    );
    assert_eq!(
        world.code(&writer(Audience::Hospital), &withdraw),
        "QUESTION_WITHDRAWN"
    );
}

#[test]
fn a_question_goes_to_another_side_and_is_due_today_or_later() {
    let mut world = World::opened();
    let startup = writer(Audience::Startup);
    assert_eq!(
        world.code(&startup, &ask(Audience::Startup)),
        "ASKED_OWN_SIDE"
    );
    let due = |day: &str| ConsultationCommand::AskQuestion {
        to: Audience::Hospital,
        text: reason(),
        due_on: Some(day.parse().unwrap()),
    };
    assert_eq!(world.code(&startup, &due("2026-03-01")), "DUE_IN_THE_PAST");
    let effects = world.by(&startup, &due("2026-03-03")).unwrap();
    let Effect::SendLetter { letter, .. } = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!(letter.due, Some("2026-03-03".parse().unwrap()));
}

#[test]
fn closing_waits_for_questions_to_the_consultancy_and_answers_every_ask() {
    let mut world = World::opened();
    let consultant = writer(Audience::Consultancy);
    let question = world.asked(Audience::Startup, Audience::Consultancy);
    world.asked(Audience::Consultancy, Audience::Startup);
    assert_eq!(world.code(&consultant, &close()), "QUESTIONS_WAITING");
    world.by(&consultant, &answer(question)).unwrap();
    let short = ConsultationCommand::Close {
        recommendation: text("Class II"),
        answers: vec![text("Class II")],
    };
    let rejection = world.by(&consultant, &short).unwrap_err();
    assert_eq!(rejection.code(), "ANSWERS_MISMATCH");
    assert!(rejection.words(Locale::Ko).contains("2건에 각각"));
    assert_eq!(
        world.code(&writer(Audience::Hospital), &close()),
        "NOT_ALLOWED"
    );
    let effects = world.by(&consultant, &close()).unwrap();
    let Effect::Deliver { to, command } = &effects[0] else {
        panic!("{effects:?}")
    };
    assert_eq!(to, &AggregateId::Case(id(7)));
    assert_eq!(
        command.as_ref(),
        &Command::Case(crate::case::CaseCommand::ReportStage {
            stage: "regulatory".parse().unwrap(),
            round: 1,
            summary: crate::case::StageReport {
                conclusion: text("Class II, certification."),
                evidence: AggregateId::Consultation(id(9)),
            },
        })
    );
    for command in [note(&Audience::ALL), ask(Audience::Hospital), close()] {
        assert_eq!(world.code(&consultant, &command), "CONSULTATION_CLOSED");
    }
}

#[test]
fn nothing_but_closing_reaches_the_case() {
    let mut world = World::opened();
    let consultant = writer(Audience::Consultancy);
    let question = world.asked(Audience::Startup, Audience::Consultancy);
    for command in [
        note(&Audience::ALL),
        ask(Audience::Startup),
        answer(question),
    ] {
        let effects = world.by(&consultant, &command).unwrap();
        assert!(
            !effects
                .iter()
                .any(|effect| matches!(effect, Effect::Deliver { .. }))
        );
    }
}

#[test]
fn while_the_case_is_paused_people_may_talk_but_not_close() {
    let mut world = World::opened();
    let consultant = writer(Audience::Consultancy);
    world
        .by(&case_message(), &ConsultationCommand::Suspend)
        .unwrap();
    world
        .by(&case_message(), &ConsultationCommand::Suspend)
        .unwrap();
    assert_eq!(world.code(&consultant, &close()), "CONSULTATION_SUSPENDED");
    world.by(&consultant, &note(&Audience::ALL)).unwrap();
    world
        .by(&case_message(), &ConsultationCommand::Resume)
        .unwrap();
    world.by(&consultant, &close()).unwrap();
}

#[test]
fn a_withdrawn_consultation_is_read_only_and_withdrawing_again_changes_nothing() {
    let mut world = World::opened();
    let withdraw = ConsultationCommand::Withdraw { reason: reason() };
    world.by(&case_message(), &withdraw).unwrap();
    for command in [note(&Audience::ALL), ask(Audience::Hospital), close()] {
        let code = world.code(&writer(Audience::Consultancy), &command);
        assert_eq!(code, "CONSULTATION_WITHDRAWN");
    }
    let before = world.events.len();
    for command in [
        withdraw,
        ConsultationCommand::Suspend,
        ConsultationCommand::Resume,
    ] {
        world.by(&case_message(), &command).unwrap();
    }
    assert_eq!(world.events.len(), before);
}

#[test]
fn an_event_where_it_cannot_be_is_a_broken_history() {
    let world = World::opened();
    let answered = ConsultationEvent::QuestionAnswered {
        at: at(NOW),
        question: id(404),
        by: id(30),
        text: reason(),
    };
    assert!(Consultation::evolve(None, &answered).is_err());
    assert!(Consultation::evolve(world.consultation.clone(), &answered).is_err());
    assert!(Consultation::evolve(world.consultation.clone(), &world.events[0]).is_err());
}

#[test]
fn stored_events_keep_their_form() {
    let mut world = World::opened();
    let consultant = writer(Audience::Consultancy);
    world
        .by(
            &consultant,
            &note(&[Audience::Consultancy, Audience::Hospital]),
        )
        .unwrap();
    let calling = mentioning(&[Audience::Consultancy], &[(31, &[Audience::Consultancy])]);
    world.by(&consultant, &calling).unwrap();
    let due = ConsultationCommand::AskQuestion {
        to: Audience::Startup,
        text: text("Is there a predicate?"),
        due_on: Some("2026-03-10".parse().unwrap()),
    };
    world.by(&consultant, &due).unwrap();
    let question = world.state().questions[0].id;
    world
        .by(&writer(Audience::Startup), &answer(question))
        .unwrap();
    let question = world.asked(Audience::Hospital, Audience::Consultancy);
    let withdraw = ConsultationCommand::WithdrawQuestion {
        question,
        reason: reason(),
    };
    world.by(&writer(Audience::Hospital), &withdraw).unwrap();
    world
        .by(&case_message(), &ConsultationCommand::Suspend)
        .unwrap();
    world
        .by(&case_message(), &ConsultationCommand::Resume)
        .unwrap();
    world.by(&consultant, &close()).unwrap();
    let mut events = world.events;
    events.push(ConsultationEvent::Withdrawn {
        at: at(NOW),
        reason: reason(),
    });
    let kinds: BTreeSet<&str> = events.iter().map(evolve::found).collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    for event in &events {
        let json = serde_json::to_string(event).unwrap();
        assert_eq!(
            &serde_json::from_str::<ConsultationEvent>(&json).unwrap(),
            event
        );
        assert!(json.starts_with(&format!("{{\"event\":\"{}\"", evolve::found(event))));
    }
    insta::assert_json_snapshot!("every_event", events);
}

/// A random step: who does what to which question, for whom.
fn step(world: &mut World, (who, what, which): (usize, u8, usize)) -> Vec<Effect> {
    let actors = [
        writer(Audience::Startup),
        writer(Audience::Hospital),
        writer(Audience::Consultancy),
        stranger(),
    ];
    let question = match &world.consultation {
        Some(state) if !state.questions.is_empty() => {
            state.questions[which % state.questions.len()].id
        }
        Some(_) | None => id(404),
    };
    let audience: BTreeSet<Audience> = Audience::ALL
        .into_iter()
        .enumerate()
        .filter(|(n, _)| (which >> n) & 1 == 1)
        .map(|(_, side)| side)
        .collect();
    let (actor, command) = match what {
        0..=2 => (
            actors[who].clone(),
            ConsultationCommand::AddNote {
                audience,
                text: reason(),
                mentions: BTreeMap::new(),
            },
        ),
        3 | 4 => (actors[who].clone(), ask(Audience::ALL[which % 3])),
        5 => (actors[who].clone(), answer(question)),
        6 => (
            actors[who].clone(),
            ConsultationCommand::WithdrawQuestion {
                question,
                reason: reason(),
            },
        ),
        7 if which == 0 => (actors[who].clone(), close()),
        8 => (case_message(), ConsultationCommand::Suspend),
        9 if which == 0 => (
            case_message(),
            ConsultationCommand::Withdraw { reason: reason() },
        ),
        _ => (case_message(), ConsultationCommand::Resume),
    };
    world.by(&actor, &command).unwrap_or_default()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// What `decide` allows `evolve` accepts (`World::by` unwraps it), and nobody outside its audience sees a note or hears of it.
    #[test]
    fn nobody_outside_the_audience_sees_a_note_or_hears_of_it(
        steps in proptest::collection::vec((0_usize..4, 0_u8..11, 0_usize..8), 1..60)
    ) {
        let mut world = World::opened();
        for random in steps {
            let before = world.events.len();
            let effects = step(&mut world, random);
            for event in &world.events[before..] {
                if let ConsultationEvent::NoteAdded { audience, side, .. } = event {
                    let told: BTreeSet<_> = letters(&effects).iter().map(|letter| letter.1).collect();
                    let others = audience.iter().filter(|other| *other != side);
                    prop_assert_eq!(told, others.map(|other| organization(*other)).collect());
                }
            }
            let state = world.state();
            prop_assert!(state.visible_notes(&stranger()).is_empty());
            prop_assert!(state.visible_questions(&stranger()).is_empty());
            for side in Audience::ALL {
                let reader = writer(side);
                let meant: Vec<&Note> = state.notes.iter().filter(|note| note.audience.contains(&side)).collect();
                prop_assert_eq!(state.visible_notes(&reader), meant);
                let between = |q: &&Question| q.from == side || q.to == side;
                let meant: Vec<&Question> = state.questions.iter().filter(between).collect();
                prop_assert_eq!(state.visible_questions(&reader), meant);
            }
        }
        let again = world.events.iter()
            .try_fold(None, |state, event| Consultation::evolve(state, event).map(Some));
        prop_assert_eq!(again.unwrap(), world.consultation);
    }
}
