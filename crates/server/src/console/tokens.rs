//! The reader's API tokens: made, shown once, revoked.

use super::Answer;
use super::ask::{ACT, Control, Input, ON, Sent, on, read, written};
use super::dates::Days;
use super::frame::{Frame, Place};
use super::posted::Posted;
use super::reader::Reader;
use super::show;
use super::stop::Stop;
use crate::auth::TokenSecret;
use crate::authz::Action;
use crate::fault::Fault;
use crate::graphql::{Call, Preparing};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use jiff::SignedDuration;
use naru_domain::account::{Account, AccountCommand, Scope};
use naru_domain::{Command, CommonRejection, TokenId};
use std::collections::BTreeSet;

/// How long a token can be asked to live, in days.
const LIVES: [i64; 3] = [30, 90, 365];

#[derive(Debug, Template)]
#[template(path = "console/work/tokens.html")]
struct TokensPage {
    frame: Frame,
    errors: Vec<(String, String)>,
    /// The secret of the token that was made just now.
    secret: Option<String>,
    rows: Vec<TokenRow>,
    fields: [Input; 2],
    scopes: Vec<(&'static str, String, bool)>,
    scopes_error: Option<String>,
}

/// A token in the list.
#[derive(Debug)]
struct TokenRow {
    id: String,
    label: String,
    note: String,
    /// Why it is no longer good.
    over: Option<String>,
}

/// Answers `GET /settings/tokens`.
pub(super) async fn page(reader: Reader) -> Answer {
    tokens(&reader, &Sent::default(), None).await
}

/// Answers `POST /settings/tokens`: makes a token or revokes one.
pub(super) async fn act(reader: Reader, posted: Posted) -> Answer {
    let account = reader.account().to_string();
    match posted.one(ACT) {
        "issue" => {
            let secret = TokenSecret::mint();
            let command = issue(&reader, &posted, &secret).map(Command::Account);
            let prepared = on::<Account>(&reader, &account, Action::IssueToken, command).await;
            let carried = reader.carry_out(&posted, prepared).await?;
            if carried.errors.is_empty() {
                let shown = secret.reveal().to_owned();
                return tokens(&reader, &Sent::default(), Some(shown)).await;
            }
            refused(&reader, Sent::refused(posted, carried.errors)).await
        }
        "revoke" => {
            let command = revoke(&posted).map(Command::Account);
            let prepared = on::<Account>(&reader, &account, Action::RevokeToken, command).await;
            let carried = reader.carry_out(&posted, prepared).await?;
            if carried.errors.is_empty() {
                return Ok(Redirect::to("/settings/tokens?done=token-revoked").into_response());
            }
            refused(&reader, Sent::refused(posted, carried.errors)).await
        }
        _ => Err(Stop::NotFound),
    }
}

async fn refused(reader: &Reader, sent: Sent) -> Answer {
    let mut answer = tokens(reader, &sent, None).await?;
    *answer.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(answer)
}

fn issue(reader: &Reader, posted: &Posted, secret: &TokenSecret) -> Preparing<AccountCommand> {
    let call = Call {
        command_id: posted.command_id().ok_or(CommonRejection::NotFound)?,
        expected_version: None,
    };
    let wanted = posted.all("scopes");
    let scopes: BTreeSet<Scope> = Scope::ALL
        .iter()
        .filter(|scope| wanted.contains(&scope.as_str()))
        .copied()
        .collect();
    // A token must not do more than whoever makes it.
    if !scopes.is_subset(&reader.viewer.session.scopes) {
        return Err(CommonRejection::NotAllowed.into());
    }
    let days: i64 = read(posted, "expiresAt")?;
    let life = SignedDuration::from_hours(24 * days.clamp(0, 10_000));
    let token: TokenId = call.creates(reader.account());
    Ok(AccountCommand::IssueToken {
        token,
        secret_hash: secret
            .hash()
            .ok_or(Fault::Unexpected("a token without a hash"))?,
        label: written(posted, "label")?,
        scopes,
        expires_at: reader.app().clock().now() + life,
    })
}

fn revoke(posted: &Posted) -> Preparing<AccountCommand> {
    let token = posted.one(ON).parse();
    Ok(AccountCommand::RevokeToken {
        token: token.map_err(|_| CommonRejection::NotFound)?,
    })
}

async fn tokens(reader: &Reader, sent: &Sent, secret: Option<String>) -> Answer {
    let words = reader.words;
    let days = Days::of(reader.app(), words.0);
    let held = reader.viewer.load::<Account>(reader.account()).await?;
    let held = held.ok_or(Stop::NotFound)?;
    let now = reader.app().clock().now();
    let say = |scope: &Scope| words.say(&format!("scope.{}", scope.as_str()));
    let mut rows: Vec<TokenRow> = Vec::new();
    for token in held.get()?.tokens.values().rev() {
        let scopes: Vec<String> = token.scopes.iter().map(say).collect();
        let values = [
            ("scopes", scopes.join(", ").into()),
            ("day", days.day_of(token.expires_at).into()),
        ];
        let over = if token.revoked {
            Some(words.say("tokens.revoked"))
        } else {
            (token.expires_at <= now).then(|| words.say("tokens.expired"))
        };
        rows.push(TokenRow {
            id: token.id.to_string(),
            label: token.label.as_str().to_owned(),
            note: words.with("token-label", values),
            over,
        });
    }
    let form = sent.form("issue", "");
    let typed = sent.posted("issue", "");
    let lives = LIVES.iter().map(|days| {
        let label = words.say(&format!("tokens.days-{days}"));
        (days.to_string(), label)
    });
    let life = Control::Menu(lives.collect());
    let label = form.field("label", words.say("tokens.label"), Control::Line);
    let scopes = Scope::ALL.iter().map(|scope| {
        let chosen = typed.map_or(*scope == Scope::Read, |typed| {
            typed.all("scopes").contains(&scope.as_str())
        });
        (scope.as_str(), say(scope), chosen)
    });
    let page = TokensPage {
        frame: reader
            .frame(words.say("tokens.title"), Some(Place::Settings))
            .await?,
        errors: sent.summary(|field| field != "token"),
        secret,
        rows,
        scopes: scopes.collect(),
        scopes_error: form.error("scopes"),
        fields: [
            label.hint(words.say("tokens.label-hint")),
            form.field("expiresAt", words.say("tokens.life"), life)
                .filled("90"),
        ],
    };
    show(&page)
}
