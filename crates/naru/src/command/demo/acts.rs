//! What people do in the example history, as the commands it becomes.

use super::cases::Dossier;
use super::history::Cast;
use super::told::{Case as ToldCase, Line, Told};
use crate::seed::Seed;
use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use naru_domain::case::{
    Award, CaseCommand, ChangeRequest, ConflictOfInterest, Decision, Milestone, Work,
};
use naru_domain::pathway::{FieldKind, MatchRole, Pathway, PathwayHash, StageId, StageKind, Value};
use naru_domain::{
    Actor, AggregateId, CandidateId, CaseId, Channel, Command, Locale, OrganizationKind, State, Who,
};
use naru_store::Reference;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the history is played: who and what is there, and the cases that were opened.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    pub(super) seed: &'a Seed,
    pub(super) reference: &'a Reference,
    told: &'a Told<'a>,
    cast: &'a Cast,
    dossiers: &'a BTreeMap<&'a str, Dossier>,
    open: BTreeMap<&'a str, Opened>,
}

/// A case of the history.
#[derive(Clone, Debug)]
struct Opened {
    id: CaseId,
    pathway: Arc<Pathway>,
}

/// Somebody who has no account, and acts by the link in a letter.
pub(super) fn by_letter(who: Who) -> Actor {
    Actor {
        who,
        memberships: Vec::new(),
        on_behalf_of: None,
        channel: Channel::MailLink,
    }
}

/// The name of a stage.
pub(super) fn stage_id(name: &str) -> Result<StageId> {
    name.parse().map_err(anyhow::Error::msg)
}

/// A part of what is said.
pub(super) fn part<'l>(line: &Line<'l>, n: usize) -> Result<&'l str> {
    line.said
        .get(n)
        .copied()
        .with_context(|| format!("part {} is missing", n + 1))
}

impl<'a> Stage<'a> {
    /// An empty stage.
    pub(super) fn new(
        seed: &'a Seed,
        reference: &'a Reference,
        told: &'a Told<'a>,
        cast: &'a Cast,
        dossiers: &'a BTreeMap<&'a str, Dossier>,
    ) -> Self {
        Self {
            seed,
            reference,
            told,
            cast,
            dossiers,
            open: BTreeMap::new(),
        }
    }

    /// Carries out a line.
    pub(super) async fn act(&mut self, line: &Line<'a>, today: Date) -> Result<()> {
        match line.act.as_slice() {
            ["open"] => self.open_case(line).await,
            [
                "session" | "sessions" | "panel" | "note" | "ask" | "reply" | "close" | "recommend"
                | "answer",
                stage,
                ..,
            ] => {
                let to = self.child(line.case, stage).await?;
                super::works::work(self, line, to, today).await
            }
            _ => {
                let command = self.command(line, today)?;
                let actor = match line.who.strip_prefix("candidate ") {
                    Some(email) => self.candidate(line.case, email).await?,
                    None => self.person(line.who)?,
                };
                let case = self.opened(line.case)?.id;
                self.seed
                    .submit(actor, case, Command::Case(command))
                    .await?;
                Ok(())
            }
        }
    }

    /// The person of this name.
    pub(super) fn person(&self, name: &str) -> Result<Actor> {
        let actor = self.cast.actors.get(name);
        actor
            .cloned()
            .with_context(|| format!("nobody is `{name}`"))
    }

    /// What is known of an aggregate.
    pub(super) async fn state(&self, id: AggregateId) -> Result<State> {
        let loaded = self.seed.engine().store().load(id).await;
        let loaded = loaded.map_err(|_| anyhow::anyhow!("it cannot be read"))?;
        Ok(loaded.context("it is not there")?.state.clone())
    }

