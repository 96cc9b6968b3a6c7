//! The real program on a Temporal server and a PostgreSQL server of its own: a server and two workers, any of which may be killed, as may the
//! services they stand on; a cluster that was lost; and clear words where something cannot be. Needs Temporal's command line program, where
//! `NARU_TEST_TEMPORAL_CLI` says it is.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "whatever is missing in an answer fails the test, as it should"
)]

mod cuts;
mod installation;
mod kills;
mod moving;
mod people;
mod refusals;
mod traces;
