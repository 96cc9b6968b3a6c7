//! What goes wrong before the program has started, through the program itself: every mistake ends with a code, a few plain lines that say
//! what to do, and everything as it was. A disk without room at SQLite's own level is in `tests/faults`, under a file system that says so.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "whatever is missing fails the test, as it should"
)]

use sqlx::ConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

/// How long the program may take to give up, or to come up.
const PATIENCE: Duration = Duration::from_mins(1);
/// More lines than this nobody reads.
const LINES_MAX: usize = 12;
const SERVE: &[&str] = &["serve", "--listen", "127.0.0.1:0"];
const DEMO: &[&str] = &["demo", "--listen", "127.0.0.1:0"];
const OPEN: &[&str] = &[
    "account",
    "open",
    "--name",
    "김하늘",
    "--email",
    "kim@hospital.example",
];
const TOKEN: &[&str] = &[
    "account",
    "token",
    "account_00000000000000000000000000000001",
];
const REINDEX: &[&str] = &["reindex"];
const VERIFY: &[&str] = &["audit", "verify"];
const BACKUP: &[&str] = &["backup", "copy"];
/// Everything that opens a data folder.
const ON_A_FOLDER: &[&[&str]] = &[SERVE, OPEN, TOKEN, REINDEX, VERIFY, BACKUP];

/// How the program ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

/// The program in `folder`, which is also where it looks for `naru.toml`.
fn naru(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env_clear()
        .env("RUST_BACKTRACE", "1")
        .kill_on_drop(true)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

async fn ended(command: &mut Command) -> Ended {
    let waiting = command.spawn().unwrap().wait_with_output();
    let output = tokio::time::timeout(PATIENCE, waiting).await;
    let output = output
        .unwrap_or_else(|_| panic!("still running: {command:?}"))
        .unwrap();
    Ended {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

async fn run(folder: &Path, arguments: &[&str]) -> Ended {
    ended(naru(Path::new(env!("CARGO_BIN_EXE_naru")), folder).args(arguments)).await
}

/// The program gave up as it should and said these words.
fn assert_refused(ended: &Ended, words: &[&str]) {
    let Ended { code, out, err } = ended;
    assert!(matches!(code, Some(1 | 2)), "{ended:?}");
    assert_eq!(out, "", "an answer beside a refusal");
    let lines = err.lines().count();
    assert!((1..=LINES_MAX).contains(&lines), "{lines} lines: {err}");
    for word in words {
        assert!(err.contains(word), "`{word}` is missing: {err}");
    }
    for noise in ["panicked", "backtrace", "RUST_BACKTRACE", ".rs:"] {
        assert!(
            !err.contains(noise),
            "`{noise}` is no word for a user: {err}"
        );
    }
    let message = err.strip_prefix("naru: ").unwrap_or(err);
    for cause in message.split(": ").filter(|cause| cause.len() > 8) {
        assert_eq!(err.matches(cause).count(), 1, "said twice: {err}");
    }
}

/// Every file and folder below, with the files' bytes.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path.clone());
                found.insert(path, None);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.insert(path, Some(bytes));
            }
        }
    }
    found
}

/// Nothing is lost and nothing half-made; a lock and what SQLite lays beside an open file are nobody's work.
fn assert_untouched(before: &BTreeMap<PathBuf, Option<Vec<u8>>>, folder: &Path) {
    let passing = ["naru.lock", "naru.db-wal", "naru.db-shm"];
    let lasts = |path: &PathBuf| !passing.iter().any(|name| path.ends_with(name));
    let after = everything(folder);
    let names = |all: &BTreeMap<PathBuf, Option<Vec<u8>>>| {
        let lasting = all.keys().filter(|path| lasts(path));
        lasting.cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&after), names(before));
    for (path, bytes) in before.iter().filter(|(path, _)| lasts(path)) {
        assert!(after[path] == *bytes, "{} has changed", path.display());
    }
}

/// A folder with a record of one account in `data`.
async fn with_record() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let opened = run(folder.path(), &on("data", OPEN)).await;
    assert_eq!(opened.code, Some(0), "{opened:?}");
    folder
}

