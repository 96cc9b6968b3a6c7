//! A line between two programs that can be cut, gone silent, and made whole again: what a broken network looks like from both ends.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Whatever comes goes through.
    Whole,
    /// Both ends are hung up on, and whoever calls is too.
    Cut,
    /// Nothing goes through, and nobody is told.
    Silent,
}

/// A line to one address; it is gone when dropped.
#[derive(Debug)]
pub struct Line {
    address: SocketAddr,
    state: watch::Sender<State>,
    task: JoinHandle<()>,
}

impl Line {
    /// A whole line to whoever listens there.
    pub async fn to(end: String) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = watch::Sender::new(State::Whole);
        let task = tokio::spawn(listen(listener, end, state.clone()));
        Ok(Self {
            address,
            state,
            task,
        })
    }

    /// The address of its near end.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Hangs up on both ends, and on whoever calls from now on.
    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Keeps what comes, as a network does that loses every packet: it arrives when the line is whole again.
    pub fn fall_silent(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Makes it whole.
    pub fn mend(&self) {
        self.state.send_replace(State::Whole);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, end: String, state: watch::Sender<State>) {
    // Conversations end with the line.
    let mut conversations = JoinSet::new();
    while let Ok((near, _)) = listener.accept().await {
        let (end, state) = (end.clone(), state.subscribe());
        conversations.spawn(async move {
            // An end that hangs up is what happens to lines.
            let _ = carry(near, &end, state).await;
        });
    }
}

async fn carry(near: TcpStream, end: &str, mut state: watch::Receiver<State>) -> io::Result<()> {
    if whole(&mut state).await.is_none() {
        return Ok(());
    }
    let far = TcpStream::connect(end).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let mut cut = state.clone();
    tokio::select! {
        done = one_way(near_in, far_out, state.clone()) => done,
        done = one_way(far_in, near_out, state) => done,
        _ = cut.wait_for(|state| *state == State::Cut) => Ok(()),
    }
}

async fn one_way(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut state: watch::Receiver<State>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let n = from.read(&mut buffer).await?;
        if n == 0 || whole(&mut state).await.is_none() {
            return Ok(());
        }
        to.write_all(buffer.get(..n).unwrap_or_default()).await?;
    }
}

/// Waits until something may go through; nothing once the line is cut.
async fn whole(state: &mut watch::Receiver<State>) -> Option<()> {
    let state = state.wait_for(|state| *state != State::Silent).await.ok()?;
    (*state == State::Whole).then_some(())
}
