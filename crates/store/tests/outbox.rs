//! The outbox: at least once, under one id, and a person sees what cannot be done.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use jiff::{SignedDuration, Timestamp};
use naru_domain::{Actor, Effect, EffectId, Letter, LetterKind, Recipient, Role, TypedId};
use naru_store::{Claim, Expansion, OutboxId, OutboxStatus, RetriedIncident, Store};
use support::databases::kinds;
use support::{Folder, account_id, now, organization, register};
use uuid::Uuid;

fn later(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn effect(position: u32) -> OutboxId {
    OutboxId {
        effect: EffectId {
            aggregate: organization(1),
            version: 1,
            position,
        },
        part: 0,
    }
}

/// A folder with an organization and letters that no aggregate of today sends from there.
async fn with_letters(folder: &Folder, count: u32) -> Store {
    let mut committer = folder.committer().await;
    assert!(
        committer
            .commit(now(), vec![register(1, organization(1))])
            .await[0]
            .is_ok()
    );
    drop(committer);
    for position in 0..count {
        let letter = Letter {
            kind: LetterKind::CaseOpened,
            case: Some(naru_domain::CaseId::from_uuid(Uuid::from_u128(7))),
            stage_title: None,
            due: None,
        };
        let to = Recipient::RoleIn {
            organization: naru_domain::OrganizationId::from_uuid(Uuid::from_u128(1)),
            role: Role::Coordinator,
            except: std::collections::BTreeSet::new(),
        };
        let payload = serde_json::to_string(&Effect::SendLetter { letter, to }).unwrap();
        let at = now().as_microsecond();
        folder
            .sql(&format!(
                "insert into outbox (effect_id, part, position, payload, created_at_us, next_attempt_us)
                 values ('{}', 0, 1, '{payload}', {at}, {at})",
                effect(position).effect
            ))
            .await;
    }
    folder.store().await
}

#[tokio::test]
async fn a_claimed_effect_is_nobody_elses_until_its_time_is_over_and_never_again_once_done() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = with_letters(&folder, 2).await;
        let first = store.claim_effects(now(), later(60), 1).await.unwrap();
        let second = store.claim_effects(now(), later(60), 5).await.unwrap();
        assert_eq!((first.len(), second.len()), (1, 1));
        assert_ne!(first[0].id, second[0].id);
        assert!(
            store
                .claim_effects(later(59), later(90), 5)
                .await
                .unwrap()
                .is_empty()
        );

        store.acknowledge(later(1), &[first[0].id]).await.unwrap();
        store.acknowledge(later(2), &[first[0].id]).await.unwrap();
        let again = store.claim_effects(later(60), later(120), 5).await.unwrap();
        assert_eq!(
            again.iter().map(|e| e.id).collect::<Vec<_>>(),
            [second[0].id]
        );
    }
}

#[tokio::test]
async fn claims_die_with_the_process_and_acknowledgments_do_not() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = with_letters(&folder, 2).await;
        let claimed = store.claim_effects(now(), later(3_600), 2).await.unwrap();
        store.acknowledge(now(), &[claimed[0].id]).await.unwrap();
        drop(store);
        let store = folder.store().await;
        let again = store.claim_effects(now(), later(60), 5).await.unwrap();
        assert_eq!(
            again.iter().map(|e| e.id).collect::<Vec<_>>(),
            [claimed[1].id]
        );
    }
}

#[tokio::test]
async fn a_letter_to_a_role_becomes_one_letter_a_person_once() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = with_letters(&folder, 1).await;
        let pending = store
            .claim_effects(now(), later(60), 1)
            .await
            .unwrap()
            .remove(0);
        let people: Vec<_> = (1..=3)
            .map(|n| Recipient::Account {
                account: account_id(n),
            })
            .collect();
        let letters = [Expansion {
            pending,
            recipients: people,
        }];
        store.expand(now(), &letters).await.unwrap();
        store.expand(now(), &letters).await.unwrap();
        let parts = store.claim_effects(now(), later(60), 10).await.unwrap();
        assert_eq!(
            parts.iter().map(|e| e.id.part).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert_eq!(parts[1].id.to_string().parse(), Ok(parts[1].id));
        assert!(
            matches!(&parts[2].effect, Effect::SendLetter { to: Recipient::Account { account }, .. } if *account == account_id(3))
        );
    }
}

