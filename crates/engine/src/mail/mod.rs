//! How letters leave: over SMTP, into a folder, or into memory.

mod folder;
mod message;
mod smtp;

pub use folder::Folder;
pub use message::{Draft, Post, Sender};
pub use smtp::{Security, Smtp, SmtpCredentials, SmtpOptions};

use crate::trouble::Trouble;
use std::sync::Arc;
use tokio::sync::watch;

/// What became of a letter that was handed to a transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has it.
    Sent,
    /// It was not sent, and a later try may succeed.
    Transient(Trouble),
    /// It was refused, and no later try will help until a person does something.
    Permanent(Trouble),
    /// It may have been sent: try again under the same Message-ID.
    Unknown(Trouble),
}

/// Why mail is not configured well enough to start.
#[derive(Debug, thiserror::Error)]
pub enum MailFault {
    /// Letters would cross the network in the clear.
    #[error(
        "mail without encryption is allowed to this machine only, not to `{0}`; use STARTTLS or TLS"
    )]
    PlainToAnotherMachine(String),
    /// There is no server to connect to.
    #[error("the mail server's name is empty")]
    NoHost,
    /// No server can be called so.
    #[error(
        "`{0}` is not the name of a mail server; write it without spaces, such as mail.example.org"
    )]
    NotAHost(String),
    /// The extra root certificate holds none.
    #[error(
        "there is no certificate in the file for the mail server; it begins with `-----BEGIN CERTIFICATE-----`"
    )]
    NoCertificate,
    /// The extra root certificate cannot be read.
    #[error("cannot use the mail server's name or the extra certificate")]
    Certificate(#[source] lettre::transport::smtp::Error),
    /// The folder cannot be made.
    #[error("cannot use the mail folder `{path}`")]
    Folder {
        /// The folder.
        path: std::path::PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Where letters go.
#[derive(Clone, Debug)]
pub enum Transport {
    /// To a mail server.
    Smtp(Arc<Smtp>),
    /// Into `.eml` files.
    Folder(Folder),
    /// Into memory, for tests.
    Memory(Mailbox),
}

impl Transport {
    /// Hands the letter over and says what became of it.
    pub async fn send(&self, post: &Post) -> Outcome {
        match self {
            Self::Smtp(smtp) => smtp.send(post).await,
            Self::Folder(folder) => folder.send(post).await,
            Self::Memory(mailbox) => mailbox.send(post),
        }
    }

    /// Says goodbye to the mail server.
    pub async fn close(&self) {
        match self {
            Self::Smtp(smtp) => smtp.close().await,
            Self::Folder(_) | Self::Memory(_) => {}
        }
    }
}

/// Letters kept in memory.
#[derive(Clone, Debug, Default)]
pub struct Mailbox {
    posts: Arc<watch::Sender<Vec<Post>>>,
}

impl Mailbox {
    /// Every letter so far.
    pub fn posts(&self) -> Vec<Post> {
        self.posts.borrow().clone()
    }

    /// Every letter, once there are at least `n`.
    pub async fn at_least(&self, n: usize) -> Vec<Post> {
        let mut posts = self.posts.subscribe();
        // The sender lives in `self`, so waiting cannot fail.
        let found = posts.wait_for(|posts| posts.len() >= n).await;
        found.map(|posts| posts.clone()).unwrap_or_default()
    }

    fn send(&self, post: &Post) -> Outcome {
        self.posts.send_modify(|posts| posts.push(post.clone()));
        Outcome::Sent
    }
}
