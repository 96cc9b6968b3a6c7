//! Copying a data folder while it is in use.

use crate::moving::check_not_moved;
use crate::store::{Database, StoreOptions};
use crate::{Store, StoreError, sqlite};
use sqlx::SqliteConnection;
use std::fs::File;
use std::path::{Path, PathBuf};

/// What was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The position of the last event in the copy.
    pub position: u64,
    /// Documents in the copy.
    pub documents: u64,
}

impl Store {
    /// Copies the record and the documents of a data folder into the new folder `to`, also while a server writes. The copy is a data folder
    /// like any other. Keys are not copied: a copy that can sign is not a copy to lay on a shelf. A record in PostgreSQL is refused.
    pub async fn backup(options: &StoreOptions, to: &Path) -> Result<Copied, StoreError> {
        match options.database {
            Database::Sqlite => {}
            Database::Postgres(_) => return Err(StoreError::NoCopy),
        }
        let folder = &options.folder;
        check_not_moved(folder, None)?;
        let to = to.to_owned();
        let mut conn = sqlite::connect_to_read(&folder.join(sqlite::FILE)).await?;
        let prepared = to.clone();
        let was_there = blocking(&to, move || empty_folder(&prepared)).await?;
        let copied = copy(&mut conn, folder, &to).await;
        if copied.is_err() {
            // Half a copy must not be taken for one. Why it failed matters more than whether this works too.
            let _ = blocking(&to.clone(), move || take_back(&to, was_there)).await;
        }
        copied
    }
}

/// Whether the folder for the copy was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WasThere {
    Yes,
    No,
}

async fn copy(conn: &mut SqliteConnection, folder: &Path, to: &Path) -> Result<Copied, StoreError> {
    // The record first: a document is always there before the record names it, so the documents copied later are all that it names.
    let file = to.join(sqlite::FILE);
    sqlite::vacuum_into(conn, &file).await?;
    let mut copy = sqlite::connect_to_read(&file).await?;
    let position = sqlite::log::head(&mut copy).await?.position;
    sqlite::close(copy).await?;
    let (from, into) = (folder.join("documents"), to.join("documents"));
    let documents = blocking(to, move || {
        File::open(&file)?.sync_all()?;
        copy_documents(&from, &into)
    })
    .await?;
    blocking(to, {
        let to = to.to_owned();
        move || File::open(to)?.sync_all()
    })
    .await?;
    Ok(Copied {
        position,
        documents,
    })
}

/// Work on files away from the threads that serve requests.
async fn blocking<T: Send + 'static>(
    path: &Path,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let result = tokio::task::spawn_blocking(work).await;
    result
        .map_err(std::io::Error::other)
        .and_then(|result| result)
        .map_err(StoreError::file(path))
}

/// Makes the folder, and refuses one that holds anything.
fn empty_folder(path: &Path) -> std::io::Result<WasThere> {
    let was_there = if path.try_exists()? {
        WasThere::Yes
    } else {
        WasThere::No
    };
    std::fs::create_dir_all(path)?;
    match std::fs::read_dir(path)?.next() {
        None => Ok(was_there),
        Some(_) => Err(std::io::Error::new(
            std::io::ErrorKind::DirectoryNotEmpty,
            "the folder is not empty; name one that does not exist yet",
        )),
    }
}

/// Leaves the folder as it was found: empty, or not there.
fn take_back(path: &Path, was_there: WasThere) -> std::io::Result<()> {
    if was_there == WasThere::No {
        return std::fs::remove_dir_all(path);
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Copies every document; broken uploads stay behind.
fn copy_documents(from: &Path, to: &Path) -> std::io::Result<u64> {
    std::fs::create_dir_all(to)?;
    let mut count = 0;
    for folder in folders_in(from)? {
        let Some(name) = folder
            .file_name()
            .filter(|name| *name != crate::documents::INCOMING)
        else {
            continue;
        };
        let target = to.join(name);
        std::fs::create_dir_all(&target)?;
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            // The local object store writes aside, with a mark in the name, before it renames.
            if entry.file_name().to_string_lossy().contains('#') {
                continue;
            }
            let copy = target.join(entry.file_name());
            std::fs::copy(entry.path(), &copy)?;
            File::open(&copy)?.sync_all()?;
            count += 1;
        }
        File::open(&target)?.sync_all()?;
    }
    File::open(to)?.sync_all()?;
    Ok(count)
}

fn folders_in(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}
