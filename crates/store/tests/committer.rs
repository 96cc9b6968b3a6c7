//! What the committer promises, on a real folder.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use naru_domain::account::AccountCommand;
use naru_domain::{Actor, Command, CommonRejection, Locale, State};
use naru_store::{Refusal, RetriedIncident, Store, StoreError};
use std::pin::pin;
use std::task::{Context as Waiting, Waker};
use support::databases::kinds;
use support::{Folder, account, command, organization, register, rename, submission};

#[tokio::test]
async fn a_command_is_durable_once_it_is_answered() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let id = organization(1);
        let mut committer = folder.committer().await;
        let outcomes = committer
            .commit(support::now(), vec![register(1, id), rename(2, id, "둘")])
            .await;
        let receipts: Vec<_> = outcomes.into_iter().map(Result::unwrap).collect();
        assert_eq!(
            receipts
                .iter()
                .map(|r| (r.version, r.position))
                .collect::<Vec<_>>(),
            [(1, 1), (2, 2)]
        );
        drop(committer);

        let store = folder.store().await;
        let loaded = store.load(id).await.unwrap().unwrap();
        let State::Organization(organization) = &loaded.state else {
            panic!("wrong kind")
        };
        assert_eq!((loaded.version, organization.name.ko.as_str()), (2, "둘"));
        let events = store.events_of(id).await.unwrap();
        assert_eq!(
            events
                .iter()
                .map(|e| (e.position, e.version))
                .collect::<Vec<_>>(),
            [(1, 1), (2, 2)]
        );
        assert_eq!(events[0].actor, Actor::machine());
        assert_eq!(events[0].at, support::now());
        assert_eq!(store.events_after(1, 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_command_id_seen_before_gets_the_first_answer_accepted_or_refused() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let id = organization(1);
        let mut committer = folder.committer().await;
        let first = committer
            .commit(support::now(), vec![register(1, id), register(2, id)])
            .await;
        assert_eq!(first[0].as_ref().unwrap().version, 1);
        assert_eq!(
            support::rejection(&first[1]),
            CommonRejection::AlreadyExists.into()
        );

        let again = committer
            .commit(
                support::now(),
                vec![register(1, id), register(2, id), register(1, id)],
            )
            .await;
        let receipt = again[0].as_ref().unwrap();
        assert!(receipt.replayed && receipt.version == 1);
        assert_eq!(
            support::rejection(&again[1]),
            CommonRejection::AlreadyExists.into()
        );
        assert!(again[2].as_ref().unwrap().replayed);

        let store = folder.reopen(committer).await;
        let answer = store.command_answer(command(2)).await.unwrap().unwrap();
        assert_eq!(
            answer.rejection,
            Some(CommonRejection::AlreadyExists.into())
        );
        assert_eq!(store.last_position().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_command_id_with_other_content_is_refused_in_the_same_batch_and_later() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let mut committer = folder.committer().await;
        let batch = vec![register(1, organization(1)), register(1, organization(2))];
        let outcomes = committer.commit(support::now(), batch).await;
        assert_eq!(
            support::rejection(&outcomes[1]),
            CommonRejection::CommandIdReused.into()
        );
        let outcomes = committer
            .commit(support::now(), vec![register(1, organization(2))])
            .await;
        assert_eq!(
            support::rejection(&outcomes[0]),
            CommonRejection::CommandIdReused.into()
        );
    }
}

#[tokio::test]
async fn a_version_that_moved_on_is_a_conflict() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let id = organization(1);
        let mut committer = folder.committer().await;
        let mut first = rename(2, id, "하나");
        first.expected_version = Some(1);
        let mut second = rename(3, id, "둘");
        second.expected_version = Some(1);
        let outcomes = committer
            .commit(support::now(), vec![register(1, id), first, second])
            .await;
        assert_eq!(outcomes[1].as_ref().unwrap().version, 2);
        assert_eq!(
            support::rejection(&outcomes[2]),
            CommonRejection::Conflict {
                expected: 1,
                actual: 2
            }
            .into()
        );
        let mut unknown = rename(4, organization(9), "셋");
        unknown.expected_version = Some(1);
        let outcomes = committer.commit(support::now(), vec![unknown]).await;
        assert_eq!(
            support::rejection(&outcomes[0]),
            CommonRejection::NotFound.into()
        );
    }
}

#[tokio::test]
async fn an_address_belongs_to_one_open_account_also_within_a_batch() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let open = |n, id, email: &str| {
            submission(
                n,
                id,
                Command::Account(AccountCommand::Open {
                    email: email.parse().unwrap(),
                    name: "김하늘".parse().unwrap(),
                    name_en: None,
                    locale: Locale::Ko,
                }),
            )
        };
        let mut committer = folder.committer().await;
        let batch = vec![
            open(1, account(1), "haneul@example.com"),
            open(2, account(2), "Haneul@Example.com"),
            open(3, account(3), "other@example.com"),
        ];
        let outcomes = committer.commit(support::now(), batch).await;
        assert!(outcomes[0].is_ok() && outcomes[2].is_ok());
        assert_eq!(support::rejection(&outcomes[1]).code(), "EMAIL_TAKEN");
        let outcomes = committer
            .commit(
                support::now(),
                vec![open(4, account(4), "other@example.com")],
            )
            .await;
        assert_eq!(support::rejection(&outcomes[0]).code(), "EMAIL_TAKEN");
        assert!(
            committer
                .commit(
                    support::now(),
                    vec![open(5, account(4), "third@example.com")]
                )
                .await[0]
                .is_ok()
        );
    }
}

