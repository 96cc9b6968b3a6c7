//! A server that shows a certificate and says nothing more: enough to see whether a client takes it.

use crate::smtp::acceptor;
use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

pub use crate::smtp::CERTIFICATE;

/// The same, until the end of 2020.
pub const EXPIRED: &str = include_str!("certificates/expired.pem");
/// Of somebody who has signed nothing.
pub const STRANGER: &str = include_str!("certificates/stranger.pem");
/// What a client of PostgreSQL sends first to ask for encryption is so long, and this is the answer that it may have it.
const QUESTION: usize = 8;
const YES: &[u8] = b"S";

/// When the server begins to encrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encrypts {
    /// From the first byte.
    AtOnce,
    /// When asked as PostgreSQL is.
    AsPostgres,
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub struct Shows {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Shows {
    /// Shows this certificate to everybody who calls.
    pub async fn certificate(certificate: &str, encrypts: Encrypts) -> io::Result<Self> {
        let acceptor = acceptor(certificate)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move {
            let mut callers = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                callers.spawn(show(stream, acceptor.clone(), encrypts));
            }
        });
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Shows {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn show(mut stream: TcpStream, acceptor: TlsAcceptor, encrypts: Encrypts) -> io::Result<()> {
    if encrypts == Encrypts::AsPostgres {
        stream.read_exact(&mut [0; QUESTION]).await?;
        stream.write_all(YES).await?;
    }
    let mut taken = acceptor.accept(stream).await?;
    // Whoever takes the certificate waits in vain.
    let mut rest = Vec::new();
    taken.read_to_end(&mut rest).await?;
    Ok(())
}
