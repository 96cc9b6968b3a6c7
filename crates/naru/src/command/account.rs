//! `naru account`: the first account and token, on the machine itself while the server is stopped.

use crate::command::serve::Running;
use crate::config::Config;
use crate::output::say;
use crate::seed::Seed;
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use naru_domain::account::Scope;
use naru_domain::{AccountId, EmailAddress, Locale, OrganizationKind, PersonName, Role};
use naru_store::Credential;
use std::process::ExitCode;

/// Open accounts and issue tokens on this machine, while the server is stopped.
#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// Open an account and issue its first token
    Open(Open),
    /// Issue another token for an account
    Token(Token),
    /// Give a person a new password for the console, and end every session of theirs
    Password(Password),
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

/// A new password.
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// The person's e-mail address
    email: EmailAddress,
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
        match self {
            Self::Token(_) | Self::Password(_) => config.must_hold_a_record()?,
            Self::Open(_) => {}
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
            Self::Password(password) => return set_password(seed, &password.email).await,
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

/// Sets a password that nobody chose and shows it once.
async fn set_password(seed: &Seed, email: &EmailAddress) -> Result<()> {
    let store = seed.engine().store();
    let account = store
        .account_by_email(email)
        .await?
        .with_context(|| format!("nobody has the address {email}"))?;
    let (password, stored) = naru_server::auth::first_password()
        .await
        .context("the password cannot be hashed")?;
    let credential = Credential {
        password: stored,
        changed_at: seed.engine().clock().now(),
    };
    store.set_credential(account, &credential).await?;
    store.end_other_sessions(account, "").await?;
    say(format_args!("password {password}"));
    say(
        "The password is shown only once. Sign in to the console with it and set another one under your settings.",
    );
    Ok(())
}
