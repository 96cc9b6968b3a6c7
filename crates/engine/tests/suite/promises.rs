//! What every engine promises, on a clock that moves only when it is told to.

use super::common::{ROUND, World, coordinator, id, kinds, recipients, subject, submit};
use jiff::Timestamp;
use naru_domain::feedback::FeedbackCommand;
use naru_domain::{Command, FeedbackRoundId, Locale};
use naru_engine::{Fault, IncidentReport, Receipt, Refusal, Submission};
use naru_store::{RetriedIncident, Store};
use std::collections::BTreeSet;

fn code(outcome: Result<Receipt, Refusal>) -> &'static str {
    match outcome {
        Err(Refusal::Rejected(rejection)) => rejection.code(),
        Ok(_) | Err(Refusal::Fault(_)) => panic!("not rejected: {outcome:?}"),
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_receipt_says_where_the_change_is_and_the_same_command_gets_it_again() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        let mut watch = engine.watch();
        let open = world.open_round();
        let first = submit(&engine, open.clone()).await;
        assert_eq!((first.version, first.replayed), (1, false));
        assert_eq!(*watch.borrow_and_update(), first.position);
        let again = submit(&engine, open).await;
        assert_eq!((again.position, again.replayed), (first.position, true));
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_command_is_decided_at_the_time_of_the_clock() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        world.clock.advance_to(at("2026-03-04T01:02:03Z"));
        submit(&engine, world.open_round()).await;
        let round: FeedbackRoundId = id(ROUND);
        let events = engine.store().events_of(round.into()).await.unwrap();
        assert_eq!(events[0].at, at("2026-03-04T01:02:03Z"));
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_reminder_goes_out_when_its_time_comes_and_not_before() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.open_round()).await;
        submit(
            &engine,
            world.invite(&[("lee", Locale::Ko), ("park", Locale::En)]),
        )
        .await;
        engine.settle().await;
        assert_eq!(world.mailbox.posts().len(), 2, "the invitations");
        // Five working days after Tuesday 3 March is Tuesday 10 March; work begins at nine in Seoul.
        world.clock.advance_to(at("2026-03-09T23:59:59Z"));
        engine.settle().await;
        assert_eq!(world.mailbox.posts().len(), 2);
        world.clock.advance_to(at("2026-03-10T00:00:00Z"));
        engine.settle().await;
        let posts = world.mailbox.posts();
        assert_eq!(posts.len(), 4);
        assert!(
            subject(posts[2].bytes()).contains("다시 알림")
                || subject(posts[3].bytes()).contains("다시 알림")
        );
        world.clock.advance_to(at("2026-03-20T00:00:00Z"));
        engine.settle().await;
        assert_eq!(world.mailbox.posts().len(), 4, "once");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_reminder_that_fell_due_while_nothing_ran_goes_out_at_the_next_start() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.open_round()).await;
        submit(&engine, world.invite(&[("lee", Locale::Ko)])).await;
        engine.settle().await;
        engine.kill().await;
        drop(engine);
        world.clock.advance_to(at("2026-03-12T01:00:00Z"));
        let engine = world.engine().await;
        engine.settle().await;
        assert_eq!(world.mailbox.posts().len(), 2);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn an_earlier_wake_up_wakes_a_timer_that_sleeps_for_a_later_one() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.open_round()).await;
        engine.settle().await;
        // The timer now sleeps until the round closes; the invitation adds a reminder before that.
        submit(&engine, world.invite(&[("lee", Locale::Ko)])).await;
        world.clock.advance_to(at("2026-03-10T00:00:00Z"));
        assert_eq!(world.mailbox.at_least(2).await.len(), 2);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_letter_to_a_role_goes_to_each_person_who_holds_it_once() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.register_hospital()).await;
        for (account, locale) in [(10, Locale::Ko), (11, Locale::En)] {
            submit(&engine, world.open_account(account, locale)).await;
            submit(&engine, world.add_coordinator(account)).await;
        }
        submit(&engine, world.open_round()).await;
        world.clock.advance_to(at("2026-04-01T03:00:00Z"));
        engine.settle().await;
        let posts = world.mailbox.posts();
        assert_eq!(
            recipients(&posts),
            ["person10@hospital.example", "person11@hospital.example"]
        );
        let ids: BTreeSet<&str> = posts.iter().map(naru_engine::mail::Post::id).collect();
        assert_eq!(ids.len(), 2);
        let subjects: Vec<String> = posts.iter().map(|post| subject(post.bytes())).collect();
        assert!(
            subjects
                .iter()
                .any(|subject| subject.contains("Reminder: Clinical feedback"))
        );
        assert!(
            subjects
                .iter()
                .any(|subject| subject.contains("다시 알림: 임상 의견 수렴"))
        );
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_letter_to_a_role_that_nobody_holds_waits_for_a_person_who_can_retry_it() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.register_hospital()).await;
        submit(&engine, world.open_round()).await;
        world.clock.advance_to(at("2026-04-01T03:00:00Z"));
        engine.settle().await;
        let incidents = engine.store().incidents().await.unwrap();
        assert_eq!(incidents.len(), 1);
        let report = IncidentReport::read(&incidents[0].reason);
        assert_eq!(report.code, "NOBODY_TO_WRITE_TO");
        assert!(report.words.en.contains("“Coordinator”"), "{report:?}");
        assert!(report.words.ko.contains("‘코디네이터’"), "{report:?}");
        submit(&engine, world.open_account(10, Locale::Ko)).await;
        submit(&engine, world.add_coordinator(10)).await;
        let retried = engine.retry_incident(incidents[0].id).await.unwrap();
        assert_eq!(retried, RetriedIncident::EffectWaits);
        engine.settle().await;
        assert_eq!(
            recipients(&world.mailbox.posts()),
            ["person10@hospital.example"]
        );
        assert!(engine.store().incidents().await.unwrap().is_empty());
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_message_that_a_rule_refuses_becomes_an_incident_that_says_which() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.open_round()).await;
        // There is no case, so the report of the round finds nobody.
        submit(&engine, world.close_round()).await;
        engine.settle().await;
        let incidents = engine.store().incidents().await.unwrap();
        assert_eq!(incidents.len(), 1);
        let report = IncidentReport::read(&incidents[0].reason);
        assert_eq!(report.code, "NOT_FOUND");
        assert!(report.words.ko.contains("거절되었습니다"), "{report:?}");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_refused_message_is_decided_anew_once_the_cause_is_gone() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        let open = world.open_round();
        let suspend = Submission {
            command: Command::FeedbackRound(FeedbackCommand::Suspend),
            command_id: id(9_999),
            ..open.clone()
        };
        assert_eq!(code(engine.submit(suspend.clone()).await), "NOT_FOUND");
        submit(&engine, open).await;
        assert!(!submit(&engine, suspend.clone()).await.replayed);
        assert!(submit(&engine, suspend).await.replayed);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_refused_command_in_a_crowd_fails_alone() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.open_round()).await;
        let crowd = (0..100).map(|n| {
            let submission = if n == 50 {
                world.submission(
                    id::<FeedbackRoundId>(ROUND),
                    coordinator(),
                    Command::FeedbackRound(FeedbackCommand::Wake),
                )
            } else {
                world.open_round_number(1000 + n)
            };
            engine.submit(submission)
        });
        let outcomes = futures_util::future::join_all(crowd).await;
        for (n, outcome) in outcomes.into_iter().enumerate() {
            if n == 50 {
                assert_eq!(code(outcome), "NOT_ALLOWED");
            } else {
                assert!(outcome.is_ok(), "{n}: {outcome:?}");
            }
        }
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_take_its_command_along() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        let open = world.open_round();
        let command_id = open.command_id;
        let caller = tokio::spawn({
            let engine = engine.clone();
            async move { engine.submit(open).await }
        });
        // The caller runs once, up to the point where it waits for its answer.
        tokio::task::yield_now().await;
        caller.abort();
        let _ = caller.await;
        engine
            .watch()
            .wait_for(|position| 0 < *position)
            .await
            .unwrap();
        assert!(
            engine
                .store()
                .command_answer(command_id)
                .await
                .unwrap()
                .is_some()
        );
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_shutdown_writes_everything_that_waits_and_takes_nothing_more() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        let waiting: Vec<_> = (0..600)
            .map(|n| {
                let submission = world.open_round_number(1000 + n);
                let (engine, round) = (engine.clone(), submission.aggregate);
                tokio::spawn(async move { (round, engine.submit(submission).await) })
            })
            .collect();
        tokio::task::yield_now().await;
        engine.shutdown().await;
        assert!(matches!(
            engine.submit(world.open_round()).await,
            Err(Refusal::Fault(Fault::Closing))
        ));
        drop(engine);
        let outcomes = futures_util::future::join_all(waiting).await;
        let engine = world.engine().await;
        let mut n_accepted = 0;
        for outcome in outcomes {
            let (round, outcome) = outcome.unwrap();
            let there = engine.store().load(round).await.unwrap().is_some();
            match outcome {
                Ok(_) => {
                    n_accepted += 1;
                    assert!(there, "acknowledged and lost");
                }
                Err(Refusal::Fault(Fault::Closing)) => assert!(!there, "refused and written"),
                Err(refusal) => panic!("{refusal:?}"),
            }
        }
        assert!(0 < n_accepted);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_shutdown_signs_a_checkpoint_over_everything_and_a_crash_does_not() {
    for kind in kinds() {
        for (crash, signed) in [(false, true), (true, false)] {
            let world = World::on(&kind).await;
            let engine = world.engine().await;
            submit(&engine, world.open_round()).await;
            if crash {
                engine.kill().await;
            } else {
                engine.shutdown().await;
            }
            drop(engine);
            let store = Store::open(world.store_options()).await.unwrap();
            let new = store.sign_checkpoint(world.clock.now()).await.unwrap();
            assert_eq!(new.is_none(), signed);
        }
    }
}

