//! The commands that the forms of a feedback round stand for.

use super::super::ask::{ACT, ON, maybe_written, on, written};
use super::super::posted::Posted;
use super::super::reader::Reader;
use super::super::stop::Stop;
use crate::authz::Action;
use crate::graphql::{Preparing, checked_text};
use naru_domain::feedback::{FeedbackCommand, FeedbackRejection, FeedbackRound, InvitedClinician};
use naru_domain::{Command, InvitationId, Locale, Rejection};

/// Rows that a form can bring.
const ROWS_MAX: usize = 50;

/// What is done in a word, and the command past the gate.
pub(super) async fn prepared(
    reader: &Reader,
    id: &str,
    posted: &Posted,
) -> Result<(&'static str, Preparing), Stop> {
    let (done, action, command) = match posted.one(ACT) {
        "invite" => ("round-invited", Action::InviteClinicians, invite(posted)),
        "remind" => ("round-reminded", Action::RemindClinician, remind(posted)),
        "revoke" => ("round-revoked", Action::RevokeInvitation, revoke(posted)),
        "close" => ("round-closed", Action::CloseFeedbackRound, close(posted)),
        _ => return Err(Stop::NotFound),
    };
    let command = command.map(Command::FeedbackRound);
    let prepared = on::<FeedbackRound>(reader, id, action, command).await;
    Ok((done, prepared))
}

fn is_filled(posted: &Posted, row: usize) -> bool {
    ["name", "email", "site", "specialty"]
        .iter()
        .any(|field| posted.some(&format!("invitations.{row}.{field}")).is_some())
}

/// For each row of the form the place that it has among those that were filled, which is how refusals count.
pub(super) fn places(posted: Option<&Posted>, rows: usize) -> Vec<Option<usize>> {
    let mut next = 0;
    let places = (0..rows).map(|row| {
        let filled = posted.is_some_and(|posted| is_filled(posted, row));
        let place = filled.then_some(next);
        next += usize::from(filled);
        place
    });
    places.collect()
}

fn invite(posted: &Posted) -> Preparing<FeedbackCommand> {
    let mut invitations = Vec::new();
    for row in (0..ROWS_MAX).filter(|row| is_filled(posted, *row)) {
        let place = invitations.len();
        let value = |field: &str| posted.one(&format!("invitations.{row}.{field}"));
        let named = |field: &str| format!("invitations.{place}.{field}");
        invitations.push(InvitedClinician {
            name: checked_text(&named("name"), value("name"))?,
            email: checked_text(&named("email"), value("email"))?,
            site: checked_text(&named("site"), value("site"))?,
            specialty: match value("specialty") {
                "" => None,
                specialty => Some(checked_text(&named("specialty"), specialty)?),
            },
            locale: match value("locale") {
                "en" => Locale::En,
                _ => Locale::Ko,
            },
        });
    }
    Ok(FeedbackCommand::Invite { invitations })
}

/// Text that is no id is an invitation that this round does not have.
fn invitation(posted: &Posted) -> Preparing<InvitationId> {
    let unknown = || Rejection::from(FeedbackRejection::UnknownInvitation);
    posted.one(ON).parse().map_err(|_| unknown().into())
}

fn remind(posted: &Posted) -> Preparing<FeedbackCommand> {
    Ok(FeedbackCommand::Remind {
        invitation: invitation(posted)?,
    })
}

fn revoke(posted: &Posted) -> Preparing<FeedbackCommand> {
    Ok(FeedbackCommand::RevokeInvitation {
        invitation: invitation(posted)?,
        reason: written(posted, "reason")?,
    })
}

fn close(posted: &Posted) -> Preparing<FeedbackCommand> {
    Ok(FeedbackCommand::Close {
        conclusion: written(posted, "conclusion")?,
        short_reason: maybe_written(posted, "shortReason")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_count_only_the_rows_that_were_filled() {
        let posted = [
            ("invitations.1.name", "서지훈"),
            ("invitations.1.locale", "ko"),
            ("invitations.0.locale", "ko"),
            ("invitations.3.email", "x"),
        ];
        let posted = Posted::new(posted.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let found = places(Some(&posted), 4);
        assert_eq!(found, [None, Some(0), None, Some(1)]);
        assert_eq!(places(None, 2), [None, None]);
    }
}
