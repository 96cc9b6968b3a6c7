//! `naru demo`: a fresh folder with example organizations, people, devices and cases.

mod people;

use crate::command::serve::{Running, listen, log_to_stderr};
use crate::config::Config;
use crate::output::say;
use crate::seed::Seed;
use anyhow::{Context, Result};
use clap::Args;
use naru_domain::account::Scope;
use naru_domain::case::CaseCommand;
use naru_domain::device::{DeviceClass, DeviceCommand, Market};
use naru_domain::pathway::{PathwayId, Value};
use naru_domain::{
    Actor, CaseId, Channel, Command, DeviceId, EitherName, Membership, OrganizationId,
    OrganizationKind, Who,
};
use naru_store::Reference;
use people::{ORGANIZATIONS, PEOPLE, Person};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// How long the tokens of the demo work.
const TOKEN_DAYS: u16 = 30;

/// Start on a fresh folder with example organizations, people and cases.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The address to listen on; port 0 takes any free one
    #[arg(long, env = "NARU_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Print what was made as one JSON object, for programs
    #[arg(long)]
    json: bool,
}

/// An example person with a token.
#[derive(Debug, serde::Serialize)]
struct Shown {
    name: &'static str,
    name_en: &'static str,
    role: &'static str,
    organization: &'static str,
    token: String,
}

impl Demo {
    /// Fills the folder and serves until it is told to stop.
    pub(crate) async fn run(self, mut config: Config) -> Result<ExitCode> {
        if std::env::var_os("RUST_LOG").is_some() {
            log_to_stderr(false);
        }
        config.data = fresh_folder(&config)?;
        crate::listen_or(&mut config, self.listen);
        let listener = listen(&mut config).await?;
        let running = Running::start(&config).await?;
        let shown = fill(&Seed::new(running.engine.clone()))
            .await
            .context("cannot make the example data")?;
        running.engine.settle().await;
        if self.json {
            let made = serde_json::json!({ "url": config.base_url(), "data": config.data, "people": shown });
            say(made);
        } else {
            tell(&config, &running, &shown);
        }
        running.serve(listener).await
    }
}

fn tell(config: &Config, running: &Running, shown: &[Shown]) {
    let url = config.base_url();
    say(format_args!("Naru 나루 {}", env!("CARGO_PKG_VERSION")));
    say("");
    say(format_args!("  address     {url}"));
    say(format_args!(
        "  explorer    {url}/graphql   (paste a token, choose an example, press Run)"
    ));
    say(format_args!("  letters     {}", running.letters));
    say(format_args!("  data        {}", config.data.display()));
    say("");
    say("Example people and their API tokens:");
    let mut organization = "";
    for person in shown {
        if person.organization != organization {
            organization = person.organization;
            say(format_args!("\n  {organization}"));
        }
        say(format_args!(
            "    {} ({}), {}\n      {}",
            person.name, person.name_en, person.role, person.token
        ));
    }
    say("");
    say("Stop with Ctrl-C. Start again on the same data with:");
    say(format_args!(
        "  naru --data {} serve",
        config.data.display()
    ));
}

/// A folder that does not exist yet: `naru-demo`, or the next free number after it.
fn fresh_folder(config: &Config) -> Result<PathBuf> {
    let asked_for = Config::default().data != config.data;
    let base = if asked_for {
        config.data.clone()
    } else {
        PathBuf::from("naru-demo")
    };
    let candidates = (1_u32..=9_999).map(|n| {
        if n == 1 {
            base.clone()
        } else {
            PathBuf::from(format!("{}-{n}", base.display()))
        }
    });
    for folder in candidates {
        if let Some(parent) = folder
            .parent()
            .filter(|parent| !parent.as_os_str().is_empty())
        {
            std::fs::create_dir_all(parent)
                .with_context(|| format!("cannot make the folder `{}`", parent.display()))?;
        }
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(problem) if problem.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(problem) => {
                return Err(problem)
                    .with_context(|| format!("cannot make the folder `{}`", folder.display()));
            }
        }
    }
    anyhow::bail!(
        "there are too many folders like `{}`; remove some",
        base.display()
    )
}

/// Organizations, people with tokens, devices and cases.
async fn fill(seed: &Seed) -> Result<Vec<Shown>> {
    let mut organizations: BTreeMap<&str, OrganizationId> = BTreeMap::new();
    for organization in ORGANIZATIONS {
        let id = seed
            .organization(
                organization.kind,
                organization.ko,
                organization.en,
                organization.number,
            )
            .await?;
        organizations.insert(organization.en, id);
    }
    let mut shown = Vec::new();
    let mut actors: BTreeMap<&str, Actor> = BTreeMap::new();
    for person in PEOPLE {
        let (actor, token) = enter(seed, person, &organizations).await?;
        actors.insert(person.name_en, actor);
        shown.push(Shown {
            name: person.name,
            name_en: person.name_en,
            role: person.role.as_str(),
            organization: person.organization,
            token,
        });
    }
    cases(seed, &organizations, &actors).await?;
    Ok(shown)
}

