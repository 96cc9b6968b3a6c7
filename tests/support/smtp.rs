//! A mail server on this machine that follows a plan for each connection: it accepts, refuses, stays silent, drips or drops.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The certificate that the server shows: good for `localhost` and `127.0.0.1`, signed by nobody else.
pub const CERTIFICATE: &str = include_str!("certificates/localhost.pem");
const KEY: &str = include_str!("certificates/localhost.key");

/// What the server does on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Takes every letter.
    Accept,
    /// Greets with this answer and hangs up.
    Greet(u16),
    /// Takes the connection and says nothing.
    SilentGreeting,
    /// Greets one byte at a time, and never comes to an end.
    SlowDrip,
    /// Answers the sender with this.
    RefuseSender(u16),
    /// Answers the recipient with this.
    RefuseRecipient(u16),
    /// Answers `DATA` with this.
    RefuseData(u16),
    /// Reads the whole letter and answers with this.
    RefuseLetter(u16),
    /// Hangs up once it has said that the letter may come.
    DropAfterData,
    /// Keeps the letter and hangs up without an answer.
    DropAfterLetter,
    /// Keeps the letter and stays silent.
    SilentAfterLetter,
    /// Answers every sign-in with this.
    RefuseSignIn(u16),
}

/// How the server offers encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all.
    None,
    /// When asked for.
    StartTls,
    /// From the first byte.
    Tls,
}

/// A letter that reached the server.
#[derive(Clone, Debug)]
pub struct Received {
    /// The recipient of the envelope.
    pub to: String,
    /// The message, as its sender wrote it.
    pub bytes: Vec<u8>,
    /// Whether the sender was told that it has arrived.
    pub acknowledged: bool,
    /// Whether it came over an encrypted connection.
    pub encrypted: bool,
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub struct SmtpServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    plans: Mutex<VecDeque<Plan>>,
    encryption: Encryption,
    received: watch::Sender<Vec<Received>>,
    connections: watch::Sender<usize>,
}

impl SmtpServer {
    /// A server that follows one plan a connection, in order, and accepts after the last.
    pub fn start(encryption: Encryption, plans: &[Plan]) -> io::Result<Self> {
        Absent::reserve()?.arrive(encryption, plans)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Every letter so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.borrow().clone()
    }

    /// Every letter, once there are at least `n`.
    pub async fn at_least(&self, n: usize) -> Vec<Received> {
        let mut received = self.shared.received.subscribe();
        let found = received.wait_for(|received| received.len() >= n).await;
        found.map(|received| received.clone()).unwrap_or_default()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }
}

/// An address at which nobody listens yet.
#[derive(Debug)]
pub struct Absent {
    socket: TcpSocket,
}

impl Absent {
    /// Takes an address that nobody else can take, without listening.
    pub fn reserve() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
        Ok(Self { socket })
    }

    /// The address.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Begins to listen there.
    pub fn arrive(self, encryption: Encryption, plans: &[Plan]) -> io::Result<SmtpServer> {
        let listener = self.socket.listen(128)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            plans: Mutex::new(plans.iter().copied().collect()),
            encryption,
            received: watch::Sender::new(Vec::new()),
            connections: watch::Sender::new(0),
        });
        let task = tokio::spawn(listen(
            listener,
            Arc::clone(&shared),
            acceptor(CERTIFICATE)?,
        ));
        Ok(SmtpServer {
            address,
            shared,
            task,
        })
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Speaks TLS under a certificate for our key.
pub(crate) fn acceptor(certificate: &str) -> io::Result<TlsAcceptor> {
    let certificate =
        CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(io::Error::other)?;
    let key = PrivateKeyDer::from_pem_slice(KEY.as_bytes()).map_err(io::Error::other)?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(io::Error::other)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn listen(listener: TcpListener, shared: Arc<Shared>, acceptor: TlsAcceptor) {
    // Conversations end with the server.
    let mut conversations = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        shared.connections.send_modify(|n| *n += 1);
        let plan = {
            let mut plans = shared.plans.lock().unwrap_or_else(PoisonError::into_inner);
            plans.pop_front().unwrap_or(Plan::Accept)
        };
        let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
        conversations.spawn(async move {
            // A client that hangs up is part of many plans.
            let _ = serve(stream, plan, &shared, &acceptor).await;
        });
    }
}

