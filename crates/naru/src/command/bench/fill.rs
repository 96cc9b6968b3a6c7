//! A hundred thousand cases with a year of history each: what it costs to make them, to start among them, and to read.

use super::world::{Cast, engine_in};
use super::{Output, Seen};
use crate::seed::Seed;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use naru_domain::case::{
    CaseCommand, ChangeRequest, ConflictOfInterest, Decision, DocumentVersion,
};
use naru_domain::pathway::{MatchRole, StageId, Value};
use naru_domain::{
    Actor, CandidateId, CaseId, Channel, Command, CommandId, DocumentId, Locale, TypedId, Who,
};
use naru_store::{Committer, Refusal, Store, StoreOptions, Submission};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Instant;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Cases that move together; each of their commands shares a transaction with the others'.
const ABREAST: usize = 500;

/// Cases with a year of history each.
#[derive(Debug, Args)]
pub(crate) struct Fill {
    #[command(flatten)]
    output: Output,
    /// How many cases
    #[arg(long, default_value_t = 100_000)]
    cases: usize,
    /// How often each question is asked
    #[arg(long, default_value_t = 500)]
    questions: usize,
    /// Keep the data in this folder, which must not exist yet
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

impl Fill {
    /// Fills, starts the program on it, asks.
    pub(crate) async fn run(self) -> Result<()> {
        let kept = self.folder.clone();
        let temporary = tempfile::tempdir()?;
        let folder = kept.unwrap_or_else(|| temporary.path().join("data"));
        let (cast, last) = cases(self.output, &folder, self.cases).await?;
        self.ask(&folder, &cast, last).await
    }

    #[expect(
        clippy::too_many_lines,
        reason = "one question after the other, with its text"
    )]
    /// Starts the program itself and asks what people ask.
    async fn ask(&self, folder: &Path, cast: &Cast, case: CaseId) -> Result<()> {
        let began = Instant::now();
        let program = std::env::current_exe()?;
        let settings = folder.join("bench.toml");
        std::fs::write(
            &settings,
            "[limits]\ncost_per_second = 1_000_000_000\ncost_burst = 1_000_000_000\n",
        )?;
        let mut child = tokio::process::Command::new(program)
            .arg("--config")
            .arg(&settings)
            .arg("--data")
            .arg(folder)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines =
            BufReader::new(child.stdout.take().context("the server has no output")?).lines();
        let line = lines
            .next_line()
            .await?
            .context("the server ended before it said anything")?;
        let url = line
            .split_whitespace()
            .last()
            .context("the server named no address")?
            .to_owned();
        let asker = Asker {
            client: reqwest::Client::new(),
            url: format!("{url}/graphql"),
        };
        asker
            .ask(&cast.coordinator_token, "{ me { id } }", json!({}))
            .await?;
        self.output.figure(
            "start to first answer",
            began.elapsed().as_secs_f64() * 1_000.0,
            "ms",
            None,
        );
        self.output.figure(
            "resident memory after the start",
            resident_mib(child.id())?,
            "MiB",
            None,
        );
        let questions = [
            (
                "inbox, first 50",
                "{ inbox(first: 50) { nodes { title since dueAt case { id reference title } } pageInfo { endCursor } } }",
                json!({}),
            ),
            (
                "case list, first 50",
                "{ cases(first: 50) { nodes { id reference title status nextDueAt } pageInfo { endCursor } } }",
                json!({}),
            ),
            (
                "one case",
                "query($id: ID!) { case(id: $id) { title status whoseMove { role dueAt } stages { id title state openedAt endedAt } } }",
                json!({ "id": case }),
            ),
        ];
        for (name, query, variables) in questions {
            let mut measured = Seen::default();
            for _ in 0..self.questions {
                let began = Instant::now();
                asker
                    .ask(&cast.coordinator_token, query, variables.clone())
                    .await?;
                measured.latencies.push(began.elapsed());
            }
            for percent in [50, 99] {
                self.output.figure(
                    format!("{name} p{percent}"),
                    measured.percentile_ms(percent),
                    "ms",
                    None,
                );
            }
        }
        self.output.figure(
            "resident memory after the questions",
            resident_mib(child.id())?,
            "MiB",
            None,
        );
        child.start_kill()?;
        child.wait().await?;
        Ok(())
    }
}

