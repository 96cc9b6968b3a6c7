//! What can be asked of an account, what can happen to it, and why it refuses.

use super::Scope;
use crate::{
    AccountId, EmailAddress, Locale, LongText, PersonName, Sha256Hex, ShortText, SignInLinkId,
    TokenId, rejections,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What someone wants of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum AccountCommand {
    /// Open it.
    Open {
        /// Where letters go.
        email: EmailAddress,
        /// How the person is called.
        name: PersonName,
        /// The same in the other script.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name_en: Option<PersonName>,
        /// The language of screens and letters.
        locale: Locale,
    },
    /// Call the person by another name.
    Rename {
        /// How the person is called.
        name: PersonName,
        /// The same in the other script.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name_en: Option<PersonName>,
    },
    /// Use another language.
    ChangeLocale {
        /// The language of screens and letters.
        locale: Locale,
    },
    /// Issue a token whose secret the sender has made and keeps.
    IssueToken {
        /// Its id.
        token: TokenId,
        /// The hash of its secret.
        secret_hash: Sha256Hex,
        /// What its owner calls it.
        label: ShortText,
        /// What it may be used for.
        scopes: BTreeSet<Scope>,
        /// When it ends by itself.
        expires_at: Timestamp,
    },
    /// End a token now.
    RevokeToken {
        /// The token.
        token: TokenId,
    },
    /// Send the person a letter with a link that lets them in once. Anybody may ask for it on the sign-in page.
    RequestSignInLink,
    /// Let in whoever opened such a link.
    UseSignInLink {
        /// The link.
        link: SignInLinkId,
    },
    /// Close the account for good and revoke all its tokens.
    Close {
        /// Why.
        reason: LongText,
    },
    /// It is now later than it was.
    Wake,
}

/// What happened to an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AccountEvent {
    /// It was opened.
    Opened {
        /// Its id.
        account: AccountId,
        /// Where letters go.
        email: EmailAddress,
        /// How the person is called.
        name: PersonName,
        /// The same in the other script.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name_en: Option<PersonName>,
        /// The language of screens and letters.
        locale: Locale,
    },
    /// The person is called by another name.
    Renamed {
        /// How the person is called.
        name: PersonName,
        /// The same in the other script.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name_en: Option<PersonName>,
    },
    /// The language changed.
    LocaleChanged {
        /// The language of screens and letters.
        locale: Locale,
    },
    /// A token was issued.
    TokenIssued {
        /// Its id.
        token: TokenId,
        /// The hash of its secret.
        secret_hash: Sha256Hex,
        /// What its owner calls it.
        label: ShortText,
        /// What it may be used for.
        scopes: BTreeSet<Scope>,
        /// When it was issued.
        issued_at: Timestamp,
        /// When it ends by itself.
        expires_at: Timestamp,
    },
    /// A token was ended.
    TokenRevoked {
        /// The token.
        token: TokenId,
    },
    /// A link that lets the person in once was asked for, and goes out in a letter.
    SignInLinkRequested {
        /// The link.
        link: SignInLinkId,
        /// When it was asked for.
        requested_at: Timestamp,
        /// When it ends by itself.
        expires_at: Timestamp,
    },
    /// The person came in by a link.
    SignInLinkUsed {
        /// The link.
        link: SignInLinkId,
    },
    /// The account was closed and all its tokens revoked.
    Closed {
        /// Why.
        reason: LongText,
    },
}

rejections! {
    /// Why an account refuses a command.
    pub enum AccountRejection {
        /// It is closed.
        AccountClosed = "ACCOUNT_CLOSED" at None,
            en "This account is closed and cannot be changed. Open a new account if the person comes back.",
            ko "해지된 계정이라 변경할 수 없습니다. 다시 이용하시려면 새 계정을 만들어 주세요.";
        /// The token would be over before it begins.
        TokenExpiryPast = "TOKEN_EXPIRY_PAST" at Some("expiresAt"),
            en "The token would already be expired. Choose a time in the future.",
            ko "토큰의 만료 시각이 이미 지났습니다. 앞으로의 시각을 선택해 주세요.";
        /// The token would live too long.
        TokenExpiryTooFar { days_max: i64 } = "TOKEN_EXPIRY_TOO_FAR" at Some("expiresAt"),
            en "A token can live for at most {days_max} days. Choose an earlier time.",
            ko "토큰은 최대 {days_max}일까지만 유효하게 할 수 있습니다. 더 이른 시각을 선택해 주세요.";
        /// The token could do nothing.
        TokenScopesEmpty = "TOKEN_SCOPES_EMPTY" at Some("scopes"),
            en "The token has no scope. Choose at least one.",
            ko "토큰의 권한 범위가 비어 있습니다. 하나 이상 선택해 주세요.";
        /// The account has as many live tokens as it may.
        TooManyTokens { tokens_max: usize } = "TOO_MANY_TOKENS" at None,
            en "The account already has {tokens_max} live tokens. Revoke one that is no longer used.",
            ko "사용 중인 토큰이 이미 {tokens_max}개입니다. 쓰지 않는 토큰을 먼저 폐기해 주세요.";
        /// The account had a token with this id or this secret before.
        TokenReused = "TOKEN_REUSED" at Some("token"),
            en "This token was issued before. Make a new one with a new secret.",
            ko "이미 발급된 적이 있는 토큰입니다. 새 비밀값으로 토큰을 다시 만들어 주세요.";
        /// The account never had this token.
        TokenUnknown = "TOKEN_UNKNOWN" at Some("token"),
            en "This account has no such token. Check the token's id.",
            ko "이 계정에 없는 토큰입니다. 토큰 ID를 확인해 주세요.";
        /// So many links are on their way that another letter would help nobody.
        TooManySignInLinks { links_max: usize } = "TOO_MANY_SIGN_IN_LINKS" at None,
            en "{links_max} sign-in links were sent in the last minutes. Use the newest one, or wait until they expire.",
            ko "최근 몇 분 사이에 로그인 링크를 이미 {links_max}번 보냈습니다. 가장 최근 메일의 링크를 사용하시거나 링크가 만료된 뒤에 다시 요청해 주세요.";
        /// The account has no such link, or had it long ago.
        SignInLinkUnknown = "SIGN_IN_LINK_UNKNOWN" at Some("link"),
            en "This sign-in link is not valid. Ask for a new one on the sign-in page.",
            ko "사용할 수 없는 로그인 링크입니다. 로그인 화면에서 새 링크를 요청해 주세요.";
        /// The link let somebody in before.
        SignInLinkSpent = "SIGN_IN_LINK_SPENT" at Some("link"),
            en "This sign-in link was used already, and it works only once. Ask for a new one on the sign-in page.",
            ko "이미 사용한 로그인 링크입니다. 링크는 한 번만 쓸 수 있으니 로그인 화면에서 새 링크를 요청해 주세요.";
        /// The link is too old.
        SignInLinkExpired = "SIGN_IN_LINK_EXPIRED" at Some("link"),
            en "This sign-in link has expired. Ask for a new one on the sign-in page.",
            ko "만료된 로그인 링크입니다. 로그인 화면에서 새 링크를 요청해 주세요.";
        /// Another open account has the address; the committer looks it up before it writes.
        EmailTaken = "EMAIL_TAKEN" at Some("email"),
            en "Another account already uses this e-mail address. Sign in with that account, or use another address.",
            ko "이미 다른 계정에서 사용 중인 이메일 주소입니다. 해당 계정으로 로그인하시거나 다른 주소를 사용해 주세요.";
    }
}
