//! `naru account`: the first account and token, on the machine itself while the server is stopped.

use crate::command::serve::Running;
use crate::config::Config;
use crate::output::say;
use crate::seed::Seed;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use naru_domain::account::Scope;
use naru_domain::{AccountId, EmailAddress, Locale, OrganizationKind, PersonName, Role};
use std::process::ExitCode;

/// Open accounts and issue tokens on this machine, while the server is stopped.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Open an account and issue its first token
    Open(Open),
    /// Issue another token for an account
    Token(Token),
}

/// A new account.
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The person's name
    #[arg(long)]
    name: PersonName,
    /// The person's e-mail address
    #[arg(long)]
    email: EmailAddress,
    /// Write to this person in English
    #[arg(long)]
    english: bool,
    /// Make the person operator of the installation
    #[arg(long)]
    operator: bool,
}

/// A new token.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// The account, as `account_…`
    account: AccountId,
    /// Days until it expires, at most 366
    #[arg(long, default_value_t = 90)]
    days: u16,
}

impl Account {
    /// Does it.
    pub(crate) async fn run(&self, config: &Config) -> Result<ExitCode> {
        if let Self::Token(_) = self {
            config.must_hold_a_record()?;
        }
        let running = Running::start(config).await?;
        let mut seed = Seed::new(running.engine.clone());
        let done = self.with(&mut seed).await;
        running.engine.shutdown().await;
        done?;
        Ok(ExitCode::SUCCESS)
    }

    async fn with(&self, seed: &mut Seed) -> Result<()> {
        let (account, days) = match self {
            Self::Token(token) => (token.account, token.days),
            Self::Open(open) => {
                let locale = if open.english { Locale::En } else { Locale::Ko };
                let account = seed
                    .account(open.name.as_str(), None, open.email.as_str(), locale)
                    .await?;
                say(format_args!("account  {account}"));
                if open.operator {
                    let operator = seed
                        .organization(OrganizationKind::Operator, "운영", "Operations", None)
                        .await
                        .context("cannot register the operator")?;
                    seed.member(operator, account, Role::Operator).await?;
                    say(format_args!("operator of {operator}"));
                }
                (account, 90)
            }
        };
        let secret = seed
            .token(
                account,
                "issued on the machine",
                days,
                &[Scope::Read, Scope::Write, Scope::Admin],
            )
            .await?;
        say(format_args!("token    {secret}"));
        say("The token is shown only once.");
        Ok(())
    }
}
