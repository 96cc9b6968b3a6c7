//! Notes that call somebody by name: only whoever may read them, and nobody learns anything of anybody else.

use super::world::{World, text_of};
use naru_domain::AccountId;
use serde_json::{Value, json};

fn note(consultation: &str, mentions: &[String]) -> Value {
    json!({
        "consultationId": consultation, "audience": ["HOSPITAL", "CONSULTANCY"], "text": "시험 항목을 함께 봐 주세요.",
        "mentions": mentions,
    })
}

/// The account of somebody by the place among the people of the tests: 2 is the coordinator, 5 the consultant.
fn account(place: u128) -> String {
    text_of::<AccountId>(100 + place)
}

#[tokio::test]
async fn a_note_names_whom_it_calls_to_those_who_read_it() {
    let world = World::new().await;
    let things = world.things().await;
    let (coordinator, director) = (account(2), account(3));
    let shown = "consultation { notes { nodes { mentions { name } } } }";
    let input = note(
        &things.consultation,
        &[coordinator, director.clone(), director],
    );
    let payload = world.done("consultant", "addNote", input, shown).await;
    let mentions = json!([{ "name": "coordinator 님" }, { "name": "director 님" }]);
    assert_eq!(
        payload["consultation"]["notes"]["nodes"][0]["mentions"],
        mentions
    );
    let query = "query($id: ID!) { node(id: $id) { ... on Consultation { notes { nodes { mentions { name } } } } } }";
    let seen = |who: &'static str| world.data(who, query, json!({ "id": things.consultation }));
    assert_eq!(
        seen("director").await["node"]["notes"]["nodes"][0]["mentions"],
        mentions
    );
    let none = json!([]);
    assert_eq!(seen("owner").await["node"]["notes"]["nodes"], none);
}

#[tokio::test]
async fn whoever_could_not_read_a_note_is_refused_like_an_account_that_is_not_there() {
    let world = World::new().await;
    let things = world.things().await;
    // The startup's owner, who is no reader of this note, a stranger, a clinician of the hospital, nobody, and no id at all.
    let nobody = text_of::<AccountId>(9_999);
    let others = [
        account(0),
        account(1),
        account(4),
        nobody,
        "account".to_owned(),
    ];
    let mut answers = Vec::new();
    for other in others {
        let input = note(&things.consultation, &[account(2), other]);
        let payload = world.act("consultant", "addNote", input, "version").await;
        assert_eq!(payload["userErrors"][0]["field"], "mentions");
        answers.push(payload["userErrors"].clone());
    }
    assert_eq!(answers[0][0]["code"], "MENTIONED_CANNOT_READ");
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    let crowd: Vec<String> = (0..30).map(|n| text_of::<AccountId>(500 + n)).collect();
    let input = note(&things.consultation, &crowd);
    assert_eq!(
        world.refused("consultant", "addNote", input).await,
        "TOO_MANY_MENTIONED"
    );
}
