//! A store with an engine in a folder of its own, a startup, a hospital, and open cases.

use crate::seed::Seed;
use anyhow::{Context, Result};
use naru_domain::account::Scope;
use naru_domain::case::CaseCommand;
use naru_domain::device::{DeviceClass, DeviceCommand, Market};
use naru_domain::pathway::{PathwayHash, StageId, Value};
use naru_domain::{
    AccountId, Actor, CaseId, Channel, Command, CommandId, DeviceId, EitherName, Locale,
    Membership, OrganizationId, OrganizationKind, Role, Who,
};
use naru_engine::mail::{Folder, Sender, Transport};
use naru_engine::{Engine, EngineOptions, Refusal};
use naru_store::{Receipt, Reference, Store, StoreOptions, Submission};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// How many cases are on their way to being opened at once.
pub(super) const AT_ONCE: usize = 256;

/// Who takes part, and with which words.
#[derive(Clone, Debug)]
pub(super) struct Cast {
    pub(super) startup: OrganizationId,
    pub(super) hospital: OrganizationId,
    pub(super) device: DeviceId,
    pub(super) pathway: PathwayHash,
    pub(super) member: Actor,
    pub(super) coordinator: Actor,
    pub(super) member_token: String,
    pub(super) coordinator_token: String,
}

/// An engine on a fresh store.
pub(super) async fn engine_in(options: StoreOptions) -> Result<(Engine, Arc<Reference>)> {
    let reference = Arc::new(Reference::shipped()?);
    let engine_options = engine_options(&options)?;
    let store = Store::open(options).await?;
    let engine = Engine::open(store, Arc::clone(&reference), engine_options);
    Ok((engine.await?, reference))
}

/// An engine that writes its letters into the folder of its store.
pub(super) fn engine_options(options: &StoreOptions) -> Result<EngineOptions> {
    let from = Sender {
        name: "bench".to_owned(),
        address: "bench@localhost.localdomain".parse()?,
    };
    let transport = Transport::Folder(Folder::open(options.folder.join("mail"))?);
    Ok(EngineOptions::new(transport, "http://127.0.0.1", from))
}

impl Cast {
    /// Registers everybody.
    pub(super) async fn enter(seed: &Seed, reference: &Reference) -> Result<Self> {
        let startup = seed
            .organization(OrganizationKind::Startup, "소리랩", "Sorilab", None)
            .await?;
        let hospital = seed
            .organization(
                OrganizationKind::Hospital,
                "한빛대학교병원",
                "Hanbit University Hospital",
                None,
            )
            .await?;
        let (member, member_token) =
            person(seed, startup, "startup@bench.example", Role::StartupMember).await?;
        let (coordinator, coordinator_token) =
            person(seed, hospital, "hospital@bench.example", Role::Coordinator).await?;
        let device: DeviceId = seed.id();
        let register = DeviceCommand::Register {
            owner: startup,
            name: EitherName::new(Some("전자청진기".parse()?), None)?,
            model: "SR-100".parse()?,
            intended_use: "심음을 기록합니다.".parse()?,
            classes: BTreeMap::from([(Market::Kr, DeviceClass::Class2)]),
            udi_di: None,
        };
        seed.submit(member.clone(), device, Command::Device(register))
            .await?;
        let name = "yonsei-medtech-validation-support"
            .parse()
            .map_err(anyhow::Error::msg)?;
        let (pathway, _) = reference
            .pathways
            .newest(&name)
            .context("the pathway is not there")?;
        let pathway = pathway.clone();
        Ok(Self {
            startup,
            hospital,
            device,
            pathway,
            member,
            coordinator,
            member_token,
            coordinator_token,
        })
    }

    /// The command that opens a case.
    pub(super) fn opening(&self, title: &str) -> Result<Command> {
        Ok(Command::Case(CaseCommand::Open {
            startup: self.startup,
            hospital: self.hospital,
            hospital_kind: OrganizationKind::Hospital,
            device: self.device,
            device_owner: self.startup,
            pathway: self.pathway.clone(),
            title: title.parse()?,
        }))
    }

    /// The command that keeps a draft of the intake form: a small change that people make often.
    pub(super) fn draft(n: usize) -> Result<Command> {
        let stage: StageId = "intake".parse().map_err(anyhow::Error::msg)?;
        let goals = Value::Text(format!(
            "외래 진료 환경에서 사용적합성 총괄평가와 의료진 피드백을 진행합니다. {n}"
        ));
        let values = BTreeMap::from([
            ("cooperation_goals".to_owned(), goals),
            (
                "target_disease".to_owned(),
                Value::Text("판막 질환".to_owned()),
            ),
        ]);
        Ok(Command::Case(CaseCommand::SaveDraft { stage, values }))
    }

    /// Opens so many cases.
    pub(super) async fn open_cases(&self, seed: &Seed, count: usize) -> Result<Vec<CaseId>> {
        let mut cases = Vec::with_capacity(count);
        let mut pending = VecDeque::new();
        for n in 0..count {
            if pending.len() == AT_ONCE
                && let Some(opened) = pending.pop_front()
            {
                is_open(opened).await?;
            }
            let case: CaseId = seed.id();
            let submission = Self::submission(
                seed,
                self.member.clone(),
                case,
                self.opening(&format!("검증 {n}"))?,
            );
            let engine = seed.engine().clone();
            pending.push_back(tokio::spawn(async move { engine.submit(submission).await }));
            cases.push(case);
        }
        for opened in pending {
            is_open(opened).await?;
        }
        Ok(cases)
    }

    /// A submission with a fresh command id.
    pub(super) fn submission(
        seed: &Seed,
        actor: Actor,
        case: CaseId,
        command: Command,
    ) -> Submission {
        let command_id: CommandId = seed.id();
        Submission {
            command_id,
            aggregate: case.into(),
            expected_version: None,
            actor,
            command,
        }
    }
}

async fn is_open(opened: JoinHandle<Result<Receipt, Refusal>>) -> Result<()> {
    let opened = opened.await?;
    opened.map_err(|refusal| anyhow::anyhow!("a case was not opened: {refusal:?}"))?;
    Ok(())
}

/// Somebody of an organization, with a token.
pub(super) async fn person(
    seed: &Seed,
    organization: OrganizationId,
    email: &str,
    role: Role,
) -> Result<(Actor, String)> {
    let account: AccountId = seed.account("홍길동", None, email, Locale::Ko).await?;
    seed.member(organization, account, role).await?;
    let token = seed.token(account, "bench", 300, Scope::ALL).await?;
    let memberships = vec![Membership { organization, role }];
    Ok((
        Actor {
            who: Who::Account(account),
            memberships,
            on_behalf_of: None,
            channel: Channel::Api,
        },
        token,
    ))
}
