//! The GraphQL API: types are nouns of the glossary, mutations are the commands' verbs, refusals are data.

#![expect(
    clippy::unused_async,
    reason = "the library takes resolvers as async functions, whether they wait or not"
)]

pub mod account;
pub mod case;
mod command;
pub mod consultation;
pub mod device;
mod documents;
pub mod enums;
pub mod errors;
pub mod feedback;
mod guard;
pub mod inbox;
pub mod incident;
pub mod limits;
pub mod organization;
mod page;
pub mod pathway;
pub mod query;
pub mod scalars;
pub mod study;
pub mod subscription;
pub mod timeline;
mod viewer;
mod words;

pub(crate) use case::verbs::{documents_named, holds_role, newest};
pub(crate) use command::text as checked_text;
pub(crate) use command::{Call, Done, Prepared, Preparing, Refused};
pub(crate) use documents::{Documents, Form};
pub(crate) use feedback::{Sight, sight};
pub(crate) use guard::Spending;
pub(crate) use timeline::entries_after;
pub(crate) use viewer::{Held, Noun, Viewer};

use account::AccountVerbs;
use async_graphql::{MergedObject, Schema};
use case::CaseVerbs;
use consultation::ConsultationVerbs;
use device::DeviceVerbs;
use feedback::FeedbackVerbs;
use guard::Guard;
use incident::IncidentVerbs;
use organization::OrganizationVerbs;
use page::Page;
use query::Query;
use std::fmt;
use study::StudyVerbs;
use subscription::Subscription;

/// The commands. Each takes one `input` and answers with the changed object and `userErrors`; send a `commandId` again and you get the
/// first answer.
#[derive(Clone, Copy, Debug, Default, MergedObject)]
pub struct Mutation(
    AccountVerbs,
    OrganizationVerbs,
    DeviceVerbs,
    CaseVerbs,
    StudyVerbs,
    FeedbackVerbs,
    ConsultationVerbs,
    IncidentVerbs,
);

/// The schema as the library runs it.
pub(crate) type NaruSchema = Schema<Query, Mutation, Subscription>;

/// The two schemas: one for data, and one without a depth limit for questions about the schema itself, which tools nest deeper.
#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) data: NaruSchema,
    pub(crate) introspection: NaruSchema,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}

impl Api {
    /// Builds both.
    pub(crate) fn new() -> Self {
        Self {
            data: schema(limits::DEPTH_MAX, limits::RECURSION_MAX),
            introspection: schema(2 * limits::DEPTH_MAX, 2 * limits::RECURSION_MAX),
        }
    }
}

/// What the library's connections do not say of themselves.
const PAGE: &str = "A page of a list. `nodes` is what most want; `pageInfo.endCursor` as `after` gives the next page.";

fn schema(depth: usize, recursion: usize) -> NaruSchema {
    Schema::build(Query, Mutation::default(), Subscription)
        .limit_depth(depth)
        .limit_recursive_depth(recursion)
        .limit_directives(limits::DIRECTIVES_MAX)
        .limit_complexity(limits::COMPLEXITY_MAX)
        .disable_suggestions()
        .with_sorted_fields()
        .with_sorted_enums()
        .override_output_type_description::<Page<account::AccountNode>>(PAGE)
        .override_output_type_description::<Page<case::CaseNode>>(PAGE)
        .override_output_type_description::<Page<consultation::ConsultationNode>>(PAGE)
        .override_output_type_description::<Page<device::DeviceNode>>(PAGE)
        .override_output_type_description::<Page<device::DocumentNode>>(PAGE)
        .override_output_type_description::<Page<inbox::InboxItem>>(PAGE)
        .override_output_type_description::<Page<incident::IncidentNode>>(PAGE)
        .override_output_type_description::<Page<feedback::InvitationNode>>(PAGE)
        .override_output_type_description::<Page<consultation::NoteNode>>(PAGE)
        .override_output_type_description::<Page<organization::OrganizationNode>>(PAGE)
        .override_output_type_description::<Page<consultation::QuestionNode>>(PAGE)
        .override_output_type_description::<Page<study::SessionNode>>(PAGE)
        .override_output_type_description::<Page<study::RemovedSessionNode>>(PAGE)
        .override_output_type_description::<Page<timeline::TimelineEntry>>(PAGE)
        .extension(Guard)
        .finish()
}

/// The schema in the schema definition language, sorted: the content of `schema.graphql`.
pub fn schema_sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    let sdl = schema(limits::DEPTH_MAX, limits::RECURSION_MAX).sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}

#[cfg(test)]
mod tests;