fn on<'a>(data: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
    [&["--data", data], arguments].concat()
}

/// Each command is refused with these words and leaves everything as it was.
async fn all_refused(folder: &Path, data: &str, commands: &[&[&str]], words: &[&str]) {
    let before = everything(folder);
    for command in commands {
        let ended = run(folder, &on(data, command)).await;
        assert_refused(&ended, words);
        assert_untouched(&before, folder);
    }
}

/// A running server on `data` and the address it says it listens on.
async fn server(folder: &Path) -> (Child, String) {
    let mut child = naru(Path::new(env!("CARGO_BIN_EXE_naru")), folder)
        .args(on("data", SERVE))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let line = first_line(child.stdout.take().unwrap()).await;
    let address = line.rsplit_once("http://").unwrap().1.to_owned();
    (child, address)
}

async fn first_line(stream: impl AsyncRead + Unpin) -> String {
    let mut lines = BufReader::new(stream).lines();
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
    line.unwrap().unwrap().unwrap()
}

#[tokio::test]
async fn a_second_process_on_a_folder_is_told_to_stop_the_first_which_goes_on() {
    let folder = with_record().await;
    let (mut first, address) = server(folder.path()).await;
    for command in [SERVE, OPEN, TOKEN, REINDEX] {
        let ended = run(folder.path(), &on("data", command)).await;
        assert_refused(&ended, &["`data` is in use", "stop that one first"]);
    }
    for command in [VERIFY, BACKUP] {
        let ended = run(folder.path(), &on("data", command)).await;
        assert_eq!(ended.code, Some(0), "may run beside a server: {ended:?}");
    }
    assert!(first.try_wait().unwrap().is_none(), "the first one ended");
    let page = reqwest::get(format!("http://{address}/graphql")).await;
    assert!(page.unwrap().status().is_success());
}

#[tokio::test]
async fn a_port_in_use_is_named_and_no_folder_is_made() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let commands: &[&[&str]] = &[
        &["serve", "--listen", &address],
        &["demo", "--listen", &address],
    ];
    let words = [
        &*format!("cannot listen on {address}"),
        "choose another address with --listen",
    ];
    all_refused(folder.path(), "data", commands, &words).await;
    let metrics: &[&[&str]] = &[&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--metrics-listen",
        &address,
    ]];
    let words = [
        &*format!("cannot show metrics on {address}"),
        "choose another address with --metrics-listen",
    ];
    all_refused(folder.path(), "data", metrics, &words).await;
}

#[tokio::test]
async fn a_folder_without_a_record_is_not_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let commands = [TOKEN, REINDEX, VERIFY, BACKUP, &["audit", "key"]];
    let words = ["there is no record in `mistyped`", "--data"];
    all_refused(folder.path(), "mistyped", &commands, &words).await;
}

#[tokio::test]
async fn a_data_path_that_is_a_file_or_below_one_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("data"), "somebody's notes").unwrap();
    all_refused(folder.path(), "data", ON_A_FOLDER, &["`data`", "--data"]).await;
    let below = [SERVE, DEMO, OPEN];
    all_refused(folder.path(), "data/below", &below, &["`data"]).await;
}

#[tokio::test]
async fn a_database_file_that_is_a_folder_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("data/naru.db")).unwrap();
    let words = [
        "the database file cannot be opened",
        "check that it is a file",
    ];
    all_refused(folder.path(), "data", ON_A_FOLDER, &words).await;
}

#[tokio::test]
async fn garbage_in_place_of_the_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/naru.db");
    std::fs::create_dir(folder.path().join("data")).unwrap();
    let garbage: Vec<u8> = (0..9_000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect();
    std::fs::write(file, garbage).unwrap();
    let words = ["the database file is damaged", "restore a backup"];
    all_refused(folder.path(), "data", ON_A_FOLDER, &words).await;
}

