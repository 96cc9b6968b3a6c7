//! A Temporal development server of our own: on a free port of this machine, with its database in memory or in a file, and gone at the end. With a
//! file it can be ended as a power cut would end it and started again. Needs nothing but the standard library, because the project's chores use
//! it too.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::park_timeout;
use std::time::{Duration, Instant};

/// The variable that tells the suites where a server is that they may share.
pub const ADDRESS: &str = "NARU_TEST_TEMPORAL";
/// The variable that tells the suites where the program is, for those that start and end servers of their own.
pub const CLI: &str = "NARU_TEST_TEMPORAL_CLI";
/// How long the server may take to start.
const PATIENCE: Duration = Duration::from_secs(90);

/// A server, running or not.
#[derive(Debug)]
pub struct DevServer {
    cli: PathBuf,
    address: SocketAddr,
    database: Option<PathBuf>,
    child: Option<Child>,
}

impl DevServer {
    /// Starts a server with Temporal's command line program. Without a file, its database goes with it.
    pub fn start(cli: &Path, database: Option<&Path>) -> io::Result<Self> {
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut server = Self {
            cli: cli.to_owned(),
            address,
            database: database.map(Path::to_owned),
            child: None,
        };
        server.start_again()?;
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Starts it after an end, and waits until it listens.
    pub fn start_again(&mut self) -> io::Result<()> {
        let mut command = Command::new(&self.cli);
        command
            .args(["server", "start-dev", "--headless", "--ip", "127.0.0.1"])
            .args(["--log-level", "never", "--port"])
            .arg(self.address.port().to_string());
        if let Some(database) = &self.database {
            command.arg("--db-filename").arg(database);
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(self.address).is_err() {
            if let Some(status) = child.try_wait()? {
                let said = format!("the Temporal development server ended at its start: {status}");
                return Err(io::Error::other(said));
            }
            if until < Instant::now() {
                child.kill()?;
                child.wait()?;
                let said = format!("nobody listens on {}", self.address);
                return Err(io::Error::other(said));
            }
            park_timeout(Duration::from_millis(50));
        }
        self.child = Some(child);
        Ok(())
    }

    /// Ends it in the middle of whatever it does, without a word to anybody.
    pub fn end_at_once(&mut self) -> io::Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }
}

impl Drop for DevServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.end_at_once();
    }
}