    fn told(&self, case: &str) -> Result<ToldCase<'a>> {
        self.told.cases.get(case).copied().context("no such case")
    }

    fn opened(&self, case: &str) -> Result<Opened> {
        self.open.get(case).cloned().context("the case is not open")
    }

    fn dossier(&self, case: &str) -> Result<&'a Dossier> {
        let model = self.told(case)?.model;
        self.dossiers.get(model).context("no such device")
    }

    async fn work(&self, case: &str, stage: &str) -> Result<Work> {
        let State::Case(case) = self.state(self.opened(case)?.id.into()).await? else {
            bail!("the case is something else")
        };
        let stage = case.stages.get(&stage_id(stage)?);
        Ok(stage.context("the stage has never opened")?.work.clone())
    }

    /// The study, round or consultation of a stage.
    async fn child(&self, case: &str, stage: &str) -> Result<AggregateId> {
        match self.work(case, stage).await? {
            Work::Child { child, .. } => Ok(child),
            Work::Consultation(work) => {
                let engaged = work.engaged.context("nobody is engaged")?;
                Ok(engaged.consultation.into())
            }
            Work::Form(_)
            | Work::Approval(_)
            | Work::Matching(_)
            | Work::Award(_)
            | Work::Agreement(_)
            | Work::Nothing => {
                bail!("the stage has no work of its own")
            }
        }
    }

    /// Whoever was invited to the matching under this address.
    async fn candidate(&self, case: &str, email: &str) -> Result<Actor> {
        let Work::Matching(candidates) = self.work(case, "matching").await? else {
            bail!("the matching is something else")
        };
        let id: CandidateId = candidates
            .iter()
            .find(|(_, candidate)| candidate.email.as_str() == email)
            .map(|(id, _)| *id)
            .with_context(|| format!("nobody was invited as `{email}`"))?;
        Ok(by_letter(Who::Candidate(id)))
    }

    async fn open_case(&mut self, line: &Line<'a>) -> Result<()> {
        let told = self.told(line.case)?;
        let dossier = self.dossier(line.case)?;
        let name = told.pathway.parse().map_err(anyhow::Error::msg)?;
        let (hash, pathway): (&PathwayHash, &Arc<Pathway>) = self
            .reference
            .pathways
            .newest(&name)
            .context("no such pathway")?;
        let hospital = self.cast.organizations.get(told.hospital);
        let command = CaseCommand::Open {
            startup: dossier.startup,
            hospital: *hospital.context("no such hospital")?,
            hospital_kind: OrganizationKind::Hospital,
            device: dossier.device,
            device_owner: dossier.startup,
            pathway: hash.clone(),
            title: told.title.parse()?,
        };
        let id: CaseId = self.seed.id();
        let actor = self.person(line.who)?;
        self.seed.submit(actor, id, Command::Case(command)).await?;
        let pathway = Arc::clone(pathway);
        self.open.insert(line.case, Opened { id, pathway });
        Ok(())
    }

    fn command(&self, line: &Line<'_>, today: Date) -> Result<CaseCommand> {
        Ok(match line.act.as_slice() {
            ["draft", stage] => CaseCommand::SaveDraft {
                stage: stage_id(stage)?,
                values: self.values(line, stage, today)?,
            },
            ["submit", stage] => CaseCommand::SubmitForm {
                stage: stage_id(stage)?,
                values: self.values(line, stage, today)?,
                documents: vec![self.dossier(line.case)?.document.clone()],
            },
            ["claim", stage] => CaseCommand::ClaimStage {
                stage: stage_id(stage)?,
            },
            ["confirm", stage] => CaseCommand::ConfirmMatching {
                stage: stage_id(stage)?,
            },
            ["engage", stage] => CaseCommand::EngageConsultancy {
                stage: stage_id(stage)?,
                consultancy: *self
                    .cast
                    .organizations
                    .get(part(line, 0)?)
                    .context("no such consultancy")?,
                consultancy_kind: OrganizationKind::Consultancy,
            },
            ["lay", stage] => CaseCommand::PrepareAgreement {
                stage: stage_id(stage)?,
                document: self.dossier(line.case)?.document.clone(),
            },
            ["sign", stage] => CaseCommand::SignAgreement {
                stage: stage_id(stage)?,
                shown: self.dossier(line.case)?.document.sha256.clone(),
                printed_name: line.who.parse()?,
            },
            ["grant", stage] => grant(line, stage, today)?,
            _ => return decision(line),
        })
    }

    /// What stands in a form; later forms win over earlier ones.
    fn values(&self, line: &Line<'_>, stage: &str, today: Date) -> Result<BTreeMap<String, Value>> {
        let opened = self.opened(line.case)?;
        let planned = opened
            .pathway
            .stage(&stage_id(stage)?)
            .context("no such stage")?;
        let StageKind::Form(form) = &planned.kind else {
            bail!("`{stage}` is no form")
        };
        let document = self.dossier(line.case)?.document.document;
        let mut values = BTreeMap::new();
        for name in &line.said {
            let answers = self
                .told
                .forms
                .get(name)
                .with_context(|| format!("no form `{name}`"))?;
            for (field, text) in answers {
                let known = form.fields.iter().find(|known| known.name == *field);
                let known = known.with_context(|| format!("no field `{field}`"))?;
                let value = match &known.kind {
                    FieldKind::Boolean => Value::Boolean(*text == "yes"),
                    FieldKind::Integer { .. } | FieldKind::AmountKrw { .. } => {
                        Value::Integer(text.parse()?)
                    }
                    FieldKind::Choices { .. } => {
                        Value::Choices(text.split_whitespace().map(str::to_owned).collect())
                    }
                    FieldKind::Document => Value::Text(document.to_string()),
                    FieldKind::Date if *text == "today" => Value::Text(today.to_string()),
                    FieldKind::Text { .. }
                    | FieldKind::LongText { .. }
                    | FieldKind::Date
                    | FieldKind::Choice { .. }
                    | FieldKind::BusinessNumber
                    | FieldKind::Email
                    | FieldKind::Country => Value::Text((*text).to_owned()),
                };
                values.insert((*field).to_owned(), value);
            }
        }
        Ok(values)
    }
}

