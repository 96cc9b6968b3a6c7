//! What every page has around its content.

use super::dates::Days;
use super::live;
use super::posted::{COMMAND, FORM_TOKEN};
use super::prefs::{Prefs, Theme};
use super::reader::{Reader, face};
use super::stop::Stop;
use crate::app::AppState;
use crate::words::Phrases;
use naru_domain::Role;

/// The pages that the bar leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Inbox,
    Cases,
    Devices,
    Advice,
    Figures,
    People,
    Operations,
    Settings,
}

/// What every page has around its content.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) words: Phrases,
    pub(super) title: String,
    pub(super) theme: Theme,
    /// The bar; none before signing in.
    pub(super) bar: Option<Bar>,
    pub(super) form_token: String,
    /// The page's own address.
    pub(super) path: String,
    pub(super) as_of: String,
    /// What has just been done, in words.
    pub(super) done: Option<String>,
    /// Where the page hears that it has changed.
    pub(super) live: Option<String>,
}

/// The bar over the page.
#[derive(Clone, Debug)]
pub(super) struct Bar {
    pub(super) organization: String,
    pub(super) links: Vec<NavLink>,
    pub(super) person: String,
    pub(super) face: String,
    pub(super) at_settings: bool,
}

/// One word of the bar.
#[derive(Clone, Debug)]
pub(super) struct NavLink {
    pub(super) href: &'static str,
    pub(super) label: String,
    /// How many things wait for the reader there.
    pub(super) count: Option<String>,
    pub(super) current: bool,
}

impl Frame {
    /// The frame of a page for somebody who is not signed in, or who cannot be asked.
    pub(super) fn bare(app: &AppState, prefs: Prefs, title: &str, path: &str) -> Self {
        let words = prefs.words();
        Self {
            words,
            title: title.to_owned(),
            theme: prefs.theme,
            bar: None,
            form_token: String::new(),
            path: path.to_owned(),
            as_of: Days::of(app, words.0).as_of(),
            done: None,
            live: None,
        }
    }

    /// The fields that every form brings along: the session's token and the id of the command.
    pub(super) fn form(&self) -> String {
        let command = uuid::Uuid::now_v7().simple();
        format!(
            "<input type=\"hidden\" name=\"{FORM_TOKEN}\" value=\"{}\"><input type=\"hidden\" name=\"{COMMAND}\" value=\"command_{command}\">",
            self.form_token
        )
    }

    /// The word for a theme.
    pub(super) fn theme_name(&self, theme: Theme) -> String {
        self.words.say(&format!("theme.{}", theme.as_str()))
    }
}

impl Reader {
    /// The frame of a page.
    pub(super) async fn frame(&self, title: String, place: Option<Place>) -> Result<Frame, Stop> {
        let (waiting, live) = self.live().await?;
        let mut links = vec![
            self.link("/inbox", "nav.inbox", place == Some(Place::Inbox)),
            self.link("/cases", "nav.cases", place == Some(Place::Cases)),
        ];
        if self.is_any(&[Role::StartupMember]) {
            links.push(self.link("/devices", "nav.devices", place == Some(Place::Devices)));
        }
        if self.is_any(&[Role::Consultant]) {
            links.push(self.link("/engagements", "nav.advice", place == Some(Place::Advice)));
        }
        if super::figures::may_see(self) {
            let figures = place == Some(Place::Figures);
            links.push(self.link("/figures", "nav.figures", figures));
        }
        if super::operate::people::may_keep(self) {
            let people = place == Some(Place::People);
            links.push(self.link("/organizations", "nav.people", people));
        }
        if self.is_any(&[Role::Operator, Role::Auditor]) {
            let operations = place == Some(Place::Operations);
            links.push(self.link("/operations", "nav.operations", operations));
        }
        if let Some(inbox) = links.first_mut() {
            // With as many as are looked at, the bar says only that there are more.
            inbox.count = match waiting {
                0 => None,
                live::TASKS.. => Some(format!("{}+", live::TASKS - 1)),
                few => Some(few.to_string()),
            };
        }
        let person = self.name_of(self.account()).await?;
        let memberships = &self.viewer.actor().memberships;
        let organization = match memberships.first() {
            Some(first) => self.organization_name(first.organization).await?,
            None => String::new(),
        };
        Ok(Frame {
            words: self.words,
            title,
            theme: self.prefs.theme,
            bar: Some(Bar {
                organization,
                links,
                face: face(&person),
                person,
                at_settings: place == Some(Place::Settings),
            }),
            form_token: self.form_token.clone(),
            path: self.path.clone(),
            as_of: Days::of(self.app(), self.words.0).as_of(),
            done: self.done(),
            live,
        })
    }

    fn link(&self, href: &'static str, key: &str, current: bool) -> NavLink {
        NavLink {
            href,
            label: self.words.say(key),
            count: None,
            current,
        }
    }

    /// What the address says was done; only words of our own can be shown.
    fn done(&self) -> Option<String> {
        let (_, query) = self.path.split_once('?')?;
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (_, what) = pairs.find(|(name, _)| *name == "done")?;
        let known = DONE.iter().find(|known| **known == what)?;
        Some(self.words.say(&format!("done.{known}")))
    }
}

/// The keys for people who work here all day, and what each does.
pub(super) const KEYS: &[(&str, &str)] = &[
    ("j k", "row"),
    ("x", "choose"),
    ("e", "main"),
    ("w", "why"),
    ("/", "find"),
    ("g i", "inbox"),
    ("g c", "cases"),
    ("g d", "devices"),
    ("?", "help"),
];

/// What can have been done, as addresses name it.
pub(super) const DONE: &[&str] = &[
    "session-ended",
    "sessions-ended",
    "password-set",
    "passkey-added",
    "passkey-removed",
    "opened",
    "completed",
    "paused",
    "resumed",
    "canceled",
    "draft-saved",
    "submitted",
    "claimed",
    "approved",
    "sent-back",
    "not-approved",
    "recused",
    "invited",
    "withdrawn",
    "matched",
    "engaged",
    "granted",
    "prepared",
    "signed",
    "noted",
    "asked",
    "answered",
    "taken-back",
    "advised",
    "task-added",
    "session-recorded",
    "session-corrected",
    "session-removed",
    "study-closed",
    "round-invited",
    "round-reminded",
    "round-revoked",
    "round-closed",
    "retried",
    "account-opened",
    "member-added",
    "member-removed",
    "token-revoked",
    // Devices and their documents.
    "registered",
    "revised",
    "attached",
    "retired",
    // Who works on a stage.
    "reassigned",
    "recalled",
];

#[cfg(test)]
mod tests {
    use super::*;
    use naru_domain::Locale;

    #[test]
    fn everything_that_can_be_done_has_words() {
        for what in DONE {
            for locale in [Locale::Ko, Locale::En] {
                let said = Phrases(locale).say(&format!("done.{what}"));
                assert!(!said.contains(crate::words::MISSING), "{said}");
            }
        }
    }
}
