//! What each page of the console costs the server among a hundred thousand cases, and what it weighs.

use super::fill;
use super::world::person;
use super::{Output, Seen};
use crate::command::serve::{Running, listen};
use crate::config::Config;
use crate::seed::Seed;
use anyhow::{Context, Result, bail};
use clap::Args;
use naru_domain::case::{Case, CaseCommand, DocumentVersion, Stage, Work};
use naru_domain::pathway::{StageId, Value};
use naru_domain::{
    AccountId, Actor, CaseId, Channel, Command, CommandId, DocumentId, Membership, OrganizationId,
    OrganizationKind, Role, State, TypedId, Who,
};
use naru_server::Rates;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

/// What a page may cost at the 99th percentile, and what it may weigh as it crosses the wire.
const GOAL_MS: f64 = 20.0;
const GOAL_KB: f64 = 100.0;
const PATHWAY: &str = "yonsei-medtech-validation-support";

/// Every kind of page of the console among many cases.
#[derive(Debug, Args)]
pub(crate) struct Pages {
    #[command(flatten)]
    output: Output,
    /// How many cases, where the folder has to be filled first
    #[arg(long, default_value_t = 100_000)]
    cases: usize,
    /// How often each page is asked for
    #[arg(long, default_value_t = 300)]
    times: usize,
    /// A folder that `naru bench fill --folder` made; filled first if it is not there, and kept
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// A page, and who looks at it.
struct Asked<'a> {
    name: &'static str,
    path: String,
    by: &'a str,
}

impl Pages {
    /// Fills if need be, serves in this process, and asks.
    pub(crate) async fn run(self) -> Result<()> {
        let temporary = tempfile::tempdir()?;
        let folder = self.folder.clone();
        let folder = folder.unwrap_or_else(|| temporary.path().join("data"));
        if !folder.join("naru.db").exists() {
            fill::cases(self.output, &folder, self.cases).await?;
        }
        let mut config = Config {
            data: folder.clone(),
            limits: Rates::unlimited(),
            listen: ([127, 0, 0, 1], 0).into(),
            ..Config::default()
        };
        let listener = listen(&mut config).await?;
        let base = config.base_url();
        let running = Running::start_with(&config, true).await?;
        let seed = Seed::new(running.engine.clone());
        let serving = tokio::spawn(running.serve(listener));
        let measured = self.ask(&seed, &base).await;
        seed.engine().shutdown().await;
        serving.abort();
        measured
    }

    async fn ask(&self, seed: &Seed, base: &str) -> Result<()> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let browser = Browser { client, base };
        let scene = Scene::set(seed, &browser).await?;
        let mut missed = Vec::new();
        for asked in scene.pages() {
            let mut seen = Seen::default();
            let mut bytes = 0;
            for _ in 0..self.times.max(1) {
                let began = Instant::now();
                bytes = browser.get(&asked.path, asked.by).await?.len();
                seen.latencies.push(began.elapsed());
            }
            let kilobytes = f64::from(u32::try_from(bytes)?) / 1_000.0;
            let slowest = seen.percentile_ms(99);
            let name = asked.name;
            let half = seen.percentile_ms(50);
            self.output.figure(format!("{name} p50"), half, "ms", None);
            self.output
                .figure(format!("{name} p99"), slowest, "ms", None);
            self.output
                .figure(format!("{name} on the wire"), kilobytes, "kB", None);
            if GOAL_MS < slowest || GOAL_KB < kilobytes {
                missed.push(name);
            }
        }
        self.output.figure(
            format!("pages over {GOAL_MS} ms (p99) or {GOAL_KB} kB"),
            f64::from(u32::try_from(missed.len())?),
            "",
            None,
        );
        Ok(())
    }
}

/// Somebody with a browser, who takes whatever is compressed.
struct Browser<'a> {
    client: reqwest::Client,
    base: &'a str,
}

impl Browser<'_> {
    /// A page as it crosses the wire.
    async fn get(&self, path: &str, cookie: &str) -> Result<Vec<u8>> {
        let answer = self
            .client
            .get(format!("{}{path}", self.base))
            .header("accept-encoding", "gzip")
            .header("cookie", cookie)
            .send()
            .await?;
        if answer.status() != 200 {
            bail!("{} for {path}", answer.status());
        }
        Ok(answer.bytes().await?.to_vec())
    }

    /// Signs in as one of the people and gives the cookie.
    async fn sign_in(&self, account: AccountId) -> Result<String> {
        let answer = self
            .client
            .post(format!("{}/sign-in/visit", self.base))
            .form(&[("account", account.to_string())])
            .send()
            .await?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .context("nobody was let in")?;
        let pair = cookie.to_str()?.split(';').next();
        Ok(pair.unwrap_or_default().to_owned())
    }
}

