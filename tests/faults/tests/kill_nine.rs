//! The real program is killed with SIGKILL again and again, at any moment, and started again on the same folder. Every acknowledged command
//! stays, effects are performed at least once under one id, and what was due meanwhile is done.
//!
//! `NARU_FAULT_KILLS` says how often.

use anyhow::{Context as _, Result, bail, ensure};
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use naru_engine::mail::{Folder, Sender, Transport};
use naru_engine::{Clock, Engine, EngineOptions};
use naru_faults::count;
use naru_faults::inspect::{self, Acknowledged};
use naru_faults::rng::Rng;
use naru_faults::world::shipped;
use naru_store::{OutboxStatus, Store, StoreOptions};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

/// A new era of devices and cases begins after so many kills.
const ERA: usize = 12;

/// One folder, and everything that is known of it from outside.
struct Harness {
    folder: PathBuf,
    rng: Rng,
    n_kills: usize,
    acknowledged: Vec<Acknowledged>,
    /// How many of them have been checked once.
    n_checked: usize,
    /// What each letter says in each language, by its id.
    letters: BTreeMap<String, BTreeMap<String, String>>,
    n_cut_lines: usize,
    /// How many wake-ups fell due while nothing ran.
    n_overdue: usize,
    now: Timestamp,
}

impl Harness {
    fn new(folder: &Path, seed: u64) -> Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            rng: Rng::new(seed),
            n_kills: 0,
            acknowledged: Vec::new(),
            n_checked: 0,
            letters: BTreeMap::new(),
            n_cut_lines: 0,
            n_overdue: 0,
            now: "2026-03-02T00:00:00Z".parse()?,
        })
    }

    /// Starts the program, reads what it acknowledges, and kills it.
    async fn live_and_die(&mut self, lies: bool) -> Result<()> {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_driver"));
        command
            .arg(&self.folder)
            .arg(self.n_kills.to_string())
            .arg(self.now.to_string())
            .arg((self.n_kills / ERA).to_string());
        if lies {
            command.arg("--lie");
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?);
        let mut text = String::new();
        if lines.read_line(&mut text).await? == 0 {
            bail!("the driver ended by itself: {}", child.wait().await?);
        }
        let pause = Duration::from_micros(u64::try_from(self.rng.below(60_000))?);
        // Whatever it says while it lives is kept in the pipe, which holds more than it can say in that time.
        let _ = tokio::time::timeout(pause, child.wait()).await;
        child
            .start_kill()
            .context("the driver was gone before it was killed")?;
        lines.read_to_string(&mut text).await?;
        let status = child.wait().await?;
        ensure!(
            std::os::unix::process::ExitStatusExt::signal(&status) == Some(9),
            "the driver ended by itself: {status}"
        );
        for line in text.split_inclusive('\n') {
            match line.strip_suffix('\n') {
                Some(line) => self.acknowledged.push(parse(line)?),
                None => self.n_cut_lines += 1,
            }
        }
        self.n_kills += 1;
        // The next life begins days later, so that what falls due falls due while nothing runs.
        self.now += SignedDuration::from_hours(60);
        Ok(())
    }

    async fn store(&self) -> Result<Store> {
        Store::open(StoreOptions::new(self.folder.join("data")))
            .await
            .context("the folder cannot be opened again")
    }

    /// What must hold after every kill; `thorough` folds everything again.
    async fn check(&mut self, thorough: bool) -> Result<()> {
        let store = self.store().await?;
        let from = if thorough { 0 } else { self.n_checked };
        inspect::answers(&store, &self.acknowledged[from..]).await?;
        self.n_checked = self.acknowledged.len();
        self.n_overdue += store.due_wakeups(self.now, 100_000).await?.len();
        if thorough {
            inspect::integrity(&self.folder.join("data/naru.db")).await?;
            if let Err(broken) = store.verify(None).await? {
                bail!("verify: {broken}");
            }
            inspect::fold(&store).await?;
        }
        store.close().await;
        self.read_letters()
    }

    /// A letter that was written again says the same to the same person.
    fn read_letters(&mut self) -> Result<()> {
        let folder = self.folder.join("letters");
        if !folder.exists() {
            return Ok(());
        }
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(id) = path
                .file_name()
                .and_then(|name| name.to_str())
                .and_then(|name| name.strip_suffix(".eml"))
            else {
                continue;
            };
            let bytes = std::fs::read(&path)?;
            let letter = MessageParser::default()
                .parse(&bytes)
                .with_context(|| format!("the letter {id} is torn"))?;
            let message_id = letter.message_id().unwrap_or_default().to_owned();
            ensure!(
                message_id.starts_with(id),
                "the letter {id} calls itself {message_id}"
            );
            // Name and language are the reader's own at that moment, and people change both while letters wait to be sent again: the greeting,
            // which is the first line, may differ, and each language has words of its own.
            let to = letter.to().and_then(|to| to.first()?.address());
            let language = letter.header_raw("Content-Language").unwrap_or_default();
            let text = letter.body_text(0).unwrap_or_default();
            let (_, text) = text
                .split_once('\n')
                .with_context(|| format!("the letter {id} says nothing"))?;
            let says = format!("{to:?} {:?} {text}", letter.subject());
            let first = self
                .letters
                .entry(id.to_owned())
                .or_default()
                .entry(language.trim().to_owned())
                .or_insert_with(|| says.clone());
            ensure!(
                *first == says,
                "the letter {id} says something else the second time"
            );
        }
        Ok(())
    }

    /// Lets the program run undisturbed until nothing is left to do, and checks that all of it was done.
    async fn settle(&mut self) -> Result<String> {
        let store = self.store().await?;
        let clock = Clock::virtual_at(self.now);
        let transport = Transport::Folder(Folder::open(self.folder.join("letters"))?);
        let sender = Sender {
            name: "나루".to_owned(),
            address: "naru@hospital.example".parse()?,
        };
        let mut options = EngineOptions::new(transport, "http://localhost:1", sender);
        options.clock = clock.clone();
        let engine = Engine::open(store, shipped(), options).await?;
        engine.settle().await;
        let store = engine.store();
        ensure!(
            store.due_wakeups(self.now, 10).await?.is_empty(),
            "what fell due while nothing ran was not done"
        );
        let folded = inspect::fold(store).await?;
        ensure!(
            folded.waiting().is_empty(),
            "effects still wait: {:?}",
            folded.waiting().first()
        );
        self.read_letters()?;
        let mut stopped = BTreeMap::<String, usize>::new();
        for (id, entry) in &folded.outbox {
            match &entry.status {
                OutboxStatus::Done { .. } => {}
                OutboxStatus::Stopped { .. } => {
                    let failure = entry
                        .failure
                        .clone()
                        .unwrap_or_else(|| "for no reason".to_owned());
                    let is_letter = matches!(entry.effect, naru_domain::Effect::SendLetter { .. });
                    ensure!(is_letter, "the message {id} was refused: {failure}");
                    *stopped.entry(failure).or_default() += 1;
                }
                OutboxStatus::Waiting { .. } => bail!("{id} waits"),
            }
        }
        for id in self.letters.keys() {
            ensure!(
                folded
                    .outbox
                    .contains_key(&id.parse().context("a letter's name")?),
                "nobody asked for the letter {id}"
            );
        }
        for (id, entry) in &folded.outbox {
            let whole = matches!(
                &entry.effect,
                naru_domain::Effect::SendLetter {
                    to: naru_domain::Recipient::Account { .. }
                        | naru_domain::Recipient::Address { .. },
                    ..
                }
            );
            if whole && matches!(entry.status, OutboxStatus::Done { .. }) {
                ensure!(
                    self.letters.contains_key(&id.to_string()),
                    "the letter {id} is done, but there is no such letter"
                );
            }
        }
        let events = folded.n_events;
        engine.shutdown().await;
        Ok(format!(
            "{events} events, {} acknowledged, {} letters, {} wake-ups fell due while nothing ran, stopped: {stopped:?}",
            self.acknowledged.len(),
            self.letters.len(),
            self.n_overdue
        ))
    }
}

