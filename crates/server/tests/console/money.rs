//! Awards and agreements: granted within bounds, laid out, and signed in order.

use super::world::World;
use axum::http::StatusCode;

const GRANT: [(&str, &str); 5] = [
    ("act", "grant"),
    ("title-1", "시제품 시험"),
    ("due-1", "2026-06-30"),
    ("amount-1", "45,000,000"),
    ("report", "2026-12-31"),
];

#[tokio::test]
async fn an_award_is_granted_within_its_bounds() {
    let world = World::new().await;
    let case = world.case_on("award-and-agreement").await;
    let award = format!("/cases/{case}/stages/award");
    let mut coordinator = world.signed_in("coordinator").await;
    for amount in ["", "60000000", "많이"] {
        let mut fields = GRANT.to_vec();
        fields.push(("amount", amount));
        let refused = coordinator.fill(&award, &award, &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount}");
        assert!(
            refused.html.contains("value=\"시제품 시험\""),
            "what was typed"
        );
    }
    let mut fields = GRANT.to_vec();
    fields.push(("amount", "45,000,000"));
    let granted = coordinator.fill(&award, &award, &fields).await;
    assert_eq!(granted.leads_to(), format!("/cases/{case}?done=granted"));
    let shown = coordinator.page(&award).await.html;
    assert!(shown.contains("4,500만 원") && shown.contains("시제품 시험"));
    assert!(!shown.contains("name=\"amount\""));
}

#[tokio::test]
async fn an_agreement_is_laid_out_and_signed_in_order() {
    let world = World::new().await;
    let case = world.case_on("award-and-agreement").await;
    let award = format!("/cases/{case}/stages/award");
    let mut coordinator = world.signed_in("coordinator").await;
    let mut fields = GRANT.to_vec();
    fields.push(("amount", "45,000,000"));
    coordinator.fill(&award, &award, &fields).await;
    let agreement = format!("/cases/{case}/stages/agreement");
    let page = coordinator.page(&agreement).await.html;
    let (_, option) = page.split_once("<option value=\"document_").unwrap();
    let document = format!("document_{}", option.split('"').next().unwrap());
    let nothing = [("act", "prepare"), ("document", "")];
    let refused = coordinator.fill(&agreement, &agreement, &nothing).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let prepare = [("act", "prepare"), ("document", document.as_str())];
    let laid_out = coordinator.fill(&agreement, &agreement, &prepare).await;
    assert_eq!(laid_out.leads_to(), format!("{agreement}?done=prepared"));

    let mut director = world.signed_in("director").await;
    let early = director.page(&agreement).await.html;
    assert!(!early.contains("printed-name"), "the startup signs first");
    for (who, name) in [("owner", "김하늘"), ("director", "서지훈")] {
        let mut signer = world.signed_in(who).await;
        let shown = signer.page(&agreement).await.hidden("shown");
        let unnamed = [
            ("act", "sign"),
            ("shown", shown.as_str()),
            ("printed-name", ""),
        ];
        let refused = signer.fill(&agreement, &agreement, &unnamed).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{who}");
        let other = "0".repeat(64);
        let other = [
            ("act", "sign"),
            ("shown", other.as_str()),
            ("printed-name", name),
        ];
        let refused = signer.fill(&agreement, &agreement, &other).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "not what was shown"
        );
        let sign = [
            ("act", "sign"),
            ("shown", shown.as_str()),
            ("printed-name", name),
        ];
        let signed = signer.fill(&agreement, &agreement, &sign).await;
        assert_eq!(
            signed.leads_to(),
            format!("/cases/{case}?done=signed"),
            "{who}"
        );
    }
    let shown = coordinator.page(&agreement).await.html;
    assert!(shown.contains("김하늘") && shown.contains("서지훈"));
    assert!(!shown.contains("name=\"document\""), "everybody has signed");
}