/// Who looks, and at what.
struct Scene {
    coordinator: String,
    startup: String,
    director: String,
    consultant: String,
    operator: String,
    case: CaseId,
    device: String,
    organization: OrganizationId,
    study: String,
    round: String,
    consultation: String,
}

impl Scene {
    /// Signs people in, and takes one of the newest cases on to its study, round and consultation.
    async fn set(seed: &Seed, browser: &Browser<'_>) -> Result<Self> {
        let store = seed.engine().store();
        let account = async |email: &str| -> Result<AccountId> {
            let found = store.account_by_email(&email.parse()?).await?;
            found.with_context(|| format!("nobody in the folder is {email}; fill another one"))
        };
        let coordinator = account("hospital@bench.example").await?;
        let startup = account("startup@bench.example").await?;
        let by_coordinator = browser.sign_in(coordinator).await?;
        let list =
            String::from_utf8_lossy(&browser.get("/cases", &by_coordinator).await?).into_owned();
        let known = in_ethics(seed, &list).await?;
        let case = known.id;
        let (company, people) = enter(seed, known.hospital).await?;
        let [director, investigator, consultant, operator] = people.as_slice() else {
            bail!("four people were entered")
        };
        let by = Actor {
            who: Who::Account(coordinator),
            memberships: vec![Membership {
                organization: known.hospital,
                role: Role::Coordinator,
            }],
            on_behalf_of: None,
            channel: Channel::Console,
        };
        take_on(seed, case, investigator, &by, company).await?;
        let known = state(seed, case).await?;
        let child = |name: &str| -> Result<String> {
            let id: StageId = name.parse().map_err(anyhow::Error::msg)?;
            match known.stages.get(&id).map(|stage| &stage.work) {
                Some(Work::Child { child, .. }) => Ok(child.to_string()),
                Some(Work::Consultation(work)) => Ok(work
                    .engaged
                    .context("nobody is engaged")?
                    .consultation
                    .to_string()),
                Some(
                    Work::Form(_)
                    | Work::Approval(_)
                    | Work::Matching(_)
                    | Work::Award(_)
                    | Work::Agreement(_)
                    | Work::Nothing,
                )
                | None => bail!("`{name}` has no work of its own"),
            }
        };
        let cookie =
            async |actor: &Actor| browser.sign_in(actor.account().context("nobody")?).await;
        Ok(Self {
            startup: browser.sign_in(startup).await?,
            director: cookie(director).await?,
            consultant: cookie(consultant).await?,
            operator: cookie(operator).await?,
            coordinator: by_coordinator,
            case,
            device: known.device.to_string(),
            organization: known.hospital,
            study: child("usability")?,
            round: child("feedback")?,
            consultation: child("regulatory")?,
        })
    }

    /// Every kind of page.
    fn pages(&self) -> Vec<Asked<'_>> {
        let case = format!("/cases/{}", self.case);
        let (coordinator, startup) = (&self.coordinator, &self.startup);
        let running = "/cases?view=running";
        let page = |name, path: String, by| Asked { name, path, by };
        vec![
            page("inbox", "/inbox".to_owned(), coordinator),
            page("inbox of a startup", "/inbox".to_owned(), startup),
            page("list", "/cases".to_owned(), coordinator),
            page("list of a startup", "/cases".to_owned(), startup),
            page(
                "filtered list",
                format!("{running}&pathway={PATHWAY}"),
                coordinator,
            ),
            page("board", format!("{running}&as=board"), coordinator),
            page("opening a case", "/cases/new".to_owned(), startup),
            page("case", case.clone(), coordinator),
            page("case of a startup", case.clone(), startup),
            page("form", format!("{case}/stages/intake"), startup),
            page("approval", format!("{case}/stages/triage"), coordinator),
            page("matching", format!("{case}/stages/matching"), coordinator),
            page("pathway", format!("/pathways/{PATHWAY}"), startup),
            page("devices", "/devices".to_owned(), startup),
            page("device", format!("/devices/{}", self.device), startup),
            page("study", format!("/studies/{}", self.study), coordinator),
            page(
                "feedback round",
                format!("/feedback-rounds/{}", self.round),
                coordinator,
            ),
            page("engagements", "/engagements".to_owned(), &self.consultant),
            page(
                "consultation",
                format!("/consultations/{}", self.consultation),
                &self.consultant,
            ),
            page("figures", "/figures".to_owned(), &self.director),
            page(
                "organization",
                format!("/organizations/{}", self.organization),
                &self.director,
            ),
            page("operations", "/operations".to_owned(), &self.operator),
            page("settings", "/settings".to_owned(), coordinator),
        ]
    }
}