async fn enter(
    seed: &Seed,
    person: &Person,
    organizations: &BTreeMap<&str, OrganizationId>,
) -> Result<(Actor, String)> {
    let account = seed
        .account(
            person.name,
            Some(person.name_en),
            person.email,
            person.locale,
        )
        .await?;
    let organization = *organizations
        .get(person.organization)
        .context("a person of no organization")?;
    seed.member(organization, account, person.role).await?;
    let token = seed.token(account, "demo", TOKEN_DAYS, Scope::ALL).await?;
    let memberships = vec![Membership {
        organization,
        role: person.role,
    }];
    Ok((
        Actor {
            who: Who::Account(account),
            memberships,
            on_behalf_of: None,
            channel: Channel::CommandLine,
        },
        token,
    ))
}

/// Two devices and two cases of the first startup: one just handed in, one still being filled.
async fn cases(
    seed: &Seed,
    organizations: &BTreeMap<&str, OrganizationId>,
    actors: &BTreeMap<&str, Actor>,
) -> Result<()> {
    let startup = *organizations.get("Sorilab").context("no startup")?;
    let hospital = *organizations
        .get("Hanbit University Hospital")
        .context("no hospital")?;
    let member = actors.get("Kim Haneul").context("nobody at the startup")?;
    let stethoscope = device(
        seed,
        member,
        startup,
        ("AI 전자청진기", "AI stethoscope"),
        "SR-100",
        DeviceClass::Class2,
    )
    .await?;
    let patch = device(
        seed,
        member,
        startup,
        ("연속 심전도 패치", "Continuous ECG patch"),
        "SR-200",
        DeviceClass::Class3,
    )
    .await?;
    let handed_in = case(
        seed,
        member,
        startup,
        hospital,
        stethoscope,
        "AI 전자청진기 사용적합성 검증",
    )
    .await?;
    case(
        seed,
        member,
        startup,
        hospital,
        patch,
        "연속 심전도 패치 임상 근거 마련",
    )
    .await?;
    let draft = BTreeMap::from([
        (
            "target_disease".to_owned(),
            Value::Text("판막 질환".to_owned()),
        ),
        (
            "cooperation_goals".to_owned(),
            Value::Text(
                "외래 진료 환경에서 사용적합성 총괄평가와 의료진 피드백을 진행합니다.".to_owned(),
            ),
        ),
    ]);
    let stage = "intake".parse().map_err(anyhow::Error::msg)?;
    let command = CaseCommand::SaveDraft {
        stage,
        values: draft,
    };
    seed.submit(member.clone(), handed_in, Command::Case(command))
        .await?;
    Ok(())
}

async fn device(
    seed: &Seed,
    by: &Actor,
    owner: OrganizationId,
    (ko, en): (&str, &str),
    model: &str,
    class: DeviceClass,
) -> Result<DeviceId> {
    let id: DeviceId = seed.id();
    let command = DeviceCommand::Register {
        owner,
        name: EitherName::new(Some(ko.parse()?), Some(en.parse()?))?,
        model: model.parse()?,
        intended_use: "심장음과 심장 신호를 기록하여 의료진의 판단을 돕습니다.".parse()?,
        classes: BTreeMap::from([(Market::Kr, class)]),
        udi_di: None,
    };
    seed.submit(by.clone(), id, Command::Device(command))
        .await?;
    Ok(id)
}

async fn case(
    seed: &Seed,
    by: &Actor,
    startup: OrganizationId,
    hospital: OrganizationId,
    device: DeviceId,
    title: &str,
) -> Result<CaseId> {
    let id: CaseId = seed.id();
    let pathway: PathwayId = "yonsei-medtech-validation-support"
        .parse()
        .map_err(anyhow::Error::msg)?;
    let reference = Reference::shipped()?;
    let (pathway, _) = reference
        .pathways
        .newest(&pathway)
        .context("the pathway is not there")?;
    let command = CaseCommand::Open {
        startup,
        hospital,
        hospital_kind: OrganizationKind::Hospital,
        device,
        device_owner: startup,
        pathway: pathway.clone(),
        title: title.parse()?,
    };
    seed.submit(by.clone(), id, Command::Case(command)).await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::Role;

    #[test]
    fn everyone_belongs_to_an_organization_that_has_their_role() {
        for person in PEOPLE {
            let organization = ORGANIZATIONS
                .iter()
                .find(|organization| organization.en == person.organization)
                .unwrap();
            assert_eq!(
                organization.kind,
                person.role.organization_kind(),
                "{}",
                person.name_en
            );
        }
        assert!(
            Role::ALL
                .iter()
                .all(|role| PEOPLE.iter().any(|person| person.role == *role)),
            "every role has somebody"
        );
    }
}
