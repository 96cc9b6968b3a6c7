//! Accounts: people and their tokens.

use super::command::{Call, Prepared, Preparing, maybe_text, payload, text};
use super::enums::{Locale, Role, Scope};
use super::organization::OrganizationNode;
use super::scalars::{DateTime, Long};
use super::viewer::{Held, Viewer, viewer};
use crate::auth::TokenSecret;
use crate::authz::{Action, Thing};
use crate::fault::Fault;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use naru_domain::account::{Account, AccountCommand, Token};
use naru_domain::{AccountId, Command, TokenId};

/// A person's account. Readable by the person and by the operator.
#[derive(Clone, Debug)]
pub struct AccountNode(Held<Account>);

impl From<Held<Account>> for AccountNode {
    fn from(held: Held<Account>) -> Self {
        Self(held)
    }
}

/// A person's account. Readable by the person and by the operator.
#[Object(name = "Account")]
impl AccountNode {
    /// The account's id.
    pub(crate) async fn id(&self) -> Result<ID> {
        Ok(self.0.get()?.id.into_id())
    }

    /// How many changes it has seen; name it as `expectedVersion`.
    async fn version(&self) -> Long {
        self.0.version().into()
    }

    /// How the person is called, in the reader's language where known.
    async fn name(&self, ctx: &Context<'_>) -> Result<String> {
        let locale = viewer(ctx)?.locale;
        Ok(self.0.get()?.name_in(locale).as_str().to_owned())
    }

    /// Where letters go.
    async fn email(&self) -> Result<&str> {
        Ok(self.0.get()?.email.as_str())
    }

    /// The language of screens and letters.
    async fn locale(&self) -> Result<Locale> {
        Ok(self.0.get()?.locale.into())
    }

    /// Whether it was closed for good.
    async fn closed(&self) -> Result<bool> {
        Ok(!self.0.get()?.is_open())
    }

    /// What the person does for which organization.
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<MembershipNode>> {
        let viewer = viewer(ctx)?;
        let id = self.0.get()?.id;
        let memberships = if viewer.session.account == id {
            viewer.actor().memberships.clone()
        } else {
            let read = viewer.app.store().memberships_of(id).await;
            read.map_err(Fault::from)?
        };
        let mut nodes = Vec::with_capacity(memberships.len());
        for membership in memberships {
            if let Some(organization) = viewer.load(membership.organization).await? {
                nodes.push(MembershipNode {
                    role: membership.role.into(),
                    organization: organization.into(),
                });
            }
        }
        Ok(nodes)
    }

    /// The API tokens of the account, newest last; their secrets are never shown again.
    async fn tokens(&self, ctx: &Context<'_>) -> Result<Vec<TokenNode>> {
        let account = self.0.get()?;
        if !viewer(ctx)?.allows(Action::ViewTokens, &Thing::account(account.id)) {
            return Ok(Vec::new());
        }
        Ok(account.tokens.values().map(TokenNode::from).collect())
    }
}

/// A role in an organization.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Membership")]
pub struct MembershipNode {
    /// The role.
    role: Role,
    /// The organization.
    organization: OrganizationNode,
}

/// An API token, without its secret.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(name = "Token")]
pub struct TokenNode {
    /// Its id.
    id: ID,
    /// What its owner calls it.
    label: String,
    /// What it may be used for.
    scopes: Vec<Scope>,
    /// When it was issued.
    issued_at: DateTime,
    /// When it ends by itself.
    expires_at: DateTime,
    /// Whether it was revoked.
    revoked: bool,
}

impl From<&Token> for TokenNode {
    fn from(token: &Token) -> Self {
        Self {
            id: token.id.into_id(),
            label: token.label.as_str().to_owned(),
            scopes: token.scopes.iter().map(|scope| (*scope).into()).collect(),
            issued_at: DateTime(token.issued_at),
            expires_at: DateTime(token.expires_at),
            revoked: token.revoked,
        }
    }
}

/// A person as others see them: a name beside what they did.
#[derive(Clone, Debug, SimpleObject)]
pub struct Person {
    /// The person's account.
    id: ID,
    /// How they are called, in the reader's language where known.
    name: String,
}

