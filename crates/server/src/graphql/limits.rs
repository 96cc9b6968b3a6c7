//! What a document may ask for, checked before the library sees it: the library itself has no limit on tokens, aliases, root fields or
//! on how far fragments unfold.

use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{Name, ServerError};
use std::collections::HashMap;

/// The most lexical tokens in a document.
pub const TOKENS_MAX: usize = 2_000;
/// The deepest nesting of brackets of any kind.
pub const NESTING_MAX: usize = 64;
/// The most aliases in a document.
pub const ALIASES_MAX: usize = 30;
/// The most fields at the root of an operation.
pub const ROOT_FIELDS_MAX: usize = 20;
/// The most selections once every fragment is unfolded.
pub const UNFOLDED_MAX: usize = 2_000;
/// The most directives on one field.
pub const DIRECTIVES_MAX: usize = 8;
/// The deepest selection.
pub const DEPTH_MAX: usize = 12;
/// The deepest nesting of selections and fragments.
pub const RECURSION_MAX: usize = 16;
/// The most that a request may cost.
pub const COMPLEXITY_MAX: usize = 500;
/// The most requests in one batch.
pub const BATCH_MAX: usize = 10;
/// The most nodes in one page of a connection.
pub const PAGE_MAX: i32 = 100;
/// Nodes in a page when the request does not say.
pub const PAGE_DEFAULT: i32 = 20;

/// A limit that a document goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitProblem {
    /// Too many tokens.
    #[error("the document has more than {TOKENS_MAX} tokens; split it into several requests")]
    Tokens,
    /// Brackets nest too deep.
    #[error("brackets nest deeper than {NESTING_MAX}; flatten the document")]
    Nesting,
    /// Too many aliases.
    #[error("the document has {0} aliases; at most {ALIASES_MAX} are allowed")]
    Aliases(usize),
    /// Too many root fields.
    #[error("the operation has {0} root fields; at most {ROOT_FIELDS_MAX} are allowed")]
    RootFields(usize),
    /// Fragments unfold too far.
    #[error("the document unfolds to more than {UNFOLDED_MAX} selections; ask for less at once")]
    Unfolded,
    /// A fragment contains itself.
    #[error("a fragment contains itself")]
    FragmentCycle,
    /// More than one verb in one request.
    #[error("a mutation has one root field, so that each command has its own answer; found {0}")]
    MutationFields(usize),
    /// Too many requests in one batch.
    #[error("the batch has {0} requests; at most {BATCH_MAX} are allowed")]
    Batch(usize),
}

impl LimitProblem {
    /// The stable code in the error's `extensions`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tokens => "TOO_MANY_TOKENS",
            Self::Nesting => "NESTED_TOO_DEEP",
            Self::Aliases(_) => "TOO_MANY_ALIASES",
            Self::RootFields(_) => "TOO_MANY_ROOT_FIELDS",
            Self::Unfolded => "UNFOLDS_TOO_FAR",
            Self::FragmentCycle => "FRAGMENT_CYCLE",
            Self::MutationFields(_) => "ONE_MUTATION_A_REQUEST",
            Self::Batch(_) => "BATCH_TOO_LARGE",
        }
    }

    /// The error as the API answers it.
    pub fn to_error(self) -> ServerError {
        coded(self.code(), &self.to_string())
    }
}

/// An error with a stable code in its `extensions`.
pub(crate) fn coded(code: &str, message: &str) -> ServerError {
    let mut error = ServerError::new(message, None);
    error
        .extensions
        .get_or_insert_with(Default::default)
        .set("code", code);
    error
}

/// Counts the tokens of a document as the GraphQL grammar splits them, and stops at the first limit it goes over. Text that is no
/// GraphQL at all passes here; the parser has the word on it.
pub fn check_tokens(text: &str) -> Result<(), LimitProblem> {
    let mut rest = text.as_bytes();
    let mut tokens = 0_usize;
    let mut nesting = 0_usize;
    while let Some((&first, after)) = rest.split_first() {
        rest = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = after;
                continue;
            }
            b'#' => {
                rest = skip_while(after, |b| b != b'\n' && b != b'\r');
                continue;
            }
            b'"' => after_string(after),
            b'{' | b'[' | b'(' => {
                nesting += 1;
                after
            }
            b'}' | b']' | b')' => {
                nesting = nesting.saturating_sub(1);
                after
            }
            b'.' => skip_while(after, |b| b == b'.'),
            _ if is_word(first) => skip_while(after, |b| is_word(b) || b == b'.' || b == b'+'),
            _ => after,
        };
        tokens += 1;
        if tokens > TOKENS_MAX {
            return Err(LimitProblem::Tokens);
        }
        if nesting > NESTING_MAX {
            return Err(LimitProblem::Nesting);
        }
    }
    Ok(())
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn skip_while(bytes: &[u8], go_on: impl Fn(u8) -> bool) -> &[u8] {
    let end = bytes.iter().position(|b| !go_on(*b)).unwrap_or(bytes.len());
    bytes.split_at(end).1
}

