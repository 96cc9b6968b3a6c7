//! Letters as `.eml` files: what the demo uses, and what a mail program opens with a double click.

use super::{MailFault, Outcome, Post};
use crate::trouble::Trouble;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder that letters are written into, one file a letter, named by the delivery's id.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// The folder at `path`; made if it is not there.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, MailFault> {
        let path = path.into();
        std::fs::create_dir_all(&path).map_err(|source| MailFault::Folder {
            path: path.clone(),
            source,
        })?;
        Ok(Self { path })
    }

    /// Where the letters are.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) async fn send(&self, post: &Post) -> Outcome {
        let folder = self.path.clone();
        let post = post.clone();
        let written = tokio::task::spawn_blocking(move || write(&folder, &post)).await;
        match written {
            Ok(Ok(())) => Outcome::Sent,
            Ok(Err(problem)) => not_writable(&problem),
            Err(problem) => not_writable(&problem),
        }
    }
}

fn not_writable(problem: &dyn std::fmt::Display) -> Outcome {
    Outcome::Transient(Trouble::MailFolderNotWritable {
        detail: problem.to_string(),
    })
}

/// Writes a draft and renames it, so that a reader never sees half a letter; writing the same letter again replaces it.
fn write(folder: &Path, post: &Post) -> io::Result<()> {
    let draft = folder.join(format!(".{}.draft", post.id()));
    let mut file = std::fs::File::create(&draft)?;
    file.write_all(post.bytes())?;
    file.sync_all()?;
    std::fs::rename(&draft, folder.join(format!("{}.eml", post.id())))?;
    std::fs::File::open(folder)?.sync_all()
}