impl Viewer {
    /// A person as others see them.
    pub(crate) async fn person(&self, id: AccountId) -> Result<Person> {
        let name = match self.load::<Account>(id).await? {
            Some(account) => account.get()?.name_in(self.locale).as_str().to_owned(),
            None => String::new(),
        };
        Ok(Person {
            id: id.into_id(),
            name,
        })
    }
}

/// Ids as the API writes them.
pub(crate) trait IntoId {
    /// The id as the API writes it.
    fn into_id(self) -> ID;
}

impl<T: std::fmt::Display> IntoId for T {
    fn into_id(self) -> ID {
        ID(self.to_string())
    }
}

payload! {
    /// The answer to a command on an account.
    AccountPayload,
    /// The account after the command; nothing if it was refused.
    account: AccountNode, Account
}

/// The answer to `issueToken`.
#[derive(Clone, Debug)]
pub struct IssueTokenPayload {
    done: super::command::Done,
    secret: Option<String>,
    token: TokenId,
}

/// The answer to `issueToken`.
#[Object]
impl IssueTokenPayload {
    /// The token; nothing if the command was refused.
    async fn token(&self, ctx: &Context<'_>) -> Result<Option<TokenNode>> {
        let Some(naru_domain::AggregateId::Account(id)) = self.done.aggregate else {
            return Ok(None);
        };
        let Some(account) = viewer(ctx)?.load::<Account>(id).await? else {
            return Ok(None);
        };
        Ok(account.get()?.tokens.get(&self.token).map(TokenNode::from))
    }

    /// The secret, shown this once: send it as `Authorization: Bearer …`. The same command sent again shows none.
    async fn secret(&self) -> Option<&str> {
        self.secret.as_deref()
    }

    /// Why the command was refused; empty when it was carried out.
    async fn user_errors(&self) -> &[super::errors::UserError] {
        &self.done.errors
    }
}

/// Opens an account for a person.
#[derive(Debug, InputObject)]
pub struct OpenAccountInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// Where letters go.
    email: String,
    /// How the person is called.
    name: String,
    /// The same in Latin script.
    name_en: Option<String>,
    /// The language of screens and letters.
    locale: Locale,
}

/// Changes how a person is called.
#[derive(Debug, InputObject)]
pub struct RenameAccountInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The account.
    account_id: ID,
    /// How the person is called.
    name: String,
    /// The same in Latin script.
    name_en: Option<String>,
}

/// Changes the language of screens and letters.
#[derive(Debug, InputObject)]
pub struct ChangeLocaleInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The account.
    account_id: ID,
    /// The language.
    locale: Locale,
}

/// Issues an API token.
#[derive(Debug, InputObject)]
pub struct IssueTokenInput {
    /// A UUID you choose. The secret is shown once, so a repeated id is refused.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The account that the token acts for.
    account_id: ID,
    /// What you call it.
    label: String,
    /// What it may be used for. You cannot give more than your own token has.
    scopes: Vec<Scope>,
    /// When it ends by itself, at most 366 days from now.
    expires_at: DateTime,
}

/// Revokes an API token.
#[derive(Debug, InputObject)]
pub struct RevokeTokenInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The account that the token acts for.
    account_id: ID,
    /// The token.
    token_id: ID,
}

/// Closes an account for good and revokes its tokens.
#[derive(Debug, InputObject)]
pub struct CloseAccountInput {
    /// A UUID you choose; the same id again gives the first answer.
    command_id: ID,
    /// The version you saw; another one is refused as a conflict.
    expected_version: Option<u32>,
    /// The account.
    account_id: ID,
    /// Why.
    reason: String,
}

/// Commands on accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct AccountVerbs;