/// What follows a string whose opening quote has been read.
fn after_string(bytes: &[u8]) -> &[u8] {
    if let Some(mut rest) = bytes.strip_prefix(b"\"\"") {
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(b"\\\"\"\"") {
                rest = after;
            } else if let Some(after) = rest.strip_prefix(b"\"\"\"") {
                return after;
            } else {
                rest = rest.split_at(1).1;
            }
        }
        return rest;
    }
    let mut rest = bytes;
    loop {
        match rest {
            [] => return rest,
            [b'"' | b'\n' | b'\r', after @ ..] => return after,
            [b'\\', _, after @ ..] | [_, after @ ..] => rest = after,
        }
    }
}

/// What is worth knowing of a document that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Whether any of its operations is a mutation.
    pub has_mutation: bool,
    /// Whether any of its operations is a subscription.
    pub has_subscription: bool,
    /// Whether every root field of every operation asks about the schema itself.
    pub only_introspection: bool,
}

/// Checks everything that only the parsed document shows.
pub fn check_document(document: &ExecutableDocument) -> Result<Shape, LimitProblem> {
    let mut unfolding = Unfolding {
        document,
        fragments: HashMap::new(),
    };
    let mut shape = Shape {
        has_mutation: false,
        has_subscription: false,
        only_introspection: false,
    };
    let mut aliases = 0;
    for fragment in document.fragments.values() {
        aliases += count_aliases(&fragment.node.selection_set.node);
    }
    for (_, operation) in document.operations.iter() {
        aliases += count_aliases(&operation.node.selection_set.node);
    }
    if aliases > ALIASES_MAX {
        return Err(LimitProblem::Aliases(aliases));
    }
    for fragment in document.fragments.keys() {
        unfolding.fragment(fragment)?;
    }
    let mut total = 0_usize;
    for (_, operation) in document.operations.iter() {
        let size = unfolding.set(&operation.node.selection_set.node)?;
        total = total.saturating_add(size.selections);
        check_operation(&operation.node, size.root_fields)?;
        match operation.node.ty {
            OperationType::Query => {}
            OperationType::Mutation => shape.has_mutation = true,
            OperationType::Subscription => shape.has_subscription = true,
        }
    }
    if total > UNFOLDED_MAX {
        return Err(LimitProblem::Unfolded);
    }
    shape.only_introspection = document
        .operations
        .iter()
        .all(|(_, operation)| asks_only_about_schema(&operation.node.selection_set.node, document));
    Ok(shape)
}

fn check_operation(operation: &OperationDefinition, fields: usize) -> Result<(), LimitProblem> {
    if operation.ty == OperationType::Mutation && fields > 1 {
        return Err(LimitProblem::MutationFields(fields));
    }
    if fields > ROOT_FIELDS_MAX {
        return Err(LimitProblem::RootFields(fields));
    }
    Ok(())
}

fn count_aliases(set: &SelectionSet) -> usize {
    set.items
        .iter()
        .map(|selection| match &selection.node {
            Selection::Field(field) => {
                usize::from(field.node.alias.is_some())
                    + count_aliases(&field.node.selection_set.node)
            }
            Selection::InlineFragment(inline) => count_aliases(&inline.node.selection_set.node),
            Selection::FragmentSpread(_) => 0,
        })
        .sum()
}

fn asks_only_about_schema(set: &SelectionSet, document: &ExecutableDocument) -> bool {
    set.items.iter().all(|selection| match &selection.node {
        Selection::Field(field) => field.node.name.node.starts_with("__"),
        Selection::InlineFragment(inline) => {
            asks_only_about_schema(&inline.node.selection_set.node, document)
        }
        Selection::FragmentSpread(spread) => document
            .fragments
            .get(&spread.node.fragment_name.node)
            .is_none_or(|fragment| {
                asks_only_about_schema(&fragment.node.selection_set.node, document)
            }),
    })
}

/// How large a selection is once its fragments are unfolded.
#[derive(Clone, Copy, Debug, Default)]
struct Size {
    selections: usize,
    root_fields: usize,
}

struct Unfolding<'a> {
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being measured, so that meeting it again is a cycle.
    fragments: HashMap<&'a Name, Option<Size>>,
}

