//! People who work all the while, and what of it is in the record.

use crate::installation::{PATIENCE, register, until};
use reqwest::Client;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How many callers there are, and how many commands are acknowledged between one fault and the next.
const CALLERS: usize = 4;
const BETWEEN: usize = 12;

/// People who register hospitals, one after the other, each until it is acknowledged.
pub(crate) struct People {
    url: String,
    token: String,
    acknowledged: Mutex<BTreeSet<String>>,
    next: AtomicU32,
    over: AtomicBool,
}

/// People at work.
pub(crate) struct Crowd {
    pub(crate) people: Arc<People>,
    working: JoinSet<()>,
}

impl Crowd {
    /// Sets them to work.
    pub(crate) fn at(url: &str, token: &str) -> Self {
        let people = Arc::new(People {
            url: url.to_owned(),
            token: token.to_owned(),
            acknowledged: Mutex::default(),
            next: AtomicU32::new(1),
            over: AtomicBool::new(false),
        });
        let mut working = JoinSet::new();
        for _ in 0..CALLERS {
            working.spawn(Arc::clone(&people).work());
        }
        Self { people, working }
    }

    /// Waits until they have done enough more.
    pub(crate) async fn more(&self, what: &str) {
        self.people.more(what).await;
    }

    /// Sends them home; everything that was acknowledged to them.
    pub(crate) async fn home(self) -> BTreeSet<String> {
        self.people.over.store(true, Ordering::SeqCst);
        self.working.join_all().await;
        self.people.acknowledged.lock().unwrap().clone()
    }
}

impl People {
    pub(crate) fn command(&self) -> String {
        let n = self.next.fetch_add(1, Ordering::SeqCst);
        format!("00000000-0000-7000-8000-{n:012}")
    }

    async fn work(self: Arc<Self>) {
        let client = Client::builder()
            .timeout(Duration::from_mins(1))
            .build()
            .unwrap();
        while !self.over.load(Ordering::SeqCst) {
            let command = self.command();
            let registering = async {
                while !register(&client, &self.url, &self.token, &command).await {
                    sleep(Duration::from_millis(50)).await;
                }
            };
            let registered = timeout(PATIENCE, registering).await;
            registered.expect("nobody ever registered a hospital");
            self.acknowledged.lock().unwrap().insert(command);
        }
    }

    fn n_acknowledged(&self) -> usize {
        self.acknowledged.lock().unwrap().len()
    }

    async fn more(&self, what: &str) {
        let enough = self.n_acknowledged() + BETWEEN;
        until(what, async || enough <= self.n_acknowledged()).await;
    }
}

/// How many hospitals were acknowledged and are not in the record, and how many are in it twice.
pub(crate) async fn lost_and_doubled(
    database: &str,
    acknowledged: &BTreeSet<String>,
) -> (usize, usize) {
    let mut conn = PgConnection::connect(database).await.unwrap();
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select named, count(*) from (
             select substring(payload from '나루병원 ([0-9a-f-]{36})') as named from event
         ) as event where named is not null group by named",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    conn.close().await.unwrap();
    let recorded: BTreeSet<&str> = rows.iter().map(|(id, _)| id.as_str()).collect();
    let lost = acknowledged
        .iter()
        .filter(|id| !recorded.contains(id.as_str()));
    (lost.count(), rows.iter().filter(|(_, n)| 1 < *n).count())
}