/// `ack <command> <aggregate> <version>`
fn parse(line: &str) -> Result<Acknowledged> {
    let mut words = line.split(' ');
    let (Some("ack"), Some(command), Some(aggregate), Some(version)) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        bail!("the driver says `{line}`");
    };
    Ok(Acknowledged {
        command: command.parse()?,
        aggregate: aggregate.parse()?,
        answer: match version {
            "?" => inspect::Given::Something,
            "-" => inspect::Given::Refused,
            version => inspect::Given::Version(version.parse()?),
        },
        kept: true,
    })
}

#[tokio::test]
async fn nothing_acknowledged_is_lost_however_often_the_program_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::new(folder.path(), 3).unwrap();
    let kills = count("NARU_FAULT_KILLS", 300, 25);
    let started = std::time::Instant::now();
    for n in 0..kills {
        harness
            .live_and_die(false)
            .await
            .unwrap_or_else(|problem| panic!("life {n}: {problem:#}"));
        harness
            .check(n % 10 == 9)
            .await
            .unwrap_or_else(|problem| panic!("after kill {n}: {problem:#}"));
    }
    let ended = harness
        .settle()
        .await
        .unwrap_or_else(|problem| panic!("at the end: {problem:#}"));
    harness
        .check(true)
        .await
        .unwrap_or_else(|problem| panic!("at the end: {problem:#}"));
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{kills} kills in {seconds:.1} s, {} cut in the middle of a line: {ended}",
        harness.n_cut_lines
    );
    assert!(harness.acknowledged.len() > kills && !harness.letters.is_empty());
    assert!(
        kills < 100 || 0 < harness.n_overdue,
        "nothing ever fell due"
    );
}

/// The planted fault: a program that acknowledges before it has written.
#[tokio::test]
async fn a_program_that_acknowledges_too_early_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::new(folder.path(), 4).unwrap();
    for n in 0..60 {
        harness
            .live_and_die(true)
            .await
            .unwrap_or_else(|problem| panic!("life {n}: {problem:#}"));
        if let Err(problem) = harness.check(false).await {
            println!("found after {} kills: {problem:#}", n + 1);
            assert!(format!("{problem:#}").contains("lost"), "{problem:#}");
            return;
        }
    }
    panic!("60 kills and no lie was found");
}