/// Commands on accounts.
#[Object]
impl AccountVerbs {
    /// Opens an account for a person. Right: operator.
    async fn open_account(
        &self,
        ctx: &Context<'_>,
        input: OpenAccountInput,
    ) -> Result<AccountPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, None)?;
        let prepared = (|| {
            viewer.require_of_installation(Action::OpenAccount)?;
            Ok(Prepared {
                aggregate: call.creates::<AccountId>(viewer.session.account).into(),
                command: Command::Account(AccountCommand::Open {
                    email: text("email", &input.email)?,
                    name: text("name", &input.name)?,
                    name_en: maybe_text("nameEn", input.name_en.as_ref())?,
                    locale: input.locale.into(),
                }),
            })
        })();
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Changes how a person is called. Right: the person, operator.
    async fn rename_account(
        &self,
        ctx: &Context<'_>,
        input: RenameAccountInput,
    ) -> Result<AccountPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let command = AccountCommand::Rename {
                name: text("name", &input.name)?,
                name_en: maybe_text("nameEn", input.name_en.as_ref())?,
            };
            on_account(viewer, &input.account_id, Action::RenameAccount, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }

    /// Changes the language of screens and letters. Right: the person.
    async fn change_locale(
        &self,
        ctx: &Context<'_>,
        input: ChangeLocaleInput,
    ) -> Result<AccountPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let command = AccountCommand::ChangeLocale {
            locale: input.locale.into(),
        };
        let prepared = on_account(viewer, &input.account_id, Action::ChangeLocale, command).await;
        viewer.carry_out(call, prepared).await.map(Into::into)
    }

    /// Issues an API token; its secret is shown in the answer and never again. Right: the person, operator; scope admin.
    async fn issue_token(
        &self,
        ctx: &Context<'_>,
        input: IssueTokenInput,
    ) -> Result<IssueTokenPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let secret = TokenSecret::mint();
        let token: TokenId = call.creates(viewer.session.account);
        let prepared = issue(viewer, &input, &secret, token).await;
        let done = viewer.carry_out(call, prepared).await?;
        let issued = done.errors.is_empty();
        Ok(IssueTokenPayload {
            done,
            secret: issued.then(|| secret.reveal().to_owned()),
            token,
        })
    }

    /// Ends an API token now. Right: the person, operator; scope admin.
    async fn revoke_token(
        &self,
        ctx: &Context<'_>,
        input: RevokeTokenInput,
    ) -> Result<AccountPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let command = AccountCommand::RevokeToken {
                token: super::command::id(&input.token_id)?,
            };
            on_account(viewer, &input.account_id, Action::RevokeToken, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }

    /// Closes an account for good and revokes its tokens. Right: operator.
    async fn close_account(
        &self,
        ctx: &Context<'_>,
        input: CloseAccountInput,
    ) -> Result<AccountPayload> {
        let viewer = viewer(ctx)?;
        let call = Call::new(&input.command_id, input.expected_version)?;
        let prepared = async {
            let command = AccountCommand::Close {
                reason: text("reason", &input.reason)?,
            };
            on_account(viewer, &input.account_id, Action::CloseAccount, command).await
        };
        viewer.carry_out(call, prepared.await).await.map(Into::into)
    }
}

async fn on_account(
    viewer: &Viewer,
    id: &ID,
    action: Action,
    command: AccountCommand,
) -> Preparing {
    let account = viewer.target::<Account>(id, action).await?;
    Ok(Prepared {
        aggregate: account.get()?.id.into(),
        command: Command::Account(command),
    })
}

async fn issue(
    viewer: &Viewer,
    input: &IssueTokenInput,
    secret: &TokenSecret,
    token: TokenId,
) -> Preparing {
    let scopes: std::collections::BTreeSet<_> =
        input.scopes.iter().map(|scope| (*scope).into()).collect();
    // A token must not make one that may do more.
    if !scopes.is_subset(&viewer.session.scopes) {
        return Err(naru_domain::CommonRejection::NotAllowed.into());
    }
    let command = AccountCommand::IssueToken {
        token,
        secret_hash: secret
            .hash()
            .ok_or(Fault::Unexpected("a token without a hash"))?,
        label: text("label", &input.label)?,
        scopes,
        expires_at: input.expires_at.0,
    };
    on_account(viewer, &input.account_id, Action::IssueToken, command).await
}