async fn serve(
    stream: TcpStream,
    plan: Plan,
    shared: &Shared,
    acceptor: &TlsAcceptor,
) -> io::Result<()> {
    if shared.encryption == Encryption::Tls {
        let mut wire = Wire::new(acceptor.accept(stream).await?);
        greet(&mut wire, plan).await?;
        converse(&mut wire, plan, shared, true, false).await?;
        return Ok(());
    }
    let mut wire = Wire::new(stream);
    greet(&mut wire, plan).await?;
    let offer = shared.encryption == Encryption::StartTls;
    if converse(&mut wire, plan, shared, false, offer).await? == After::Upgrade {
        let stream = wire.stream.into_inner();
        let mut wire = Wire::new(acceptor.accept(stream).await?);
        converse(&mut wire, plan, shared, true, false).await?;
    }
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum After {
    Close,
    Upgrade,
}

struct Wire<S> {
    stream: BufReader<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    fn new(stream: S) -> Self {
        Self {
            stream: BufReader::new(stream),
        }
    }

    async fn say(&mut self, line: &str) -> io::Result<()> {
        let wire = self.stream.get_mut();
        wire.write_all(format!("{line}\r\n").as_bytes()).await?;
        wire.flush().await
    }

    async fn answer(&mut self, status: u16) -> io::Result<()> {
        self.say(&format!("{status} as planned")).await
    }

    /// The next line, without its end; nothing once the client has hung up.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        if self.stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        while line
            .last()
            .is_some_and(|byte| matches!(byte, b'\r' | b'\n'))
        {
            line.pop();
        }
        Ok(Some(line))
    }

    async fn letter(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut letter = Vec::new();
        while let Some(line) = self.line().await? {
            if line == b"." {
                return Ok(Some(letter));
            }
            letter.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            letter.extend_from_slice(b"\r\n");
        }
        Ok(None)
    }
}

async fn forever() -> io::Result<()> {
    std::future::pending().await
}

async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    plan: Plan,
) -> io::Result<()> {
    match plan {
        Plan::SilentGreeting => forever().await,
        Plan::SlowDrip => {
            let mut tick = tokio::time::interval(Duration::from_millis(5));
            loop {
                tick.tick().await;
                for byte in b"220-" {
                    wire.stream.get_mut().write_all(&[*byte]).await?;
                    tick.tick().await;
                }
                wire.say("still here").await?;
            }
        }
        Plan::Greet(status) => {
            wire.answer(status).await?;
            Err(io::ErrorKind::ConnectionAborted.into())
        }
        Plan::Accept
        | Plan::RefuseSender(_)
        | Plan::RefuseRecipient(_)
        | Plan::RefuseData(_)
        | Plan::RefuseLetter(_)
        | Plan::DropAfterData
        | Plan::DropAfterLetter
        | Plan::SilentAfterLetter
        | Plan::RefuseSignIn(_) => wire.answer(220).await,
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    plan: Plan,
    shared: &Shared,
    encrypted: bool,
    offer: bool,
) -> io::Result<After> {
    let mut to = String::new();
    while let Some(line) = wire.line().await? {
        let line = String::from_utf8_lossy(&line).into_owned();
        let verb = line.split([' ', ':']).next().unwrap_or_default();
        match (verb.to_ascii_uppercase().as_str(), plan) {
            ("EHLO", _) => {
                wire.say("250-localhost").await?;
                if offer {
                    wire.say("250-STARTTLS").await?;
                }
                wire.say("250-AUTH PLAIN LOGIN").await?;
                wire.say("250 SIZE 10000000").await?;
            }
            ("STARTTLS", _) if offer => {
                wire.answer(220).await?;
                return Ok(After::Upgrade);
            }
            ("AUTH", Plan::RefuseSignIn(status))
            | ("MAIL", Plan::RefuseSender(status))
            | ("RCPT", Plan::RefuseRecipient(status))
            | ("DATA", Plan::RefuseData(status)) => wire.answer(status).await?,
            ("AUTH", _) => wire.answer(235).await?,
            ("RCPT", _) => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                wire.answer(250).await?;
            }
            ("DATA", _) => {
                wire.answer(354).await?;
                take_letter(wire, plan, shared, &to, encrypted).await?;
            }
            ("QUIT", _) => {
                wire.answer(221).await?;
                return Ok(After::Close);
            }
            ("MAIL" | "NOOP" | "RSET", _) => wire.answer(250).await?,
            _ => wire.answer(502).await?,
        }
    }
    Ok(After::Close)
}

async fn take_letter<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    plan: Plan,
    shared: &Shared,
    to: &str,
    encrypted: bool,
) -> io::Result<()> {
    if plan == Plan::DropAfterData {
        return Err(io::ErrorKind::ConnectionAborted.into());
    }
    let Some(bytes) = wire.letter().await? else {
        return Ok(());
    };
    if let Plan::RefuseLetter(status) = plan {
        return wire.answer(status).await;
    }
    let acknowledged = !matches!(plan, Plan::DropAfterLetter | Plan::SilentAfterLetter);
    shared.received.send_modify(|received| {
        received.push(Received {
            to: to.to_owned(),
            bytes,
            acknowledged,
            encrypted,
        });
    });
    match plan {
        Plan::SilentAfterLetter => forever().await,
        Plan::DropAfterLetter => Err(io::ErrorKind::ConnectionAborted.into()),
        Plan::Accept
        | Plan::Greet(_)
        | Plan::SilentGreeting
        | Plan::SlowDrip
        | Plan::RefuseSender(_)
        | Plan::RefuseRecipient(_)
        | Plan::RefuseData(_)
        | Plan::RefuseLetter(_)
        | Plan::DropAfterData
        | Plan::RefuseSignIn(_) => wire.answer(250).await,
    }
}
