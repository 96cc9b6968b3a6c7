use super::*;

#[tokio::test]
async fn everybody_reads_the_pathways_with_their_programmes_and_sources() {
    let world = World::new().await;
    let document = "{ pathways { id version hash title(language: KO) programme { host sites facts { text source validFrom unconfirmed } } stages { id kind } } }";
    let seen = world.ask("stranger", document, json!({})).await;
    let pathways = seen["pathways"].as_array().unwrap();
    let ids: Vec<&str> = pathways
        .iter()
        .map(|pathway| pathway["id"].as_str().unwrap())
        .collect();
    assert_eq!(
        ids,
        [
            "asan-validation-platform",
            "samsung-joint-research",
            "yonsei-medtech-validation-support"
        ]
    );
    for pathway in pathways {
        assert_eq!(pathway["hash"].as_str().unwrap().len(), 64);
        let facts = pathway["programme"]["facts"].as_array().unwrap();
        assert!(
            !facts.is_empty()
                && facts
                    .iter()
                    .all(|fact| !fact["source"].as_str().unwrap().is_empty())
        );
    }
}

#[tokio::test]
async fn a_pathway_tells_every_stage_with_its_work_its_due_day_and_its_condition_in_words() {
    let world = World::new().await;
    let document = "query($id: ID!) { pathway(id: $id) { drawing stages {
        id step needs owner en: when(language: EN) ko: when(language: KO) due { days counted } reminders escalation { workingDaysAfter to }
        work { __typename
            ... on PathwayForm { fields { name type required when options { value } maxLength } rules { field must message } }
            ... on PathwayApproval { approvalsNeeded sendBackTo seats { id title role } }
            ... on PathwayMatching { wanted { role count } answerWithin { days } }
            ... on PathwayStudy { summative participantsPerGroup groups { value } tasks { id critical } }
            ... on PathwayFeedback { questionnaire anonymityThreshold openFor { days counted } }
            ... on PathwayConsultation { about asks }
            ... on PathwayAward { minKrw maxKrw reportRequired }
            ... on PathwayAgreement { signers { id role meaning } } } } } }";
    let id = json!({ "id": "yonsei-medtech-validation-support" });
    let seen = world.ask("owner", document, id).await;
    let pathway = &seen["pathway"];
    assert!(pathway["drawing"].as_str().unwrap().starts_with("<svg "));
    let stages = pathway["stages"].as_array().unwrap();
    let stage = |id: &str| stages.iter().find(|stage| stage["id"] == id).unwrap();
    let regulatory = stage("regulatory");
    assert_eq!(regulatory["work"]["about"], "REGULATORY");
    let (en, ko) = (
        regulatory["en"].as_str().unwrap(),
        regulatory["ko"].as_str().unwrap(),
    );
    assert!(en.ends_with("” is yes") && !en.contains("intake."), "{en}");
    assert!(
        ko.ends_with("항목이 ‘예’인 경우") && !ko.contains("intake."),
        "{ko}"
    );
    assert_eq!(stage("intake")["en"], Value::Null);
    assert_eq!(stage("usability")["work"]["__typename"], "PathwayStudy");
    let award = &stage("award")["work"];
    assert_eq!(
        (&award["minKrw"], &award["maxKrw"]),
        (&json!(40_000_000), &json!(50_000_000))
    );
    assert_eq!(stage("triage")["work"]["seats"][0]["role"], "COORDINATOR");
    let fields = stage("intake")["work"]["fields"].as_array().unwrap();
    assert!(
        fields
            .iter()
            .any(|field| field["type"] == "CHOICE" && field["options"][0]["value"].is_string())
    );
    assert!(
        stages
            .iter()
            .any(|stage| stage["due"]["counted"] == "WORKING")
    );
}

#[tokio::test]
async fn a_pathway_that_is_not_there_is_nothing() {
    let world = World::new().await;
    for unknown in ["no-such-pathway", "../etc/passwd", ""] {
        let seen = world
            .ask(
                "owner",
                "query($id: ID!) { pathway(id: $id) { id } }",
                json!({ "id": unknown }),
            )
            .await;
        assert_eq!(seen, json!({ "pathway": null }));
    }
}