#[tokio::test]
async fn a_second_process_and_a_newer_schema_get_clear_errors() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = folder.store().await;
        let second = Store::open(folder.options()).await;
        assert!(
            matches!(second, Err(StoreError::AlreadyOpen { .. })),
            "{second:?}"
        );
        drop(store);
        folder.sql("insert into _sqlx_migrations (version, description, success, checksum, execution_time) select 900, 'later', success, checksum, 1 from _sqlx_migrations where version = 1").await;
        let newer = Store::open(folder.options()).await;
        assert!(
            matches!(newer, Err(StoreError::TooNew { found: 900, .. })),
            "{newer:?}"
        );
    }
}

#[tokio::test]
async fn a_commit_that_is_dropped_half_way_is_as_if_it_had_not_been_asked() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let mut committer = folder.committer().await;
        let store = committer.store().clone();
        for polls in 0..40_u128 {
            let id = organization(polls);
            {
                let mut commit =
                    pin!(committer.commit(support::now(), vec![register(1_000 + polls, id)]));
                let mut waiting = Waiting::from_waker(Waker::noop());
                for _ in 0..polls {
                    if commit.as_mut().poll(&mut waiting).is_ready() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
            }
            let outcomes = committer
                .commit(
                    support::now(),
                    vec![rename(2_000 + polls, id, "둘"), register(1_000 + polls, id)],
                )
                .await;
            let version = store.load(id).await.unwrap().unwrap().version;
            // Either it was written before, and this was the second event, or it was written now.
            assert_eq!(version, if outcomes[0].is_ok() { 2 } else { 1 });
        }
        assert!(store.verify(None).await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_broken_history_stops_that_aggregate_alone_until_it_is_repaired() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let mut committer = folder.committer().await;
        let batch = vec![
            register(1, organization(1)),
            register(2, organization(2)),
            rename(3, organization(1), "둘"),
        ];
        let outcomes = committer.commit(support::now(), batch).await;
        assert!(outcomes.iter().all(Result::is_ok));
        drop(committer);
        folder
            .sql(folder.either(
                "drop trigger event_is_never_updated",
                "drop trigger event_is_never_updated on event",
            ))
            .await;
        folder
            .sql("update event set version = 7 where position = 3")
            .await;
        let mut committer = folder.committer().await;
        let batch = vec![
            rename(4, organization(1), "셋"),
            rename(5, organization(2), "셋"),
            rename(6, organization(1), "넷"),
        ];
        let outcomes = committer.commit(support::now(), batch.clone()).await;
        for stopped in [&outcomes[0], &outcomes[2]] {
            assert_eq!(support::rejection(stopped), CommonRejection::Stopped.into());
        }
        assert!(outcomes[1].is_ok());
        let store = committer.store();
        let incident = store.incidents().await.unwrap().remove(0);
        assert_eq!(
            (incident.aggregate, incident.effect),
            (organization(1), None)
        );
        assert_eq!(store.incidents().await.unwrap().len(), 1);
        let still = store.retry_incident(support::now(), incident.id).await;
        assert_eq!(still.unwrap(), RetriedIncident::StillBroken);
        drop(committer);

        folder
            .sql("update event set version = 2 where position = 3")
            .await;
        let mut committer = folder.committer().await;
        let store = committer.store();
        let repaired = store.retry_incident(support::now(), incident.id).await;
        assert_eq!(repaired.unwrap(), RetriedIncident::AggregateGoesOn);
        assert!(store.incidents().await.unwrap().is_empty());
        // The refusal was not kept as the first answer: the same command is carried out now.
        let outcomes = committer
            .commit(support::now(), vec![batch[0].clone()])
            .await;
        assert!(outcomes[0].is_ok());
    }
}

#[tokio::test]
async fn a_command_that_the_schema_refuses_fails_alone() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        drop(folder.store().await);
        folder.trap().await;
        let mut committer = folder.committer().await;
        let batch = vec![
            register(1, organization(1)),
            rename(2, organization(1), "덫"),
            rename(3, organization(1), "셋"),
        ];
        let outcomes = committer.commit(support::now(), batch).await;
        assert!(outcomes[0].is_ok() && outcomes[2].is_ok(), "{outcomes:?}");
        assert!(matches!(
            outcomes[1],
            Err(Refusal::Fault(StoreError::Refused { .. }))
        ));
        let store = committer.store();
        let version = store.load(organization(1)).await.unwrap().unwrap().version;
        assert_eq!(version, 2);
        assert!(store.verify(None).await.unwrap().is_ok());
    }
}
