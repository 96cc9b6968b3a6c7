//! The example devices and cases: one application waits for the coordinator, one is still being filled.

use crate::seed::Seed;
use anyhow::{Context, Result};
use naru_domain::case::{CaseCommand, DocumentVersion};
use naru_domain::device::{DeviceClass, DeviceCommand, Market};
use naru_domain::pathway::{PathwayHash, StageId, Value};
use naru_domain::{
    Actor, CaseId, Command, DeviceId, EitherName, MediaType, OrganizationId, OrganizationKind,
    Sha256Hex, State, StoredFile,
};
use naru_store::{Reference, StoreError};
use std::collections::BTreeMap;

const PATHWAY: &str = "yonsei-medtech-validation-support";
const USABILITY_FILE: &[u8] = include_bytes!("../../../assets/usability-file.pdf");

/// Who opens the cases, for whom, and along what.
struct Applicant<'a> {
    seed: &'a Seed,
    by: &'a Actor,
    startup: OrganizationId,
    hospital: OrganizationId,
    pathway: PathwayHash,
    intake: StageId,
}

/// Two devices and two cases of the first startup.
pub(super) async fn open(
    seed: &Seed,
    organizations: &BTreeMap<&str, OrganizationId>,
    actors: &BTreeMap<&str, Actor>,
) -> Result<()> {
    let organization = |name| organizations.get(name).copied().context("no organization");
    let reference = Reference::shipped()?;
    let (pathway, _) = reference
        .pathways
        .newest(&PATHWAY.parse().map_err(anyhow::Error::msg)?)
        .context("the pathway is not there")?;
    let applicant = Applicant {
        seed,
        by: actors.get("Kim Haneul").context("nobody at the startup")?,
        startup: organization("Sorilab")?,
        hospital: organization("Hanbit University Hospital")?,
        pathway: pathway.clone(),
        intake: "intake".parse().map_err(anyhow::Error::msg)?,
    };
    applicant.hand_in().await?;
    applicant.begin().await
}

impl Applicant<'_> {
    /// The first case: the form is complete and handed in.
    async fn hand_in(&self) -> Result<()> {
        let names = ("AI 전자청진기", "AI stethoscope");
        let device = self.device(names, "SR-100", DeviceClass::Class2).await?;
        let document = self.attach(device).await?;
        let case = self.case(device, "AI 전자청진기 사용적합성 검증").await?;
        let mut values = texts([
            ("business_number", "220-81-62517"),
            ("device_class", "class_2"),
            ("technology_field", "digital_health"),
            ("site", "severance"),
            (
                "intended_use",
                "성인의 심음을 기록하고 잡음을 표시하여 의료진의 판단을 돕습니다.",
            ),
            ("target_disease", "판막 질환"),
            ("procedure_link", "심음 청진 진단에 더하여 씁니다."),
            (
                "cooperation_goals",
                "외래 진료 환경에서 사용적합성 총괄평가와 의료진 피드백을 진행합니다.",
            ),
            (
                "summary",
                "청진기 헤드에 붙여 심음을 무선으로 보내는 장치와 분석 소프트웨어입니다.",
            ),
        ]);
        values.insert(
            "usability_file".to_owned(),
            Value::Text(document.document.to_string()),
        );
        for (field, wanted) in [
            ("needs_regulatory", true),
            ("needs_reimbursement", true),
            ("needs_overseas", false),
        ] {
            values.insert(field.to_owned(), Value::Boolean(wanted));
        }
        let command = CaseCommand::SubmitForm {
            stage: self.intake.clone(),
            values,
            documents: vec![document],
        };
        self.give(case, command).await
    }

    /// The second case: a form with its first answers.
    async fn begin(&self) -> Result<()> {
        let names = ("연속 심전도 패치", "Continuous ECG patch");
        let device = self.device(names, "SR-200", DeviceClass::Class3).await?;
        let case = self.case(device, "연속 심전도 패치 임상 근거 마련").await?;
        let command = CaseCommand::SaveDraft {
            stage: self.intake.clone(),
            values: texts([("target_disease", "부정맥"), ("device_class", "class_3")]),
        };
        self.give(case, command).await
    }

    async fn give(&self, case: CaseId, command: CaseCommand) -> Result<()> {
        self.seed
            .submit(self.by.clone(), case, Command::Case(command))
            .await?;
        Ok(())
    }

    async fn device(
        &self,
        (ko, en): (&str, &str),
        model: &str,
        class: DeviceClass,
    ) -> Result<DeviceId> {
        let id: DeviceId = self.seed.id();
        let command = DeviceCommand::Register {
            owner: self.startup,
            name: EitherName::new(Some(ko.parse()?), Some(en.parse()?))?,
            model: model.parse()?,
            intended_use: "심장음과 심장 신호를 기록하여 의료진의 판단을 돕습니다.".parse()?,
            classes: BTreeMap::from([(Market::Kr, class)]),
            udi_di: None,
        };
        self.seed
            .submit(self.by.clone(), id, Command::Device(command))
            .await?;
        Ok(id)
    }

    /// Puts a file into the device's dossier.
    async fn attach(&self, device: DeviceId) -> Result<DocumentVersion> {
        let sha256 = Sha256Hex::of(USABILITY_FILE);
        let size_bytes = u64::try_from(USABILITY_FILE.len())?;
        let content = futures_util::stream::iter([Ok::<_, StoreError>(USABILITY_FILE.into())]);
        let store = self.seed.engine().store();
        store.documents().put(&sha256, size_bytes, content).await?;
        let command = DeviceCommand::AttachDocument {
            document: None,
            title: "사용적합성 엔지니어링 파일".parse()?,
            file: StoredFile {
                sha256: sha256.clone(),
                size_bytes,
                media_type: MediaType::Pdf,
                file_name: "usability-file.pdf".parse()?,
            },
            hospitals: Vec::new(),
        };
        self.seed
            .submit(self.by.clone(), device, Command::Device(command))
            .await?;
        let loaded = store.load(device.into()).await.ok().flatten();
        let document = loaded
            .as_ref()
            .and_then(|loaded| match &loaded.state {
                State::Device(device) => device.documents.keys().next().copied(),
                State::Account(_)
                | State::Organization(_)
                | State::Case(_)
                | State::Study(_)
                | State::FeedbackRound(_)
                | State::Consultation(_) => None,
            })
            .context("the document is not there")?;
        Ok(DocumentVersion {
            document,
            version: 1,
            sha256,
        })
    }

    async fn case(&self, device: DeviceId, title: &str) -> Result<CaseId> {
        let id: CaseId = self.seed.id();
        let command = CaseCommand::Open {
            startup: self.startup,
            hospital: self.hospital,
            hospital_kind: OrganizationKind::Hospital,
            device,
            device_owner: self.startup,
            pathway: self.pathway.clone(),
            title: title.parse()?,
        };
        self.give(id, command).await?;
        Ok(id)
    }
}

fn texts<const N: usize>(answers: [(&str, &str); N]) -> BTreeMap<String, Value> {
    answers
        .into_iter()
        .map(|(field, text)| (field.to_owned(), Value::Text(text.to_owned())))
        .collect()
}