/// Makes so many cases in a folder that does not exist yet; the people in them, and one of the cases.
pub(super) async fn cases(output: Output, folder: &Path, count: usize) -> Result<(Cast, CaseId)> {
    std::fs::create_dir_all(folder)?;
    let (engine, reference) = engine_in(StoreOptions::new(folder)).await?;
    let seed = Seed::new(engine.clone());
    let cast = Cast::enter(&seed, &reference).await?;
    let now = engine.clock().now();
    engine.shutdown().await;
    drop((seed, engine));

    let store = Store::open(StoreOptions::new(folder)).await?;
    let mut history = History {
        committer: Committer::new(store.clone(), reference),
        store: store.clone(),
        cast: cast.clone(),
        commands: 0,
    };
    let began = Instant::now();
    let mut last = None;
    for first in (0..count).step_by(ABREAST) {
        last = history.year(now, ABREAST.min(count - first)).await?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let commands = f64::from(u32::try_from(history.commands).unwrap_or(u32::MAX));
    let events = f64::from(u32::try_from(store.last_position().await?).unwrap_or(u32::MAX));
    store.close().await;
    drop((history, store));
    let made = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    output.figure("fill: cases", made, "", None);
    output.figure("fill: events of each case", events / made, "", None);
    output.figure("fill: commands", commands / seconds, "/s", None);
    let bytes = std::fs::metadata(folder.join("naru.db"))?.len();
    output.figure(
        "fill: database of each case",
        f64::from(u32::try_from(bytes >> 10).unwrap_or(u32::MAX)) / made,
        "KiB",
        None,
    );
    Ok((cast, last.context("there are no cases")?))
}

/// Asks the running program.
struct Asker {
    client: reqwest::Client,
    url: String,
}

impl Asker {
    async fn ask(&self, token: &str, query: &str, variables: Json) -> Result<()> {
        let body = json!({ "query": query, "variables": variables });
        let answer = self
            .client
            .post(&self.url)
            .bearer_auth(token)
            .json(&body)
            .send()
            .await?;
        let text = answer.error_for_status()?.text().await?;
        if text.contains("\"errors\"") {
            bail!("a question was refused: {text}");
        }
        Ok(())
    }
}

/// The resident memory of a process, in MiB.
fn resident_mib(id: Option<u32>) -> Result<f64> {
    let id = id.context("the server has ended")?;
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))
        .context("this system does not tell the memory of a process")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .context("this system does not tell the memory of a process")?;
    let kib: f64 = line
        .split_whitespace()
        .nth(1)
        .context("this system does not tell the memory of a process")?
        .parse()?;
    Ok(kib / 1_024.0)
}

/// Writes history straight through the Committer, at moments of the past.
struct History {
    committer: Committer,
    store: Store,
    cast: Cast,
    commands: u64,
}

impl History {
    /// A year in the life of so many cases, up to the ethics review; returns one of them.
    async fn year(&mut self, now: Timestamp, count: usize) -> Result<Option<CaseId>> {
        let at = |days: i64| now - SignedDuration::from_hours(24 * days);
        let cases: Vec<CaseId> = (0..count).map(|_| id(at(365))).collect();
        let (member, coordinator) = (self.cast.member.clone(), self.cast.coordinator.clone());
        let opening = self.cast.opening("연속 심전도 패치 임상 근거 마련")?;
        self.all(at(365), &cases, &member, &opening).await?;
        for draft in 0..6 {
            self.all(
                at(364 - draft),
                &cases,
                &member,
                &Cast::draft(usize::try_from(draft)?)?,
            )
            .await?;
        }
        let submit = submission()?;
        self.all(at(350), &cases, &member, &submit).await?;
        let requests = vec![ChangeRequest {
            field: Some("summary".to_owned()),
            text: "기술의 작동 원리를 더 적어 주세요.".parse()?,
        }];
        self.all(
            at(346),
            &cases,
            &coordinator,
            &decide(Decision::SendBack {
                to: stage("intake")?,
                requests,
            })?,
        )
        .await?;
        self.all(at(330), &cases, &member, &submit).await?;
        self.all(
            at(326),
            &cases,
            &coordinator,
            &decide(Decision::Approve { comment: None })?,
        )
        .await?;
        self.matching(at(320), at(316), &cases).await?;
        let confirm = Command::Case(CaseCommand::ConfirmMatching {
            stage: stage("matching")?,
        });
        self.all(at(3), &cases, &coordinator, &confirm).await?;
        self.letters_done(now).await?;
        Ok(cases.last().copied())
    }

