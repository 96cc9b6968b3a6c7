//! Files that were uploaded: named by the hash of their content, of a type that Naru accepts.

use crate::{Sha256Hex, ShortText};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The largest file that is accepted: 512 MiB.
pub const FILE_SIZE_BYTES_MAX: u64 = 512 * 1024 * 1024;

macro_rules! media_types {
    ($($(#[$doc:meta])* $name:ident $mime:literal $extension:literal;)*) => {
        /// The types of file that are accepted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum MediaType { $( $(#[$doc])* #[serde(rename = $mime)] $name, )* }

        impl MediaType {
            /// Every type.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The name that HTTP and mail use.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $mime,)* } }
            /// The usual ending of a file's name, without the dot.
            pub fn extension(self) -> &'static str { match self { $(Self::$name => $extension,)* } }
        }
    };
}

media_types! {
    /// PDF.
    Pdf "application/pdf" "pdf";
    /// PNG picture.
    Png "image/png" "png";
    /// JPEG picture.
    Jpeg "image/jpeg" "jpg";
    /// Word text.
    Docx "application/vnd.openxmlformats-officedocument.wordprocessingml.document" "docx";
    /// Excel table.
    Xlsx "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" "xlsx";
    /// Slides.
    Pptx "application/vnd.openxmlformats-officedocument.presentationml.presentation" "pptx";
    /// ZIP archive.
    Zip "application/zip" "zip";
    /// Table of values separated by commas.
    Csv "text/csv" "csv";
    /// Plain text.
    Text "text/plain" "txt";
    /// MP4 video.
    Mp4 "video/mp4" "mp4";
}

impl FromStr for MediaType {
    type Err = FileProblem;
    fn from_str(text: &str) -> Result<Self, FileProblem> {
        Self::ALL
            .iter()
            .copied()
            .find(|media_type| media_type.as_str().eq_ignore_ascii_case(text))
            .ok_or(FileProblem::TypeNotAccepted)
    }
}

/// A file that lies in the document store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredFile {
    /// The hash of its content, which is its name in the document store.
    pub sha256: Sha256Hex,
    /// Its length.
    pub size_bytes: u64,
    /// Its type, found from its content and not from its name.
    pub media_type: MediaType,
    /// The name it had on the sender's machine.
    pub file_name: ShortText,
}

/// Why a file is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum FileProblem {
    /// It has no content.
    #[error("the file is empty")]
    Empty,
    /// It is larger than [`FILE_SIZE_BYTES_MAX`].
    #[error("the file is larger than 512 MiB")]
    TooLarge,
    /// Its type is not one of [`MediaType::ALL`].
    #[error("files of this type are not accepted")]
    TypeNotAccepted,
}

impl StoredFile {
    /// Whether the file may be attached: not empty and not too large.
    pub fn check(&self) -> Result<(), FileProblem> {
        match self.size_bytes {
            0 => Err(FileProblem::Empty),
            1..=FILE_SIZE_BYTES_MAX => Ok(()),
            _ => Err(FileProblem::TooLarge),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_written_as_http_writes_it() {
        for media_type in MediaType::ALL {
            let json = serde_json::to_string(media_type).unwrap();
            assert_eq!(json, format!("\"{}\"", media_type.as_str()));
            assert_eq!(media_type.as_str().parse(), Ok(*media_type));
        }
        assert_eq!(
            "application/x-msdownload".parse::<MediaType>(),
            Err(FileProblem::TypeNotAccepted)
        );
    }

    #[test]
    fn an_empty_file_and_one_over_the_limit_are_refused() {
        let file = |size_bytes| StoredFile {
            sha256: "a".repeat(64).parse().unwrap(),
            size_bytes,
            media_type: MediaType::Pdf,
            file_name: "protocol.pdf".parse().unwrap(),
        };
        assert_eq!(file(0).check(), Err(FileProblem::Empty));
        assert_eq!(file(1).check(), Ok(()));
        assert_eq!(file(FILE_SIZE_BYTES_MAX).check(), Ok(()));
        assert_eq!(
            file(FILE_SIZE_BYTES_MAX + 1).check(),
            Err(FileProblem::TooLarge)
        );
    }
}
