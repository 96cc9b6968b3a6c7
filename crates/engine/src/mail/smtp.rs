//! Letters over SMTP. lettre speaks the protocol; the conversation is led here, so that at every failure it is known whether the
//! letter was handed over: only then can the outcome be unknown and a duplicate possible.
//!
//! lettre's own pool is not used: it puts a connection back whose conversation was cut short by a time limit, and the next letter
//! would read the answers meant for the one before.

use super::{MailFault, Outcome, Post};
use crate::trouble::Trouble;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout};

/// How many conversations there are with the server at once.
const CONVERSATIONS_MAX: usize = 4;
/// How long a connection may wait for the next letter.
const IDLE_MAX: Duration = Duration::from_secs(20);
/// How long an idle connection has to prove that it is alive, or to say goodbye.
const COURTESY_MAX: Duration = Duration::from_secs(2);

const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// How the conversation with the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Encryption is asked for at the start (usually port 587), and nothing is sent without it.
    StartTls,
    /// Encrypted from the first byte (usually port 465).
    Tls,
    /// Not at all: only to a mail server on this machine (usually port 25).
    Plain,
}

/// Name and password at the mail server; printing it shows neither.
#[derive(Clone)]
pub struct SmtpCredentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for SmtpCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SmtpCredentials(…)")
    }
}

/// How to reach the mail server.
#[derive(Clone, Debug)]
pub struct SmtpOptions {
    /// Its name or address.
    pub host: String,
    /// Its port; the usual one of `security` if not given.
    pub port: Option<u16>,
    /// How the conversation is protected.
    pub security: Security,
    /// Who we are there, if it asks.
    pub credentials: Option<SmtpCredentials>,
    /// A PEM certificate trusted beside the public ones, for a hospital with an authority of its own.
    pub root_certificate: Option<Vec<u8>>,
    /// The time a letter may take from connecting to the last answer.
    pub time_limit: Duration,
}

impl SmtpOptions {
    /// A server reached by STARTTLS on its usual port, without credentials, with one minute for a letter.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            security: Security::StartTls,
            credentials: None,
            root_certificate: None,
            time_limit: Duration::from_mins(1),
        }
    }
}

/// A mail server and the idle connections to it.
pub struct Smtp {
    options: SmtpOptions,
    port: u16,
    tls: Option<TlsParameters>,
    hello: ClientId,
    conversations: Semaphore,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: AsyncSmtpConnection,
    since: Instant,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp")
            .field("options", &self.options)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// How far the conversation got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reached {
    /// Not past greeting, encryption and sign-in.
    Server,
    /// Sender, and leave to hand over.
    Envelope,
    /// The recipient.
    Recipient,
    /// The letter itself.
    Letter,
}

impl Smtp {
    /// Checks the options; connects only when there is a letter.
    pub fn new(options: SmtpOptions) -> Result<Self, MailFault> {
        if options.host.trim().is_empty() {
            return Err(MailFault::NoHost);
        }
        if options
            .host
            .contains(|c: char| c.is_whitespace() || c.is_control() || c == '/')
        {
            return Err(MailFault::NotAHost(options.host));
        }
        let here = matches!(options.host.as_str(), "localhost" | "127.0.0.1" | "::1");
        let (usual_port, tls) = match options.security {
            Security::Plain if here => (25, None),
            Security::Plain => return Err(MailFault::PlainToAnotherMachine(options.host)),
            Security::StartTls => (587, Some(tls_parameters(&options)?)),
            Security::Tls => (465, Some(tls_parameters(&options)?)),
        };
        Ok(Self {
            port: options.port.unwrap_or(usual_port),
            options,
            tls,
            hello: ClientId::default(),
            conversations: Semaphore::new(CONVERSATIONS_MAX),
            idle: Mutex::new(Vec::new()),
        })
    }

    pub(super) async fn send(&self, post: &Post) -> Outcome {
        let _turn = self.conversations.acquire().await;
        let mut reached = Reached::Server;
        // A conversation that is cut short here drops its connection, and so can never confuse the next one.
        let spoken = timeout(self.options.time_limit, self.converse(post, &mut reached)).await;
        match (spoken, reached) {
            (Ok(Ok(())), _) => Outcome::Sent,
            (Ok(Err(outcome)), _) => outcome,
            (Err(_), Reached::Letter) => Outcome::Unknown(Trouble::MailOutcomeUnknown),
            (Err(_), Reached::Server | Reached::Envelope | Reached::Recipient) => {
                Outcome::Transient(Trouble::MailServerSilent)
            }
        }
    }

