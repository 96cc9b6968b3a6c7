//! Lists give everything once, in order, page by page.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the allowances for tests do not reach the functions they share"
)]

mod support;

use naru_domain::{CaseId, DeviceId, Membership, OrganizationId, Role, TypedId};
use naru_store::{CaseScope, Store};
use std::collections::BTreeSet;
use std::fmt::Write;
use support::Folder;
use support::databases::kinds;
use uuid::Uuid;

fn organization(n: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(n))
}

fn case(n: u128) -> CaseId {
    CaseId::from_uuid(Uuid::from_u128(n))
}

/// Thirty cases of one hospital and two startups; each waits for the coordinator and for the startup, every third never falls due.
async fn thirty_cases(folder: &Folder) -> Store {
    drop(folder.store().await);
    let hash = "0".repeat(64);
    let mut text = String::new();
    for n in 0..30_u128 {
        let (id, hospital, startup) = (case(n), organization(1), organization(2 + n % 2));
        let device = DeviceId::from_uuid(Uuid::from_u128(7));
        let status = if n % 5 == 0 { "paused" } else { "running" };
        let due = if n % 3 == 0 {
            i64::MAX
        } else {
            1_000_000 - i64::try_from(n / 2).unwrap()
        };
        let _ = write!(text,
            "insert into case_row values ('{id}', '{}', '{startup}', '{hospital}', '{device}', 'p', '{hash}', 't', '{status}', {n}, null);
             insert into case_party values ('{hospital}', '{id}', '{status}', '{device}'), ('{startup}', '{id}', '{status}', '{device}');
             insert into task_row values ('{id}', 'triage', 'coordinator', '{hospital}', 'form', '분류', 'Triage', 1, {n}, {due}, null),
                                         ('{id}', 'triage', 'director', '{hospital}', 'form', '분류', 'Triage', 1, {n}, {due}, null),
                                         ('{id}', 'intake', 'startup_member', '{startup}', 'form', '접수', 'Intake', 1, {n}, {due}, null);",
            id.reference()
        );
    }
    folder.sql(&text).await;
    folder.store().await
}

#[tokio::test]
async fn the_inbox_gives_every_task_once_the_most_urgent_first_and_covers_lesser_roles() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = thirty_cases(&folder).await;
        let held = [
            Membership {
                organization: organization(1),
                role: Role::Coordinator,
            },
            Membership {
                organization: organization(1),
                role: Role::Director,
            },
            Membership {
                organization: organization(2),
                role: Role::StartupAdmin,
            },
        ];
        let whole = store.inbox(&held, None, 1_000).await.unwrap();
        assert_eq!(whole.len(), 30 + 30 + 15);
        let never: Vec<bool> = whole.iter().map(|task| task.due_at.is_none()).collect();
        assert!(never.is_sorted(), "what is never due comes last");
        assert!(whole.iter().filter_map(|task| task.due_at).is_sorted());

        for limit in [1, 2, 7] {
            let mut paged = Vec::new();
            let mut cursor = None;
            loop {
                let page = store.inbox(&held, cursor.as_ref(), limit).await.unwrap();
                let Some(last) = page.last() else { break };
                cursor = Some(last.cursor());
                paged.extend(page);
            }
            assert_eq!(paged, whole, "in pages of {limit}");
        }
        assert!(store.inbox(&[], None, 10).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_case_list_shows_each_case_of_any_of_the_organizations_once_the_newest_first() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = thirty_cases(&folder).await;
        let scope = CaseScope::Organizations(BTreeSet::from([organization(1), organization(2)]));
        for (scope, statuses, count) in [
            (&scope, &[][..], 30),
            (&scope, &["paused"][..], 6),
            (&scope, &["paused", "running"][..], 30),
            (&CaseScope::All, &["running"][..], 24),
            (
                &CaseScope::Organizations(BTreeSet::from([organization(3)])),
                &[][..],
                15,
            ),
            (
                &CaseScope::Organizations(BTreeSet::from([organization(9)])),
                &[][..],
                0,
            ),
        ] {
            let mut paged: Vec<CaseId> = Vec::new();
            loop {
                let page = store
                    .cases_of(scope, statuses, paged.last().copied(), 4)
                    .await
                    .unwrap();
                if page.is_empty() {
                    break;
                }
                paged.extend(page.iter().map(|case| case.case));
            }
            assert_eq!(paged.len(), count, "{scope:?} {statuses:?}");
            assert!(paged.is_sorted_by(|a, b| b < a));
        }
        assert_eq!(
            store
                .cases_by_reference(&case(3).reference())
                .await
                .unwrap(),
            [case(3)]
        );
    }
}

#[tokio::test]
async fn whoever_is_in_a_case_of_a_device_is_a_party_to_it_and_nobody_else() {
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        let store = thirty_cases(&folder).await;
        let device = |n: u128| DeviceId::from_uuid(Uuid::from_u128(n));
        for (asked, of, is_party) in [(1, 7, true), (2, 7, true), (9, 7, false), (1, 8, false)] {
            let found = store.is_party_to_device(organization(asked), device(of));
            assert_eq!(found.await.unwrap(), is_party, "{asked} of {of}");
        }
    }
}

/// Ten engagements of one consultancy and two of another: every third is closed, every fifth of the rest withdrawn.
#[tokio::test]
async fn engagements_come_newest_first_and_by_whether_they_are_over() {
    let consultation = |n: u128| naru_domain::ConsultationId::from_uuid(Uuid::from_u128(n));
    for kind in kinds() {
        let folder = Folder::on(&kind).await;
        drop(folder.store().await);
        let mut text = String::new();
        for n in 1..=12_u128 {
            let status = match n {
                3 | 6 | 9 | 12 => "closed",
                5 | 10 => "withdrawn",
                _ => "open",
            };
            let consultancy = organization(if n <= 10 { 8 } else { 9 });
            let _ = write!(
                text,
                "insert into consultation_row values ('{}', '{}', 'regulatory', '{consultancy}', '{status}');",
                consultation(n),
                case(n)
            );
        }
        folder.sql(&text).await;
        let store = folder.store().await;
        let found = async |statuses: &[&str], before: Option<u128>, limit| -> Vec<u128> {
            let before = before.map(consultation);
            let rows = store.consultations_of(organization(8), statuses, before, limit);
            let rows = rows.await.unwrap().into_iter();
            rows.map(|row| row.consultation.uuid().as_u128()).collect()
        };
        assert_eq!(found(&["open"], None, 20).await, [8, 7, 4, 2, 1]);
        let over = ["closed", "withdrawn"];
        assert_eq!(found(&over, None, 20).await, [10, 9, 6, 5, 3]);
        assert_eq!(found(&over, None, 2).await, [10, 9]);
        assert_eq!(found(&over, Some(9), 2).await, [6, 5]);
        assert_eq!(found(&[], Some(4), 20).await, [3, 2, 1]);
    }
}
