//! A document of a dossier, with every version it ever had.

use crate::{AccountId, DocumentId, LongText, OrganizationId, ShortText, StoredFile};
use jiff::Timestamp;

/// One version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentVersion {
    /// Its number, from 1.
    pub version: u32,
    /// What the document was called then.
    pub title: ShortText,
    /// The file.
    pub file: StoredFile,
    /// The hospital it comes from, unless it comes from the owner.
    pub hospital: Option<OrganizationId>,
    /// Who attached it.
    pub attached_by: AccountId,
    /// When.
    pub attached_at: Timestamp,
}

/// Why, by whom and when a document was taken out of use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
    /// Why.
    pub reason: LongText,
    /// By whom.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

/// A document of a dossier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// Its retirement, if it is out of use.
    pub retired: Option<Retirement>,
    // INVARIANT: version numbers rise by one, and `newest` is one above the last of `earlier`.
    earlier: Vec<DocumentVersion>,
    newest: DocumentVersion,
}

impl Document {
    /// A document with its first version; nothing if that is not version 1.
    pub(super) fn begin(id: DocumentId, first: DocumentVersion) -> Option<Self> {
        (first.version == 1).then_some(Self {
            id,
            retired: None,
            earlier: Vec::new(),
            newest: first,
        })
    }

    /// The document with its next version; nothing if that is not the next one or the document is out of use.
    pub(super) fn with(mut self, next: DocumentVersion) -> Option<Self> {
        let is_next = Some(next.version) == self.newest.version.checked_add(1);
        if !is_next || self.retired.is_some() {
            return None;
        }
        self.earlier.push(std::mem::replace(&mut self.newest, next));
        Some(self)
    }

    /// The newest version.
    pub fn newest(&self) -> &DocumentVersion {
        &self.newest
    }

    /// The version with this number.
    pub fn version(&self, version: u32) -> Option<&DocumentVersion> {
        self.versions().find(|known| known.version == version)
    }

    /// Every version, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &DocumentVersion> {
        self.earlier.iter().chain([&self.newest])
    }

    /// What the document is called now.
    pub fn title(&self) -> &ShortText {
        &self.newest.title
    }
}