#[tokio::test]
async fn a_database_that_was_cut_short_is_left_as_it_is() {
    let folder = with_record().await;
    let file = std::fs::File::options()
        .write(true)
        .open(folder.path().join("data/naru.db"));
    file.unwrap().set_len(9_000).unwrap();
    let words = ["the database file is damaged", "restore a backup"];
    all_refused(folder.path(), "data", ON_A_FOLDER, &words).await;
}

#[tokio::test]
async fn a_database_newer_than_the_program_asks_for_the_newer_program() {
    let folder = with_record().await;
    let file = folder.path().join("data/naru.db");
    let connect = SqliteConnectOptions::new().filename(file);
    let mut conn = connect.connect().await.unwrap();
    let newer = "insert into _sqlx_migrations select 99, 'from the future', installed_on, success, checksum, execution_time from _sqlx_migrations where version = 1";
    sqlx::query(newer).execute(&mut conn).await.unwrap();
    sqlx::Connection::close(conn).await.unwrap();
    let words = ["schema version 99", "install the newer naru"];
    all_refused(folder.path(), "data", ON_A_FOLDER, &words).await;
}

#[tokio::test]
async fn keys_that_are_none_are_neither_used_nor_replaced() {
    let folder = with_record().await;
    let keys = folder.path().join("data/keys");
    let whole = std::fs::read(keys.join("link.key")).unwrap();
    std::fs::write(keys.join("link.key"), "short").unwrap();
    let words = ["link.key", "restore it from a backup"];
    all_refused(folder.path(), "data", &[SERVE, OPEN, TOKEN], &words).await;
    std::fs::write(keys.join("link.key"), whole).unwrap();
    std::fs::write(keys.join("checkpoint.pk8.pem"), "hello").unwrap();
    let words = ["the signing key in", "put back the copy"];
    let commands = [SERVE, OPEN, TOKEN, REINDEX, VERIFY, &["audit", "key"]];
    all_refused(folder.path(), "data", &commands, &words).await;
}

/// The program under an account that may write nowhere in `folder`: our own, or nobody's where ours may write everywhere.
#[cfg(unix)]
fn without_leave(program: &Path, folder: &Path) -> Command {
    const NOBODY: u32 = 65_534;
    let mut command = naru(program, folder);
    if std::fs::write(folder.join("data/probe"), "").is_ok() {
        std::fs::remove_file(folder.join("data/probe")).unwrap();
        command.uid(NOBODY);
    }
    command
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_may_not_be_written_is_named_and_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let folder = with_record().await;
    // Beside the data, for an account that may not even look into the folder where the program was built.
    let program = folder.path().join("naru");
    std::fs::copy(env!("CARGO_BIN_EXE_naru"), &program).unwrap();
    let before = everything(folder.path());
    let set = |folder_mode: u32, file_mode: u32| {
        for (path, bytes) in before.iter().filter(|(path, _)| **path != program) {
            let mode = if bytes.is_some() {
                file_mode
            } else {
                folder_mode
            };
            std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
        }
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(folder_mode)).unwrap();
    };
    set(0o555, 0o444);
    for (data, commands) in [
        ("data", &[SERVE, OPEN, TOKEN, REINDEX][..]),
        ("fresh", &[SERVE, DEMO, OPEN][..]),
    ] {
        for command in commands {
            let mut refused = without_leave(&program, folder.path());
            let ended = ended(refused.args(on(data, command))).await;
            assert_refused(&ended, &[&*format!("`{data}"), "Permission denied"]);
        }
    }
    set(0o755, 0o644);
    assert_untouched(&before, folder.path());
}

