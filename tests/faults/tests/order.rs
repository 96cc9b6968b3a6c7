//! What one aggregate tells another arrives in the order it was said.

use naru_domain::{AggregateId, Effect, Who};
use naru_faults::script;
use naru_faults::world::shipped;
use naru_store::{Committer, Store, StoreOptions};
use std::collections::BTreeMap;

#[tokio::test]
async fn a_message_waits_for_the_earlier_ones_between_the_same_two() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreOptions::new(folder.path().join("data")))
        .await
        .unwrap();
    let mut committer = Committer::new(store.clone(), shipped());
    let story = script::story(5, 1_500);
    let mut now = story[0].at;
    for line in story
        .iter()
        .filter(|line| !matches!(line.submission.actor.who, Who::Message(_)))
    {
        now = line.at;
        let outcome = committer
            .commit(line.at, vec![line.submission.clone()])
            .await;
        assert!(
            !matches!(outcome[0], Err(naru_store::Refusal::Fault(_))),
            "{outcome:?}"
        );
    }
    let later = now + jiff::SignedDuration::from_hours(1);
    let mut last: BTreeMap<(AggregateId, AggregateId), u64> = BTreeMap::new();
    let (mut rounds, mut messages, mut most) = (0, 0, 0);
    loop {
        let claimed = store.claim_effects(now, later, 10_000).await.unwrap();
        if claimed.is_empty() {
            break;
        }
        rounds += 1;
        let mut pairs = 0;
        for pending in &claimed {
            let Effect::Deliver { to, .. } = &pending.effect else {
                continue;
            };
            let pair = (pending.id.effect.aggregate, *to);
            let before = last.insert(pair, pending.id.effect.version);
            assert!(
                before.is_none_or(|before| before < pending.id.effect.version),
                "{} overtook another",
                pending.id
            );
            pairs += 1;
        }
        let distinct: std::collections::BTreeSet<_> = claimed
            .iter()
            .filter_map(|pending| match &pending.effect {
                Effect::Deliver { to, .. } => Some((pending.id.effect.aggregate, *to)),
                Effect::SendLetter { .. } => None,
            })
            .collect();
        assert_eq!(
            distinct.len(),
            pairs,
            "two messages between the same two were claimed at once"
        );
        assert!(
            store
                .claim_effects(now, later, 10_000)
                .await
                .unwrap()
                .is_empty(),
            "what is being delivered holds back what follows"
        );
        messages += pairs;
        most = most.max(pairs);
        store
            .acknowledge(
                now,
                &claimed.iter().map(|pending| pending.id).collect::<Vec<_>>(),
            )
            .await
            .unwrap();
    }
    println!("{messages} messages in {rounds} rounds, at most {most} at once");
    assert!(
        1 < rounds && 0 < messages,
        "the story has no two messages between the same two"
    );
    assert_eq!(store.next_attempt().await.unwrap(), None);
}