impl<'a> Unfolding<'a> {
    fn fragment(&mut self, name: &'a Name) -> Result<Size, LimitProblem> {
        match self.fragments.get(name) {
            Some(Some(size)) => return Ok(*size),
            Some(None) => return Err(LimitProblem::FragmentCycle),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Ok(Size::default());
        };
        self.fragments.insert(name, None);
        let size = self.set(&fragment.node.selection_set.node)?;
        self.fragments.insert(name, Some(size));
        Ok(size)
    }

    fn set(&mut self, set: &'a SelectionSet) -> Result<Size, LimitProblem> {
        let mut total = Size::default();
        for selection in &set.items {
            let inner = match &selection.node {
                Selection::Field(field) => Size {
                    selections: self.set(&field.node.selection_set.node)?.selections,
                    root_fields: 1,
                },
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => {
                    self.fragment(&spread.node.fragment_name.node)?
                }
            };
            total.selections = total
                .selections
                .saturating_add(inner.selections)
                .saturating_add(1);
            total.root_fields = total.root_fields.saturating_add(inner.root_fields);
        }
        Ok(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use std::fmt::Write;

    fn check(text: &str) -> Result<Shape, LimitProblem> {
        check_tokens(text)?;
        check_document(&parse_query(text).unwrap())
    }

    #[test]
    fn a_document_of_exactly_the_allowed_tokens_passes_and_one_more_does_not() {
        let text = |n: usize| format!("{{{}}}", " a".repeat(n));
        assert_eq!(check_tokens(&text(TOKENS_MAX - 2)), Ok(()));
        assert_eq!(
            check_tokens(&text(TOKENS_MAX - 1)),
            Err(LimitProblem::Tokens)
        );
    }

    #[test]
    fn a_string_is_one_token_whatever_it_holds() {
        let text = format!(r#"{{a(b:"{}")}}"#, "{ x ".repeat(5_000));
        assert_eq!(check_tokens(&text), Ok(()));
        let block = format!(
            r#"{{a(b:"""{} \""" still """)}} # {{ {{"#,
            "x ".repeat(5_000)
        );
        assert_eq!(check_tokens(&block), Ok(()));
    }

    #[test]
    fn nesting_is_limited_before_the_parser_recurses() {
        let text = |n: usize| format!("{{a(b:{}{})}}", "[".repeat(n), "]".repeat(n));
        assert_eq!(check_tokens(&text(NESTING_MAX - 2)), Ok(()));
        assert_eq!(
            check_tokens(&text(NESTING_MAX - 1)),
            Err(LimitProblem::Nesting)
        );
    }

    #[test]
    fn aliases_and_root_fields_are_counted_exactly() {
        let aliases = |n: usize| {
            let mut text = String::from("{ me {");
            for i in 0..n {
                write!(text, " a{i}: id").unwrap();
            }
            text + "} }"
        };
        assert!(check(&aliases(ALIASES_MAX)).is_ok());
        assert_eq!(
            check(&aliases(ALIASES_MAX + 1)),
            Err(LimitProblem::Aliases(31))
        );
        let fields = |n: usize| format!("{{ ...f }} fragment f on Query {{ {} }}", "me ".repeat(n));
        assert!(check(&fields(ROOT_FIELDS_MAX)).is_ok());
        assert_eq!(
            check(&fields(ROOT_FIELDS_MAX + 1)),
            Err(LimitProblem::RootFields(21))
        );
    }

    #[test]
    fn a_mutation_has_one_root_field_even_through_a_fragment() {
        assert!(check("mutation { a }").unwrap().has_mutation);
        assert_eq!(
            check("mutation { a b }"),
            Err(LimitProblem::MutationFields(2))
        );
        assert_eq!(
            check("mutation { a ...f } fragment f on Mutation { b }"),
            Err(LimitProblem::MutationFields(2))
        );
    }

    #[test]
    fn fragments_that_double_at_every_step_are_refused_without_unfolding_them() {
        let mut text = String::from("{ ...f0 }");
        for i in 0..100 {
            write!(text, " fragment f{i} on Query {{ ...f{0} ...f{0} }}", i + 1).unwrap();
        }
        text += " fragment f100 on Query { me { id } }";
        assert_eq!(check(&text), Err(LimitProblem::RootFields(usize::MAX)));
        assert_eq!(
            check("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
            Err(LimitProblem::FragmentCycle)
        );
    }

    #[test]
    fn a_question_about_the_schema_alone_is_told_apart() {
        assert!(
            check("{ __schema { types { name } } }")
                .unwrap()
                .only_introspection
        );
        assert!(
            !check("{ __typename me { id } }")
                .unwrap()
                .only_introspection
        );
    }
}