/// A consultancy, and somebody of each role that the folder lacks: director, investigator, consultant, operator.
async fn enter(seed: &Seed, hospital: OrganizationId) -> Result<(OrganizationId, Vec<Actor>)> {
    let company = seed
        .organization(OrganizationKind::Consultancy, "가온", "Gaon", None)
        .await?;
    let installation = seed
        .organization(OrganizationKind::Operator, "운영", "Operations", None)
        .await?;
    let mut people = Vec::new();
    for (name, organization, role) in [
        ("director", hospital, Role::Director),
        ("investigator", hospital, Role::PrincipalInvestigator),
        ("consultant", company, Role::Consultant),
        ("operator", installation, Role::Operator),
    ] {
        let email = format!(
            "{name}.{}@bench.example",
            seed.id::<CommandId>().uuid().simple()
        );
        people.push(person(seed, organization, &email, role).await?.0);
    }
    Ok((company, people))
}

async fn state(seed: &Seed, case: CaseId) -> Result<Case> {
    let loaded = seed.engine().store().load(case.into()).await;
    let loaded = loaded.map_err(|_| anyhow::anyhow!("the case cannot be read"))?;
    match &loaded.context("the case is not there")?.state {
        State::Case(case) => Ok(Case::clone(case)),
        State::Account(_)
        | State::Organization(_)
        | State::Device(_)
        | State::Study(_)
        | State::FeedbackRound(_)
        | State::Consultation(_) => bail!("the case is something else"),
    }
}

/// The first case of a list whose ethics review is open.
async fn in_ethics(seed: &Seed, list: &str) -> Result<Case> {
    let ethics: StageId = "ethics".parse().map_err(anyhow::Error::msg)?;
    let ids = list.match_indices("/cases/case_").filter_map(|(at, _)| {
        let rest = list.get(at + "/cases/".len()..)?;
        rest.split(['"', '/']).next()?.parse::<CaseId>().ok()
    });
    for id in ids {
        let case = state(seed, id).await?;
        if case.stages.get(&ethics).is_some_and(Stage::is_open) {
            return Ok(case);
        }
    }
    bail!("no case waits for its ethics review any more; fill another folder")
}

/// Has the ethics review handed in and a consultancy engaged.
async fn take_on(
    seed: &Seed,
    case: CaseId,
    investigator: &Actor,
    coordinator: &Actor,
    company: OrganizationId,
) -> Result<()> {
    let document = DocumentId::from_uuid(uuid::Uuid::from_u128(1));
    let today = seed.engine().clock().now().strftime("%F").to_string();
    let values = BTreeMap::from(
        [
            ("decision", Value::Text("exempt".to_owned())),
            ("decided_on", Value::Text(today)),
            ("decision_letter", Value::Text(document.to_string())),
            ("safe_for_simulated_use", Value::Boolean(true)),
        ]
        .map(|(field, value)| (field.to_owned(), value)),
    );
    let submit = CaseCommand::SubmitForm {
        stage: "ethics".parse().map_err(anyhow::Error::msg)?,
        values,
        documents: vec![DocumentVersion {
            document,
            version: 1,
            sha256: "0".repeat(64).parse()?,
        }],
    };
    seed.submit(investigator.clone(), case, Command::Case(submit))
        .await?;
    let engage = CaseCommand::EngageConsultancy {
        stage: "regulatory".parse().map_err(anyhow::Error::msg)?,
        consultancy: company,
        consultancy_kind: OrganizationKind::Consultancy,
    };
    seed.submit(coordinator.clone(), case, Command::Case(engage))
        .await?;
    seed.engine().settle().await;
    Ok(())
}
