//! Commands given on the machine itself: first accounts, and the people of the demo.

use anyhow::{Result, anyhow};
use jiff::{SignedDuration, Timestamp};
use naru_domain::account::{AccountCommand, Scope};
use naru_domain::organization::OrganizationCommand;
use naru_domain::{
    AccountId, Actor, AggregateId, BothNames, Command, CommandId, Locale, OrganizationId,
    OrganizationKind, Role, TokenId, TypedId,
};
use naru_engine::{Engine, Refusal};
use naru_server::TokenSecret;
use naru_store::{Receipt, Submission};

/// Gives commands as whoever administers the machine, or in the name of a person of the demo.
#[derive(Debug)]
pub(crate) struct Seed {
    engine: Engine,
}

impl Seed {
    /// Commands to this engine.
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// The engine.
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// A new id; time comes from the engine's clock, so ids are in its order.
    pub(crate) fn id<T: TypedId>(&self) -> T {
        let millis = u64::try_from(self.engine.clock().now().as_millisecond()).unwrap_or(0);
        T::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid())
    }

    /// Gives a command; a refusal becomes an error in words.
    pub(crate) async fn submit(
        &self,
        actor: Actor,
        aggregate: impl Into<AggregateId>,
        command: Command,
    ) -> Result<Receipt> {
        let command_id = CommandId::from_uuid(self.id::<CommandId>().uuid());
        let submission = Submission {
            command_id,
            aggregate: aggregate.into(),
            expected_version: None,
            actor,
            command,
        };
        self.engine
            .submit(submission)
            .await
            .map_err(|refusal| match refusal {
                Refusal::Rejected(rejection) => {
                    anyhow!("{} ({})", rejection.words(Locale::En), rejection.code())
                }
                Refusal::Fault(fault) => anyhow!("{fault}"),
            })
    }

    /// Opens an account.
    pub(crate) async fn account(
        &self,
        name: &str,
        name_en: Option<&str>,
        email: &str,
        locale: Locale,
    ) -> Result<AccountId> {
        let account: AccountId = self.id();
        let command = AccountCommand::Open {
            email: email.parse()?,
            name: name.parse()?,
            name_en: name_en.map(str::parse).transpose()?,
            locale,
        };
        self.submit(Actor::machine(), account, Command::Account(command))
            .await?;
        Ok(account)
    }

    /// Registers an organization.
    pub(crate) async fn organization(
        &self,
        kind: OrganizationKind,
        ko: &str,
        en: &str,
        number: Option<&str>,
    ) -> Result<OrganizationId> {
        let organization: OrganizationId = self.id();
        let name = BothNames {
            ko: ko.parse()?,
            en: en.parse()?,
        };
        let command = OrganizationCommand::Register {
            kind,
            name,
            business_number: number.map(str::parse).transpose()?,
        };
        self.submit(
            Actor::machine(),
            organization,
            Command::Organization(command),
        )
        .await?;
        Ok(organization)
    }

    /// Adds a member.
    pub(crate) async fn member(
        &self,
        organization: OrganizationId,
        account: AccountId,
        role: Role,
    ) -> Result<()> {
        let command = OrganizationCommand::AddMember { account, role };
        self.submit(
            Actor::machine(),
            organization,
            Command::Organization(command),
        )
        .await?;
        Ok(())
    }

    /// Issues a token and returns its secret, which is nowhere else.
    pub(crate) async fn token(
        &self,
        account: AccountId,
        label: &str,
        days: u16,
        scopes: &[Scope],
    ) -> Result<String> {
        let secret = TokenSecret::mint();
        let expires_at: Timestamp =
            self.engine.clock().now() + SignedDuration::from_hours(24 * i64::from(days));
        let command = AccountCommand::IssueToken {
            token: self.id::<TokenId>(),
            secret_hash: secret
                .hash()
                .ok_or_else(|| anyhow!("the token cannot be hashed"))?,
            label: label.parse()?,
            scopes: scopes.iter().copied().collect(),
            expires_at,
        };
        self.submit(Actor::machine(), account, Command::Account(command))
            .await?;
        Ok(secret.reveal().to_owned())
    }
}
