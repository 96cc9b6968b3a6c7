//! Notes that call somebody by name, and the letters that follow.

use super::advice::consultation;
use super::world::{World, account_of};
use axum::http::StatusCode;
use mail_parser::MessageParser;
use std::time::Duration;

/// Every letter so far: to whom, and its subject.
fn letters(world: &World) -> Vec<(String, String)> {
    let posts = world.mailbox.posts();
    let letters = posts.iter().map(|post| {
        let letter = MessageParser::default().parse(post.bytes()).unwrap();
        let to = letter.to().unwrap().first().unwrap().address().unwrap();
        (to.to_owned(), letter.subject().unwrap().to_owned())
    });
    letters.collect()
}

/// How many letters with these words somebody got.
fn count(world: &World, who: &str, words: &str) -> usize {
    let to = format!("{who}@people.example");
    let meant = |letter: &&(String, String)| letter.0 == to && letter.1.contains(words);
    letters(world).iter().filter(meant).count()
}

/// Waits until somebody got so many letters with these words.
async fn wait_for(world: &World, who: &str, words: &str, number: usize) {
    let arrived = async {
        while count(world, who, words) < number {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let arrived = tokio::time::timeout(Duration::from_secs(20), arrived).await;
    assert!(arrived.is_ok(), "{who}, {words}: {:?}", letters(world));
}

const ALL: (&str, &str) = ("audience", "startup+hospital+consultancy");

#[tokio::test]
async fn whoever_wrote_can_be_mentioned_and_gets_one_letter_about_the_note() {
    let world = World::new().await;
    let case = world.case().await;
    let page = consultation(&world, case).await;
    let mut consultant = world.signed_in("consultant").await;
    let alone = consultant.page(&page).await.html;
    assert!(
        !alone.contains("name=\"mentions\""),
        "nobody to mention yet"
    );
    let mut coordinator = world.signed_in("coordinator").await;
    let first = [("act", "note"), ("text", "환자 자료를 찾고 있습니다."), ALL];
    let done = coordinator.fill(&page, &page, &first).await;
    assert_eq!(done.leads_to(), format!("{page}?done=noted"));
    let offered = consultant.page(&page).await.html;
    assert!(
        offered.contains("정유진, 한빛대학교병원</span>"),
        "{offered}"
    );
    let own = coordinator.page(&page).await.html;
    assert!(own.contains("오세린</span>") && own.contains("서지훈</span>"));

    let called = account_of("coordinator").to_string();
    let ticked = format!("name=\"mentions\" value=\"{called}\" checked");
    let mention = ("mentions", called.as_str());
    let narrow = ("audience", "startup+consultancy");
    let note = [
        ("act", "note"),
        ("text", "<b>두 살 미만</b>은 몇 명입니까?"),
        mention,
    ];
    let refused = consultant
        .fill(&page, &page, &[note[0], note[1], note[2], narrow])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.html.contains("id=\"note-mentions-error\"") && refused.html.contains(&ticked));
    assert!(refused.html.contains("href=\"#note-mentions\""));
    let done = consultant
        .fill(&page, &page, &[note[0], note[1], note[2], ALL])
        .await;
    assert_eq!(done.leads_to(), format!("{page}?done=noted"));

    wait_for(&world, "coordinator", "언급", 1).await;
    // The others of the same side hear of a note, and whoever is called not a second time; the first note told the startup, too.
    wait_for(&world, "colleague", "새 노트", 1).await;
    wait_for(&world, "owner", "새 노트", 2).await;
    assert_eq!(count(&world, "coordinator", "새 노트"), 0);
    let posts = world.mailbox.posts();
    let texts = posts
        .iter()
        .map(|post| String::from_utf8_lossy(post.bytes()));
    assert!(texts.into_iter().all(|text| !text.contains("두 살")));
    for (language, said) in [("ko", "언급: 정유진"), ("en", "Mentions: 정유진")] {
        let mut owner = world.signed_in("owner").await;
        owner.speaks(language);
        let seen = owner.page(&page).await;
        assert!(seen.html.contains(said), "{}", seen.html);
        super::look::assert_good(&seen, language, "a note that mentions");
        consultant.speaks(language);
        let form = consultant.page(&page).await;
        super::look::assert_good(&form, language, "whom a note can mention");
    }
}
