//! A PostgreSQL server of our own: in a new folder, on a free port of this machine, without a socket file, and gone at the end. It can be stopped
//! as a power cut would stop it and started again. Needs nothing but the standard library, because the project's chores use it too.

use std::ffi::OsStr;
use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server, or one that was stopped and can be started again.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

/// Where PostgreSQL's programs are on this machine: the newest that Debian has installed, or those that `pg_config` names.
pub fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter();
    let newest = installed
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, programs)| programs.join("initdb").exists())
        .max();
    if let Some((_, programs)) = newest {
        return Some(programs);
    }
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let programs = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
    programs.join("initdb").exists().then_some(programs)
}

impl Cluster {
    /// Makes a server with the programs in this folder and starts it.
    pub fn start(programs: &Path) -> io::Result<Self> {
        let folder = std::env::temp_dir();
        // Made by the user who will own it: PostgreSQL refuses to run as root.
        let made = output(
            as_nobody_special("mktemp")
                .args(["--directory", "--suffix=.naru-postgres", "--tmpdir"])
                .env("TMPDIR", folder),
        )?;
        let cluster = Self {
            programs: programs.to_owned(),
            folder: PathBuf::from(made.trim_end()),
            port: TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
        };
        output(cluster.program("initdb").args([
            "--pgdata=data",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]))?;
        cluster.start_again()?;
        Ok(cluster)
    }

    /// Its address, with the database that every server has.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts it after a stop, and waits until it lets people in.
    pub fn start_again(&self) -> io::Result<()> {
        let settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories=''",
            self.port
        );
        output(
            self.program("pg_ctl")
                .args([
                    "--pgdata=data",
                    "--log=log",
                    "--wait",
                    "--timeout=60",
                    "start",
                    "-o",
                ])
                .arg(settings),
        )?;
        Ok(())
    }

    /// Stops it in the middle of whatever it does, without a word to anybody.
    pub fn stop_at_once(&self) -> io::Result<()> {
        output(self.program("pg_ctl").args([
            "--pgdata=data",
            "--mode=immediate",
            "--wait",
            "stop",
        ]))?;
        Ok(())
    }

    fn program(&self, name: &str) -> Command {
        let mut command = as_nobody_special(self.programs.join(name));
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // It may be stopped already, and what is left in a folder for temporary things harms nobody.
        let _ = self.stop_at_once();
        let _ = output(as_nobody_special("rm").arg("-r").arg(&self.folder));
    }
}

/// Whether this process is root.
pub fn is_root() -> bool {
    output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim_end() == "0")
}

/// A command that does not run as root: the user whom PostgreSQL's package has made runs it then.
fn as_nobody_special(program: impl AsRef<OsStr>) -> Command {
    let mut command = if is_root() {
        let mut command = Command::new("runuser");
        command.args(["--user", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}

fn output(command: &mut Command) -> io::Result<String> {
    let output = command.stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?}: {said}")))
}
