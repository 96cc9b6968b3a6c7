//! Links in letters that let a person in once: asked for on the sign-in page, also by whoever forgot a password.

use super::{Account, AccountEvent, AccountRejection};
use crate::{
    CommonRejection, Context, Effect, Letter, LetterKind, Recipient, Rejection, SignInLinkId,
};
use jiff::{SignedDuration, Timestamp};

/// How long a link can be used.
pub const SIGN_IN_LINK_LIFE: SignedDuration = SignedDuration::from_mins(15);

/// The most links of one account that may be live at once. A new one does not end the others: anybody may ask, and nobody is to end
/// somebody else's.
pub const LIVE_LINKS_MAX: usize = 3;

/// How long a link that has ended is remembered, to say why it does not work.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// A link that lets its person in once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInLink {
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// Whether it let somebody in.
    pub used: bool,
}

/// What a link is good for at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It lets its person in.
    Live,
    /// It let somebody in before.
    Spent,
    /// It is too old.
    Expired,
    /// There is none, or none any more.
    Unknown,
}

impl SignInLink {
    fn state(&self, now: Timestamp) -> LinkState {
        if self.used {
            LinkState::Spent
        } else if self.expires_at <= now {
            LinkState::Expired
        } else {
            LinkState::Live
        }
    }
}

impl Account {
    /// What a link is good for at that moment.
    pub fn sign_in_link(&self, link: SignInLinkId, now: Timestamp) -> LinkState {
        match self.sign_in_links.get(&link) {
            Some(known) if self.is_open() => known.state(now),
            Some(_) | None => LinkState::Unknown,
        }
    }

    pub(super) fn request_link(
        &self,
        context: &Context<'_>,
    ) -> Result<Vec<AccountEvent>, Rejection> {
        let now = context.now;
        let links = self.sign_in_links.values();
        let live = links.filter(|link| link.state(now) == LinkState::Live);
        if LIVE_LINKS_MAX <= live.count() {
            let links_max = LIVE_LINKS_MAX;
            return Err(AccountRejection::TooManySignInLinks { links_max }.into());
        }
        Ok(vec![AccountEvent::SignInLinkRequested {
            link: context.fresh(0),
            requested_at: now,
            expires_at: now.saturating_add(SIGN_IN_LINK_LIFE).unwrap_or(now),
        }])
    }

    /// Only the person comes in by a link, not the operator in their name.
    pub(super) fn use_link(
        &self,
        link: SignInLinkId,
        context: &Context<'_>,
    ) -> Result<Vec<AccountEvent>, Rejection> {
        if context.actor.account() != Some(self.id) {
            return Err(CommonRejection::NotAllowed.into());
        }
        match self.sign_in_link(link, context.now) {
            LinkState::Live => Ok(vec![AccountEvent::SignInLinkUsed { link }]),
            LinkState::Spent => Err(AccountRejection::SignInLinkSpent.into()),
            LinkState::Expired => Err(AccountRejection::SignInLinkExpired.into()),
            LinkState::Unknown => Err(AccountRejection::SignInLinkUnknown.into()),
        }
    }

    /// Keeps a new link and forgets those that ended long before; whether it was new.
    pub(super) fn add_link(
        &mut self,
        link: SignInLinkId,
        requested_at: Timestamp,
        expires_at: Timestamp,
    ) -> bool {
        self.sign_in_links
            .retain(|_, known| requested_at.duration_since(known.expires_at) < REMEMBERED);
        let new = SignInLink {
            expires_at,
            used: false,
        };
        self.sign_in_links.insert(link, new).is_none()
    }

    pub(super) fn sign_in_letter(&self, link: SignInLinkId) -> Effect {
        let account = self.id;
        Effect::SendLetter {
            letter: Letter {
                kind: LetterKind::SignInLink { account, link },
                case: None,
                stage_title: None,
                due: None,
            },
            to: Recipient::Account { account },
        }
    }
}