    /// Invites a PI and clinicians to every case, and lets them accept.
    async fn matching(
        &mut self,
        invited_at: Timestamp,
        answered_at: Timestamp,
        cases: &[CaseId],
    ) -> Result<()> {
        let coordinator = self.cast.coordinator.clone();
        let roles = [
            MatchRole::PrincipalInvestigator,
            MatchRole::Clinician,
            MatchRole::Clinician,
            MatchRole::Clinician,
        ];
        for (n, role) in roles.into_iter().enumerate() {
            let invite = Command::Case(CaseCommand::InviteCandidate {
                stage: stage("matching")?,
                role,
                name: "홍길동".parse()?,
                email: format!("c{n}@clinic.example").parse()?,
                locale: Locale::Ko,
                department: "심장내과".parse()?,
                conflict: ConflictOfInterest::NoneKnown,
            });
            self.all(invited_at, cases, &coordinator, &invite).await?;
        }
        let mut answers: Vec<Vec<(CaseId, CandidateId)>> = vec![Vec::new(); roles.len()];
        for case in cases {
            let loaded = self
                .store
                .load((*case).into())
                .await
                .map_err(|_| anyhow!("a case cannot be read"))?
                .context("a case is not there")?;
            let naru_domain::State::Case(state) = &loaded.state else {
                bail!("a case is something else")
            };
            let invited = state
                .stages
                .get(&stage("matching")?)
                .context("the matching is not open")?;
            let naru_domain::case::Work::Matching(candidates) = &invited.work else {
                bail!("the matching is something else")
            };
            for (answers, candidate) in answers.iter_mut().zip(candidates.keys()) {
                answers.push((*case, *candidate));
            }
        }
        let accept = Command::Case(CaseCommand::AnswerMatchInvitation {
            accept: true,
            conflict: None,
        });
        for answers in answers {
            let actor = |candidate| Actor {
                who: Who::Candidate(candidate),
                memberships: Vec::new(),
                on_behalf_of: None,
                channel: Channel::MailLink,
            };
            let batch = answers
                .into_iter()
                .map(|(case, candidate)| {
                    submitted(answered_at, case, actor(candidate), accept.clone())
                })
                .collect();
            self.commit(answered_at, batch).await?;
        }
        Ok(())
    }

    async fn all(
        &mut self,
        at: Timestamp,
        cases: &[CaseId],
        actor: &Actor,
        command: &Command,
    ) -> Result<()> {
        let batch = cases
            .iter()
            .map(|case| submitted(at, *case, actor.clone(), command.clone()))
            .collect();
        self.commit(at, batch).await
    }

    async fn commit(&mut self, at: Timestamp, batch: Vec<Submission>) -> Result<()> {
        self.commands += u64::try_from(batch.len())?;
        for outcome in self.committer.commit(at, batch).await {
            outcome.map_err(|refusal| match refusal {
                Refusal::Rejected(rejection) => {
                    anyhow!("{} ({})", rejection.words(Locale::En), rejection.code())
                }
                Refusal::Fault(fault) => anyhow!("{fault}"),
                Refusal::Mistake => anyhow!("a mistake in the program"),
            })?;
        }
        Ok(())
    }

    /// The letters of the past went out long ago.
    async fn letters_done(&self, now: Timestamp) -> Result<()> {
        loop {
            let pending = self
                .store
                .claim_effects(now, now + SignedDuration::from_hours(1), 5_000)
                .await?;
            if pending.is_empty() {
                return Ok(());
            }
            let done: Vec<_> = pending.iter().map(|effect| effect.id).collect();
            self.store.acknowledge(now, &done).await?;
        }
    }
}

fn submitted(at: Timestamp, case: CaseId, actor: Actor, command: Command) -> Submission {
    Submission {
        command_id: id::<CommandId>(at),
        aggregate: case.into(),
        expected_version: None,
        actor,
        command,
    }
}

fn id<T: TypedId>(at: Timestamp) -> T {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    T::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid())
}

fn stage(name: &str) -> Result<StageId> {
    name.parse().map_err(anyhow::Error::msg)
}

fn decide(decision: Decision) -> Result<Command> {
    Ok(Command::Case(CaseCommand::DecideApproval {
        stage: stage("triage")?,
        seat: None,
        decision,
    }))
}

/// The intake form of the Yonsei pathway, filled in.
fn submission() -> Result<Command> {
    let document = DocumentId::from_uuid(uuid::Uuid::from_u128(1));
    let text = |text: &str| Value::Text(text.to_owned());
    let values = BTreeMap::from(
        [
            ("business_number", text("220-81-62517")),
            ("device_class", text("class_2")),
            ("technology_field", text("digital_health")),
            ("site", text("severance")),
            ("intended_use", text("성인의 심전도를 기록합니다.")),
            ("target_disease", text("부정맥")),
            (
                "cooperation_goals",
                text("사용적합성과 의료진 의견을 확인합니다."),
            ),
            (
                "summary",
                text("가슴에 붙이는 패치로, 심장의 전기 신호를 24시간 기록합니다."),
            ),
            ("usability_file", text(&document.to_string())),
            ("needs_regulatory", Value::Boolean(true)),
            ("needs_reimbursement", Value::Boolean(false)),
            ("needs_overseas", Value::Boolean(false)),
        ]
        .map(|(field, value)| (field.to_owned(), value)),
    );
    let documents = vec![DocumentVersion {
        document,
        version: 1,
        sha256: "0".repeat(64).parse()?,
    }];
    Ok(Command::Case(CaseCommand::SubmitForm {
        stage: stage("intake")?,
        values,
        documents,
    }))
}
