//! Which templates have been rendered, and in which language. A template is known by what only it says, so none has to be listed.

use super::advice::consultation;
use super::look::assert_good;
use super::rounds::round;
use super::studies::study;
use super::work::fill;
use super::world::{World, id};
use naru_domain::{CaseId, DeviceId, OrganizationId};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Shorter pieces of markup stand anywhere.
const CHARS_MIN: usize = 12;

/// A template's file, and the pieces of markup that are in no other.
struct Template {
    name: String,
    own: Vec<String>,
}

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.display().to_string(), text));
        }
    }
}

/// What stands between the expressions of a template.
fn pieces(text: &str) -> Vec<String> {
    let mut rest = text;
    let mut found = Vec::new();
    while let Some((before, inside)) = rest.split_once('{') {
        found.push(before.trim().to_owned());
        let closing = match inside.chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            Some('#') => "#}",
            Some(_) | None => "",
        };
        rest = inside.split_once(closing).map_or("", |(_, rest)| rest);
    }
    found.push(rest.trim().to_owned());
    found.retain(|piece| CHARS_MIN <= piece.len());
    found
}

/// What was rendered of the templates below a folder of `templates/`.
struct Rendered {
    templates: Vec<Template>,
    seen: BTreeSet<(String, &'static str)>,
}

impl Rendered {
    fn of(folder: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut all = Vec::new();
        files(&root.join(folder), &mut all);
        let templates = all.iter().map(|(name, text)| {
            let others: Vec<&str> = all
                .iter()
                .filter(|(other, _)| other != name)
                .map(|(_, text)| text.as_str())
                .collect();
            let mut own = pieces(text);
            own.retain(|piece| !others.iter().any(|other| other.contains(piece.as_str())));
            assert!(!own.is_empty(), "{name} says nothing of its own");
            Template {
                name: name.clone(),
                own,
            }
        });
        Self {
            templates: templates.collect(),
            seen: BTreeSet::new(),
        }
    }

    /// Notes a page.
    fn look(&mut self, html: &str) {
        let language = if html.contains("<html lang=\"ko\"") {
            "ko"
        } else {
            "en"
        };
        for template in &self.templates {
            let key = (template.name.clone(), language);
            if !self.seen.contains(&key) && template.own.iter().any(|own| html.contains(own)) {
                self.seen.insert(key);
            }
        }
    }

    /// The templates that no page was made of in one of the languages.
    fn missing(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for template in &self.templates {
            for language in ["ko", "en"] {
                if !self.seen.contains(&(template.name.clone(), language)) {
                    missing.push(format!("{} in {language}", template.name));
                }
            }
        }
        missing
    }
}

/// Looks at pages as one person, in one language.
async fn tour(
    world: &World,
    who: &str,
    language: &'static str,
    rendered: &mut Rendered,
    paths: &[String],
) {
    let mut browser = match who {
        "nobody" => world.browser(),
        who => world.signed_in(who).await,
    };
    browser.speaks(language);
    for path in paths {
        let answer = browser.get(path).await;
        assert_good(&answer, language, path);
        rendered.look(&answer.html);
    }
}

/// A case that is as far as matching.
async fn far(world: &World) -> CaseId {
    let case = world.case().await;
    let (intake, triage) = (
        format!("/cases/{case}/stages/intake"),
        format!("/cases/{case}/stages/triage"),
    );
    let mut owner = world.signed_in("owner").await;
    fill(&mut owner, &intake, "submit", &[("a-summary", "청진기")]).await;
    let mut coordinator = world.signed_in("coordinator").await;
    let approve = [("act", "decide"), ("decision", "approve")];
    coordinator.fill(&triage, &triage, &approve).await;
    case
}

#[tokio::test]
async fn every_template_is_rendered_in_both_languages() {
    let mut rendered = Rendered::of("console");
    let far_along = World::new().await;
    let case = far(&far_along).await;
    let study = study(&far_along, case, &["rate", "alarm"]).await;
    let pages = [
        consultation(&far_along, case).await,
        round(&far_along, case).await,
        format!("{study}/sessions/new"),
        study,
        format!("/cases/{case}"),
        format!("/cases/{case}/stages/triage"),
        format!("/cases/{case}/stages/matching"),
        format!("/cases/{case}/stages/usability"),
        format!("/devices/{}", id::<DeviceId>(50)),
        format!("/organizations/{}", id::<OrganizationId>(13)),
        "/pathways/asan-validation-platform".to_owned(),
    ];
    let lists = [
        "/inbox",
        "/cases",
        "/cases/new",
        "/devices",
        "/devices/new",
        "/engagements",
        "/figures",
        "/operations",
        "/organizations",
        "/settings",
        "/settings/tokens",
        "/nowhere",
    ];
    let paths = [pages.to_vec(), lists.map(str::to_owned).to_vec()].concat();
    let fresh = World::new().await;
    let begun = fresh.case().await;
    let money = World::new().await;
    let paid = money.case_on("award-and-agreement").await;
    let unadvised = World::new().await;
    let asking = unadvised.case_on("advice").await;
    for language in ["ko", "en"] {
        for who in ["owner", "coordinator", "director", "consultant", "operator"] {
            tour(&far_along, who, language, &mut rendered, &paths).await;
        }
        let sign_in = ["/sign-in", "/sign-in/link/none"].map(str::to_owned);
        tour(&far_along, "nobody", language, &mut rendered, &sign_in).await;
        let form = [format!("/cases/{begun}/stages/intake")];
        tour(&fresh, "owner", language, &mut rendered, &form).await;
        let stages = ["award", "agreement"].map(|stage| format!("/cases/{paid}/stages/{stage}"));
        tour(&money, "coordinator", language, &mut rendered, &stages).await;
        let stage = [format!("/cases/{asking}/stages/regulatory")];
        tour(&unadvised, "coordinator", language, &mut rendered, &stage).await;
        let mut coordinator = far_along.signed_in("coordinator").await;
        coordinator.speaks(language);
        let case = case.to_string();
        let chosen = [("do", "claim"), ("case", case.as_str())];
        let bulk = coordinator.fill("/cases", "/cases/bulk", &chosen).await;
        rendered.look(&bulk.html);
    }
    assert_eq!(rendered.missing(), Vec::<String>::new());
}