#[tokio::test]
async fn what_failed_waits_and_what_failed_too_often_waits_for_a_person() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = with_letters(&folder, 1).await;
        let pending = store
            .claim_effects(now(), later(60), 1)
            .await
            .unwrap()
            .remove(0);
        store
            .postpone(pending.id, later(30), "421 try later")
            .await
            .unwrap();
        assert_eq!(store.next_attempt().await.unwrap(), Some(later(30)));
        assert!(
            store
                .claim_effects(later(29), later(60), 1)
                .await
                .unwrap()
                .is_empty()
        );
        let pending = store
            .claim_effects(later(30), later(60), 1)
            .await
            .unwrap()
            .remove(0);
        assert_eq!(pending.attempts, 1);

        store
            .open_incident(later(31), pending.id, "550 no such mailbox")
            .await
            .unwrap();
        assert_eq!(store.next_attempt().await.unwrap(), None);
        let incidents = store.incidents().await.unwrap();
        assert_eq!(
            (incidents.len(), incidents[0].reason.as_str()),
            (1, "550 no such mailbox")
        );
        let log = store.outbox_log(None, 10).await.unwrap();
        assert_eq!(
            (log[0].attempts, &log[0].status),
            (2, &OutboxStatus::Stopped { since: later(31) })
        );
        let entry = store.outbox_entry(log[0].id).await.unwrap();
        assert_eq!(entry.as_ref(), Some(&log[0]));
        let nothing = naru_store::OutboxId {
            part: 9,
            ..log[0].id
        };
        assert_eq!(store.outbox_entry(nothing).await.unwrap(), None);

        assert_eq!(
            store
                .retry_incident(later(32), incidents[0].id)
                .await
                .unwrap(),
            RetriedIncident::EffectWaits
        );
        assert_eq!(
            store
                .retry_incident(later(32), incidents[0].id)
                .await
                .unwrap(),
            RetriedIncident::Unknown
        );
        assert_eq!(
            store.claim_effects(later(32), later(60), 1).await.unwrap()[0].attempts,
            0
        );
    }
}

#[tokio::test]
async fn a_message_that_is_accepted_is_acknowledged_in_the_same_transaction() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = with_letters(&folder, 2).await;
        let mut committer = support::committer_of(&store);
        let mut message = support::rename(9, organization(1), "둘");
        message.actor = Actor::message(effect(0).effect);
        let refused = committer.commit(now(), vec![message]).await;
        assert_eq!(support::rejection(&refused[0]).code(), "NOT_ALLOWED");
        assert_eq!(
            store.claim_effects(now(), now(), 5).await.unwrap().len(),
            2,
            "a refused message was not delivered"
        );

        // A name that is the same already: accepted from anybody who may, and nothing happens.
        let mut message = support::rename(10, organization(1), "나루 심전도");
        message.actor = Actor {
            who: naru_domain::Who::Message(effect(0).effect),
            ..Actor::machine()
        };
        message.actor.memberships = vec![naru_domain::Membership {
            organization: naru_domain::OrganizationId::from_uuid(Uuid::from_u128(1)),
            role: Role::StartupAdmin,
        }];
        let accepted = committer.commit(now(), vec![message]).await;
        assert!(accepted[0].is_ok(), "{accepted:?}");
        let left = store.claim_effects(now(), later(1), 5).await.unwrap();
        assert_eq!(left.iter().map(|e| e.id).collect::<Vec<_>>(), [effect(1)]);
    }
}

#[tokio::test]
async fn one_effect_can_be_asked_for_by_whoever_knows_its_aggregate() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = with_letters(&folder, 3).await;
        let all = [organization(1), organization(2)];
        let ready = store.ready_effects(&all).await.unwrap();
        assert_eq!(ready, [effect(0), effect(1), effect(2)]);
        assert_eq!(store.due_effects(now(), 9).await.unwrap(), ready);
        assert_eq!(
            store.waiting_aggregates(None, 9).await.unwrap(),
            [organization(1)]
        );
        let after = Some(organization(1));
        assert_eq!(store.waiting_aggregates(after, 9).await.unwrap(), []);

        let claim = |at| store.claim_effect(effect(0), at, later(100));
        assert!(matches!(claim(now()).await.unwrap(), Claim::Taken(_)));
        assert_eq!(claim(now()).await.unwrap(), Claim::InOtherHands);
        store.release_effect(effect(0));
        assert!(matches!(claim(now()).await.unwrap(), Claim::Taken(_)));
        store.postpone(effect(0), later(10), "421").await.unwrap();
        assert_eq!(claim(now()).await.unwrap(), Claim::NotBefore(later(10)));
        let Claim::Taken(pending) = claim(later(10)).await.unwrap() else {
            panic!("it may be tried now");
        };
        assert_eq!(pending.attempts, 1);
        store.acknowledge(later(11), &[effect(0)]).await.unwrap();
        assert_eq!(claim(later(12)).await.unwrap(), Claim::NothingToDo);
        let ready = store.ready_effects(&all).await.unwrap();
        assert_eq!(ready, [effect(1), effect(2)], "also what is claimed");
    }
}
