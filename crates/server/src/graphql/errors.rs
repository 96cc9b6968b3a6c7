//! Refusals as data: a code from a closed list, the field, and words in the reader's language.

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaEnumValue, MetaType, MetaTypeId, Registry};
use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, SimpleObject, Value,
};
use naru_domain::{Locale, Rejection};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The stable code of a refusal: an enum of the API made of the codes of every aggregate, so that none can be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RejectionCode(pub &'static str);

impl OutputType for RejectionCode {
    fn type_name() -> Cow<'static, str> {
        Cow::Borrowed("RejectionCode")
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Enum, |_| MetaType::Enum {
            name: Self::type_name().into_owned(),
            description: Some(
                "Why a command was refused. Codes are stable; new ones may be added.".to_owned(),
            ),
            enum_values: codes()
                .into_iter()
                .map(|code| {
                    (
                        code.to_owned(),
                        MetaEnumValue {
                            name: code.to_owned(),
                            description: None,
                            deprecation: async_graphql::registry::Deprecation::NoDeprecated,
                            visible: None,
                            inaccessible: false,
                            tags: Vec::new(),
                            directive_invocations: Vec::new(),
                        },
                    )
                })
                .collect(),
            visible: None,
            inaccessible: false,
            tags: Vec::new(),
            rust_typename: Some(std::any::type_name::<Self>()),
            directive_invocations: Vec::new(),
            requires_scopes: Vec::new(),
        })
    }

    async fn resolve(
        &self,
        _ctx: &ContextSelectionSet<'_>,
        _field: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::Enum(async_graphql::Name::new(self.0)))
    }
}

/// Every code, sorted, each once: two aggregates may refuse for the same reason.
pub fn codes() -> BTreeSet<&'static str> {
    Rejection::codes().into_iter().collect()
}

/// Why a command was refused, and what to do.
#[derive(Clone, Debug, SimpleObject)]
pub struct UserError {
    /// The stable code.
    pub code: RejectionCode,
    /// The input field it is about, such as `title` or `values.company`; nothing when it is about the command as a whole.
    pub field: Option<String>,
    /// What is wrong and what to do, in the reader's language.
    pub message: String,
}

/// A rejection in the reader's language.
pub(crate) fn user_errors(rejection: &Rejection, locale: Locale) -> Vec<UserError> {
    rejection
        .user_errors(locale)
        .into_iter()
        .map(|error| UserError {
            code: RejectionCode(error.code),
            field: error.field,
            message: error.message,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_a_name_that_graphql_allows() {
        assert!(codes().len() > 60);
        for code in codes() {
            assert!(
                code.bytes()
                    .all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit()),
                "{code}"
            );
        }
    }
}
