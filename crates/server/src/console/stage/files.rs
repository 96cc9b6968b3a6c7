//! Files that come with the answers of a form: each becomes a document of the dossier, and the answer of its field.

use super::super::reader::Reader;
use super::super::stop::Stop;
use super::super::upload::{Brought, command_of};
use super::Posted;
use super::form::{ANSWER, FILE};
use super::form_of;
use crate::graphql::Held;
use crate::graphql::errors::UserError;
use naru_domain::case::Case;
use naru_domain::pathway::StageId;

/// The form with every file attached and answered with, and what was wrong with the others.
pub(super) async fn attached(
    reader: &Reader,
    held: &Held<Case>,
    stage: &StageId,
    brought: Brought,
) -> Result<(Posted, Vec<UserError>), Stop> {
    let Brought { mut posted, files } = brought;
    let mut errors = Vec::new();
    if files.is_empty() {
        return Ok((posted, errors));
    }
    let case = held.get()?;
    let form = form_of(reader, case, stage)?;
    let command = posted.command_id().ok_or(Stop::Foreign)?;
    for (name, file) in files {
        let answer = name.strip_prefix(FILE).unwrap_or_default().to_owned();
        let asked = answer.strip_prefix(ANSWER).unwrap_or_default();
        let mut fields = form.fields.iter();
        let Some(field) = fields.find(|field| field.name == asked) else {
            continue;
        };
        let file = match file {
            Ok(file) => file,
            Err(refused) => {
                errors.extend(refused.errors(reader, &field.name));
                continue;
            }
        };
        let chosen = posted.one(&answer).parse().ok();
        let title = match chosen {
            Some(_) => "",
            None => field.label.in_locale(reader.viewer.locale),
        };
        let command = command_of(command, &name);
        match reader
            .attach(command, case.device, &file, chosen, title)
            .await?
        {
            Ok(document) => posted.set(answer, document.to_string()),
            Err(refused) => errors.extend(refused.into_iter().map(|error| UserError {
                field: Some(field.name.clone()),
                ..error
            })),
        }
    }
    Ok((posted, errors))
}