/// What is decided about a stage or the whole case.
fn decision(line: &Line<'_>) -> Result<CaseCommand> {
    let decide = |stage: &str, decision| -> Result<CaseCommand> {
        Ok(CaseCommand::DecideApproval {
            stage: stage_id(stage)?,
            seat: None,
            decision,
        })
    };
    Ok(match line.act.as_slice() {
        ["approve", stage] => decide(
            stage,
            Decision::Approve {
                comment: line.said.first().map(|said| said.parse()).transpose()?,
            },
        )?,
        ["return", stage, "to", to] => decide(
            stage,
            Decision::SendBack {
                to: stage_id(to)?,
                requests: requests(line)?,
            },
        )?,
        ["invite", stage] => invite(line, stage)?,
        [answer @ ("accept" | "decline")] => CaseCommand::AnswerMatchInvitation {
            accept: *answer == "accept",
            conflict: None,
        },
        ["pause"] => CaseCommand::Pause {
            reason: part(line, 0)?.parse()?,
        },
        ["cancel"] => CaseCommand::Cancel {
            reason: part(line, 0)?.parse()?,
        },
        ["complete"] => CaseCommand::Complete {
            summary: part(line, 0)?.parse()?,
        },
        other => bail!("`{}` means nothing", other.join(" ")),
    })
}

fn requests(line: &Line<'_>) -> Result<Vec<ChangeRequest>> {
    let request = |said: &&str| -> Result<ChangeRequest> {
        let (field, text) = said.split_once('=').context("field = what is asked for")?;
        Ok(ChangeRequest {
            field: Some(field.trim().to_owned()),
            text: text.trim().parse()?,
        })
    };
    line.said.iter().map(request).collect()
}

fn invite(line: &Line<'_>, stage: &str) -> Result<CaseCommand> {
    let role = match part(line, 0)? {
        "investigator" => MatchRole::PrincipalInvestigator,
        "clinician" => MatchRole::Clinician,
        other => bail!("`{other}` is neither investigator nor clinician"),
    };
    Ok(CaseCommand::InviteCandidate {
        stage: stage_id(stage)?,
        role,
        name: part(line, 1)?.parse()?,
        email: part(line, 2)?.parse()?,
        locale: Locale::Ko,
        department: part(line, 3)?.parse()?,
        conflict: ConflictOfInterest::NoneKnown,
    })
}

/// Money in two parts, the second half a year after the first.
fn grant(line: &Line<'_>, stage: &str, today: Date) -> Result<CaseCommand> {
    let amount_krw: i64 = part(line, 0)?.parse()?;
    let after = |months: i32| today.saturating_add(jiff::Span::new().months(months));
    let milestone = |n: usize, months| -> Result<Milestone> {
        Ok(Milestone {
            title: part(line, n)?.parse()?,
            due_on: after(months),
            amount_krw: Some(amount_krw / 2),
        })
    };
    Ok(CaseCommand::GrantAward {
        stage: stage_id(stage)?,
        award: Award {
            amount_krw,
            milestones: vec![milestone(1, 4)?, milestone(2, 10)?],
            report_due_on: Some(after(12)),
        },
    })
}