/// The program with files that may grow to 10 KB at most (a shell counts in blocks of 512 or 1,024 bytes), which it is told as an error.
#[cfg(unix)]
fn without_room(folder: &Path, arguments: &[&str]) -> Command {
    let script = r#"trap '' XFSZ; ulimit -f 20; exec "$0" "$@""#;
    let mut command = naru(Path::new("/bin/sh"), folder);
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_naru")])
        .args(arguments);
    command
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_cannot_grow_stop_the_start_and_lose_nothing() {
    let words = ["the disk failed or has no room", "check it"];
    let fresh = tempfile::tempdir().unwrap();
    let ended_demo = ended(&mut without_room(fresh.path(), &on("data", DEMO))).await;
    assert_refused(&ended_demo, &words);
    assert_untouched(&BTreeMap::new(), fresh.path());
    let ended_serve = ended(&mut without_room(fresh.path(), &on("data", SERVE))).await;
    assert_refused(&ended_serve, &words);
    let opened = run(fresh.path(), &on("data", OPEN)).await;
    assert_eq!(
        opened.code,
        Some(0),
        "with room again, the same folder: {opened:?}"
    );

    let folder = with_record().await;
    let before = run(folder.path(), &on("data", VERIFY)).await;
    let refused = ended(&mut without_room(
        folder.path(),
        &on(
            "data",
            &[
                "account",
                "open",
                "--name",
                "Lee",
                "--email",
                "lee@hospital.example",
            ],
        ),
    ))
    .await;
    assert_refused(&refused, &words);
    let after = run(folder.path(), &on("data", VERIFY)).await;
    assert_eq!((before.code, before.out), (after.code, after.out));
}

#[tokio::test]
async fn arguments_that_mean_nothing_are_answered_with_what_would() {
    let folder = with_record().await;
    let cases: &[(&[&str], &[&str])] = &[
        (&["frobnicate"], &["frobnicate", "--help"]),
        (
            &["serve", "--listen", "nonsense"],
            &["nonsense", "127.0.0.1:8080"],
        ),
        (
            &["serve", "--listen", "127.0.0.1:99999"],
            &["99999", "127.0.0.1:8080"],
        ),
        (&["demo", "--listen", "8080"], &["8080", "127.0.0.1:8080"]),
        (
            &["serve", "--base-url", "nonsense"],
            &["`nonsense`", "https://"],
        ),
        (
            &["serve", "--base-url", "ftp://naru.example"],
            &["ftp://naru.example", "https://"],
        ),
        (
            &["--config", "missing.toml", "serve"],
            &["missing.toml", "cannot read the settings"],
        ),
        (
            &[
                "account",
                "open",
                "--name",
                "",
                "--email",
                "kim@hospital.example",
            ],
            &["--name", "empty"],
        ),
        (
            &["account", "open", "--name", "Kim", "--email", "kim"],
            &["`kim` is not an e-mail address"],
        ),
        (&["account", "token", "nobody"], &["`nobody` is not an id"]),
        (
            &["--data", "data", "backup", "data"],
            &["the folder is not empty", "does not exist yet"],
        ),
        (
            &["--data", "data", "audit", "verify", "--key", "missing.pem"],
            &["cannot read `missing.pem`"],
        ),
        (
            &["pathway", "simulate", "x.toml", "--from", "2026-02-30"],
            &["2026-02-30", "--from"],
        ),
        (&["bench", "nonsense"], &["nonsense", "--help"]),
    ];
    let before = everything(folder.path());
    for (arguments, words) in cases {
        assert_refused(&run(folder.path(), arguments).await, words);
        assert_untouched(&before, folder.path());
    }
    let bare = run(folder.path(), &[]).await;
    assert_eq!(
        (bare.code, bare.err.contains("Usage: naru")),
        (Some(2), true)
    );
}

#[tokio::test]
async fn a_token_for_nobody_is_refused_and_the_events_stay_the_same() {
    let folder = with_record().await;
    let whole = run(folder.path(), &on("data", VERIFY)).await;
    assert_refused(
        &run(folder.path(), &on("data", TOKEN)).await,
        &["Check the id"],
    );
    let after = run(folder.path(), &on("data", VERIFY)).await;
    assert_eq!((whole.code, whole.out), (after.code, after.out));
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused_before_a_folder_is_made() {
    let cases: &[(&[u8], &[&str])] = &[
        (b"\xff\xfe\x00", &["naru.toml", "UTF-8"]),
        (b"data = [", &["naru.toml:1", "array"]),
        (b"colour = 'blue'", &["naru.toml:1", "`colour`", "`listen`"]),
        (b"listen = 'nonsense'", &["naru.toml:1", "127.0.0.1:8080"]),
        (b"base_url = 'nonsense'", &["`nonsense`", "https://"]),
        (
            b"[mail]\nfrom_address = 'nobody'",
            &["`mail.from_address`", "`nobody`"],
        ),
        (
            b"[mail]\nfrom_name = \"a\\nBcc: all\"",
            &["`mail.from_name`", "U+000A"],
        ),
        (
            b"[limits]\ncost_burst = 0",
            &["naru.toml:2", "`0`", "nonzero"],
        ),
        (b"[mail.smtp]\nhost = ''", &["`mail.smtp`", "name is empty"]),
        (
            b"[mail.smtp]\nhost = 'mail example'",
            &["`mail.smtp`", "`mail example`"],
        ),
        (
            b"[mail.smtp]\nhost = 'mail.example'\nport = 70000",
            &["naru.toml:3", "70000"],
        ),
        (
            b"[mail.smtp]\nhost = 'mail.example'\nsecurity = 'rot13'",
            &["`rot13`", "`starttls`"],
        ),
        (
            b"[mail.smtp]\nhost = 'mail.example'\nsecurity = 'plain'",
            &["`mail.example`", "STARTTLS"],
        ),
        (
            b"[mail.smtp]\nhost = 'mail.example'\nusername = 'naru'",
            &["`mail.smtp.username`", "NARU_SMTP_PASSWORD"],
        ),
        (
            b"[mail.smtp]\nhost = 'mail.example'\nusername = 'naru'\npassword_file = 'missing'",
            &["mail password", "`missing`"],
        ),
        (
            b"[mail.smtp]\nhost = 'mail.example'\nroot_certificate = 'missing'",
            &["certificate", "`missing`"],
        ),
        (
            b"[mail.smtp]\nhost = 'mail.example'\nroot_certificate = 'naru.toml'",
            &["BEGIN CERTIFICATE"],
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (settings, words) in cases {
        std::fs::write(folder.path().join("naru.toml"), settings).unwrap();
        all_refused(folder.path(), "data", &[SERVE, DEMO, OPEN], words).await;
    }
}

#[tokio::test]
async fn a_garbage_pathway_file_is_answered_with_its_place_and_nothing_is_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let cases: &[(&[u8], &[&str])] = &[
        (b"\xff\xfe\x00\x9b", &["file.toml:1:1", "UTF-8"]),
        (b"id = 'a'\nid = 'b'", &["file.toml:2:1", "duplicate key"]),
        (b"id = \"\x1b[2J\"", &["file.toml:1"]),
    ];
    for (bytes, words) in cases {
        std::fs::write(folder.path().join("file.toml"), bytes).unwrap();
        for verb in ["check", "draw", "simulate"] {
            let ended = run(folder.path(), &["pathway", verb, "file.toml"]).await;
            assert_refused(&ended, words);
            assert!(
                !ended.err.contains('\u{1b}'),
                "an escape reached the terminal"
            );
            let korean = run(
                folder.path(),
                &["pathway", verb, "--locale", "ko", "file.toml"],
            )
            .await;
            assert_refused(&korean, &["문제 1건"]);
        }
    }
    for missing in ["missing.toml", "."] {
        let ended = run(folder.path(), &["pathway", "check", missing]).await;
        assert_refused(&ended, &[&*format!("cannot read `{missing}`")]);
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_answer_that_cannot_be_written_is_a_failure_and_a_reader_that_left_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_naru"));
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let unwritten = ended(naru(program, folder.path()).arg("schema").stdout(full)).await;
    assert_refused(&unwritten, &["standard output could not be written"]);
    let script = r#""$0" schema | head -n 1"#;
    let left = ended(
        naru(Path::new("/bin/sh"), folder.path())
            .args(["-c", script])
            .arg(program),
    )
    .await;
    assert_eq!((left.out.lines().count(), left.err.as_str()), (1, ""));
}
