//! The program with its example people, as `naru demo` starts it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// How long a program may take to come up.
const PATIENCE: Duration = Duration::from_mins(2);

/// The running demo.
pub(crate) struct Demo {
    pub(crate) url: String,
    data: PathBuf,
    _child: Child,
    _folder: TempDir,
}

impl Demo {
    /// Starts it on a fresh folder and any free port.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_naru"))
            .args(["demo", "--json", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let line = line_with(&mut child, "{").await.unwrap();
        let made: Value = serde_json::from_str(&line).unwrap();
        Self {
            url: made["url"].as_str().unwrap().to_owned(),
            data: folder.path().join(made["data"].as_str().unwrap()),
            _child: child,
            _folder: folder,
        }
    }

    /// Where its letters go, one file each.
    pub(crate) fn letters(&self) -> PathBuf {
        self.data.join("mail")
    }
}

/// The first line of a program's output that has `part` in it, unless it ends before. The rest is read and thrown away, so that the program
/// never waits.
pub(crate) async fn line_with(child: &mut Child, part: &str) -> Option<String> {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let found = tokio::time::timeout(PATIENCE, async {
        loop {
            match lines.next_line().await.unwrap() {
                Some(line) if line.contains(part) => return Some(line),
                Some(_) => {}
                None => return None,
            }
        }
    });
    let found = found.await.unwrap();
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    found
}

/// Waits until a letter to this address is there, and gives the path of the link in it.
pub(crate) async fn link_in_letter_to(folder: &Path, address: &str, nth: usize) -> String {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let found = links_to(folder, address);
        if let Some(link) = found.get(nth) {
            return link.clone();
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "no letter number {nth} to {address}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn links_to(folder: &Path, address: &str) -> Vec<String> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    files.sort();
    let letters = files.iter().filter_map(|path| {
        let bytes = std::fs::read(path).ok()?;
        let letter = mail_parser::MessageParser::default().parse(&bytes)?;
        let to = letter.to()?.first()?.address()?.to_owned();
        let text = letter.body_text(0)?.into_owned();
        let (_, rest) = text.split_once("/l/")?;
        let token = rest.split_whitespace().next()?.to_owned();
        (to == address).then(|| format!("/l/{token}"))
    });
    letters.collect()
}