    async fn converse(&self, post: &Post, reached: &mut Reached) -> Result<(), Outcome> {
        let mut connection = match self.take_idle().await {
            Some(connection) => connection,
            // A failure before the envelope is about the server or our configuration, not about this letter: it is tried again.
            None => self.connect().await.map_err(Outcome::Transient)?,
        };
        *reached = Reached::Envelope;
        let from = Mail::new(post.envelope.from().cloned(), Vec::new());
        let answer = connection.command(from).await;
        answer.map_err(|problem| outcome(*reached, &problem))?;
        *reached = Reached::Recipient;
        for to in post.envelope.to() {
            let answer = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
            answer.map_err(|problem| outcome(*reached, &problem))?;
        }
        *reached = Reached::Envelope;
        let answer = connection.command(Data).await;
        answer.map_err(|problem| outcome(*reached, &problem))?;
        *reached = Reached::Letter;
        let answer = connection.message(post.bytes()).await;
        answer.map_err(|problem| outcome(*reached, &problem))?;
        self.idle().push(Idle {
            connection,
            since: Instant::now(),
        });
        Ok(())
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let server = (self.options.host.as_str(), self.port);
        let limit = Some(self.options.time_limit);
        let implicit = match self.options.security {
            Security::Tls => self.tls.clone(),
            Security::StartTls | Security::Plain => None,
        };
        let encrypted = implicit.is_some();
        let connected =
            AsyncSmtpConnection::connect_tokio1(server, limit, &self.hello, implicit, None).await;
        let mut connection = connected.map_err(|problem| server_trouble(encrypted, &problem))?;
        if let (Security::StartTls, Some(tls)) = (self.options.security, &self.tls) {
            if !connection.can_starttls() {
                return Err(Trouble::MailServerNotEncrypted);
            }
            let upgraded = connection.starttls(tls.clone(), &self.hello).await;
            upgraded.map_err(|problem| server_trouble(true, &problem))?;
        }
        if let Some(SmtpCredentials { user, password }) = &self.options.credentials {
            let credentials = Credentials::new(user.clone(), password.clone());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let signed_in = connection.auth(&mechanisms, &credentials).await;
            signed_in.map_err(|problem| sign_in_trouble(&problem))?;
        }
        Ok(connection)
    }

    /// An idle connection that still answers.
    async fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let mut idle = self.idle().pop()?;
            let fresh = idle.since.elapsed() < IDLE_MAX;
            let alive = timeout(COURTESY_MAX, idle.connection.test_connected());
            if fresh && alive.await.unwrap_or(false) {
                return Some(idle.connection);
            }
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for mut idle in idle {
            // The server notices either way.
            let _ = timeout(COURTESY_MAX, idle.connection.quit()).await;
        }
    }
}

fn tls_parameters(options: &SmtpOptions) -> Result<TlsParameters, MailFault> {
    let mut builder = TlsParameters::builder(options.host.clone());
    if let Some(pem) = &options.root_certificate {
        // Text without any certificate would be taken for an empty list of them.
        if !pem
            .windows(CERTIFICATE.len())
            .any(|part| part == CERTIFICATE)
        {
            return Err(MailFault::NoCertificate);
        }
        let certificate = Certificate::from_pem(pem).map_err(MailFault::Certificate)?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(MailFault::Certificate)
}

/// What a failure means once the server has let us in.
fn outcome(reached: Reached, problem: &Error) -> Outcome {
    let trouble = match (reached, problem.status().map(u16::from)) {
        (Reached::Letter, None) => return Outcome::Unknown(Trouble::MailOutcomeUnknown),
        (Reached::Server | Reached::Envelope | Reached::Recipient, None) => {
            Trouble::MailServerUnreachable {
                detail: innermost(problem),
            }
        }
        (Reached::Server, Some(status)) => Trouble::MailServerRefused { status },
        (Reached::Recipient, Some(status)) => Trouble::RecipientRefused { status },
        (Reached::Envelope | Reached::Letter, Some(status)) => Trouble::LetterRefused { status },
    };
    if problem.is_permanent() {
        Outcome::Permanent(trouble)
    } else {
        Outcome::Transient(trouble)
    }
}

fn server_trouble(encrypted: bool, problem: &Error) -> Trouble {
    if let Some(status) = problem.status() {
        let status = status.into();
        return Trouble::MailServerRefused { status };
    }
    let detail = innermost(problem);
    if problem.is_tls() || (encrypted && is_handshake(problem)) {
        Trouble::MailServerNotTrusted { detail }
    } else {
        Trouble::MailServerUnreachable { detail }
    }
}

/// A handshake that fails on the certificate arrives as invalid data from the connection.
fn is_handshake(problem: &Error) -> bool {
    let mut source = std::error::Error::source(problem);
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            return io.kind() == std::io::ErrorKind::InvalidData;
        }
        source = cause.source();
    }
    false
}

fn sign_in_trouble(problem: &Error) -> Trouble {
    if problem.is_permanent() || problem.is_client() {
        Trouble::MailSignInRefused
    } else {
        server_trouble(false, problem)
    }
}

/// What lies at the bottom of a failed connection, in one line; no recipient has been spoken of in it.
fn innermost(problem: &Error) -> String {
    let mut cause: &dyn std::error::Error = problem;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    let text = cause.to_string().replace(['\r', '\n'], " ");
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_the_clear_are_refused_to_any_other_machine() {
        for (host, good) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("mail.hospital.example", false),
            ("127.0.0.1.example", false),
            ("localhost.example", false),
            ("10.0.0.5", false),
        ] {
            let options = SmtpOptions {
                security: Security::Plain,
                ..SmtpOptions::new(host)
            };
            assert_eq!(Smtp::new(options).is_ok(), good, "{host}");
        }
        assert!(matches!(
            Smtp::new(SmtpOptions::new(" ")),
            Err(MailFault::NoHost)
        ));
    }

    #[test]
    fn a_certificate_that_is_none_is_refused_at_the_start_and_a_password_is_never_printed() {
        let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let options = SmtpOptions {
            root_certificate: Some(pem.into()),
            credentials: Some(SmtpCredentials {
                user: "naru".to_owned(),
                password: "secret-word".to_owned(),
            }),
            ..SmtpOptions::new("mail.hospital.example")
        };
        assert!(!format!("{options:?}").contains("secret-word"));
        assert!(matches!(Smtp::new(options), Err(MailFault::Certificate(_))));
    }
}