#[tokio::test]
async fn whatever_was_acknowledged_before_a_crash_is_there_after_it_and_letters_follow() {
    for kind in kinds() {
        for crash_after in [0, 1, 2, 5, 20] {
            let world = World::on(&kind).await;
            let engine = world.engine().await;
            submit(&engine, world.open_round()).await;
            let invitation = submit(
                &engine,
                world.invite(&[("lee", Locale::Ko), ("park", Locale::En)]),
            )
            .await;
            for _ in 0..crash_after {
                tokio::task::yield_now().await;
            }
            engine.kill().await;
            drop(engine);
            let engine = world.engine().await;
            engine.settle().await;
            let round: FeedbackRoundId = id(ROUND);
            let loaded = engine.store().load(round.into()).await.unwrap().unwrap();
            assert_eq!(loaded.version, invitation.version);
            let posts = world.mailbox.posts();
            let ids: BTreeSet<&str> = posts.iter().map(naru_engine::mail::Post::id).collect();
            assert_eq!(
                ids.len(),
                2,
                "no letter is lost, and one sent twice has the same id"
            );
            engine.shutdown().await;
        }
    }
}

#[tokio::test]
async fn links_in_letters_open_with_the_key_of_the_next_start_too() {
    for kind in kinds() {
        let world = World::on(&kind).await;
        let engine = world.engine().await;
        submit(&engine, world.open_round()).await;
        submit(&engine, world.invite(&[("lee", Locale::Ko)])).await;
        engine.settle().await;
        engine.shutdown().await;
        drop(engine);
        let engine = world.engine().await;
        let posts = world.mailbox.posts();
        let read = mail_parser::MessageParser::default()
            .parse(posts[0].bytes())
            .unwrap();
        let text = read.body_text(0).unwrap();
        let token = text
            .split("/l/")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap();
        assert!(engine.link_key().verify(token).is_some());
        engine.shutdown().await;
    }
}
