//! A disk that remembers everything written to it, and that breaks when it is told to.

use crate::rng::Rng;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A sector is written whole or not at all; a write of several may be torn between them.
const SECTOR: usize = 512;

/// What happened on the disk, in order.
#[derive(Clone, Debug)]
pub enum Op {
    /// Bytes were written.
    Write {
        /// The file's name.
        file: Arc<str>,
        /// Where.
        offset: u64,
        /// What.
        bytes: Arc<[u8]>,
    },
    /// A file was cut or grown.
    Truncate {
        /// The file's name.
        file: Arc<str>,
        /// Its new size.
        size: u64,
    },
    /// What was written to the file before survives a power cut.
    Sync {
        /// The file's name.
        file: Arc<str>,
    },
    /// A file was deleted.
    Delete {
        /// The file's name.
        file: Arc<str>,
    },
    /// So many commands were acknowledged.
    Acknowledged(usize),
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Write {
                file,
                offset,
                bytes,
            } => {
                write!(f, "write {file} {offset}+{}", bytes.len())
            }
            Self::Truncate { file, size } => write!(f, "truncate {file} to {size}"),
            Self::Sync { file } => write!(f, "sync {file}"),
            Self::Delete { file } => write!(f, "delete {file}"),
            Self::Acknowledged(n) => write!(f, "{n} acknowledged"),
        }
    }
}

/// How an operation fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// A write fails, once.
    Io,
    /// A sync fails, once.
    Sync,
    /// The disk is full until [`Disk::repair`].
    Full,
}

#[derive(Debug, Default)]
struct Inner {
    log: Vec<Op>,
    recording: bool,
    plan: Option<Plan>,
    /// How many operations have failed since the plan was made.
    failed: usize,
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    left: usize,
    broken: Broken,
}

/// The disk under one folder.
#[derive(Debug, Default)]
pub struct Disk {
    inner: Mutex<Inner>,
}

static DISKS: Mutex<BTreeMap<PathBuf, Arc<Disk>>> = Mutex::new(BTreeMap::new());

impl Disk {
    /// Puts a disk under a folder: files opened there through the VFS from now on are on it.
    pub fn under(folder: &Path) -> Arc<Self> {
        crate::vfs::register();
        let disk = Arc::new(Self::default());
        let mut disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
        disks.insert(folder.to_owned(), Arc::clone(&disk));
        disk
    }

    pub(crate) fn of_file(path: &Path) -> Option<Arc<Self>> {
        let disks = DISKS.lock().unwrap_or_else(PoisonError::into_inner);
        disks.get(path.parent()?).cloned()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what happens from now on.
    pub fn record(&self) {
        self.inner().recording = true;
    }

    /// Remembers that the first `n` commands have been acknowledged.
    pub fn acknowledged(&self, n: usize) {
        self.inner().log.push(Op::Acknowledged(n));
    }

    /// Everything that happened.
    pub fn take_log(&self) -> Vec<Op> {
        std::mem::take(&mut self.inner().log)
    }

    /// Makes the operation after `n` more of its kind fail: writes and truncations for [`Broken::Io`] and [`Broken::Full`], else syncs.
    pub fn break_after(&self, n: usize, broken: Broken) {
        let mut inner = self.inner();
        inner.plan = Some(Plan { left: n, broken });
        inner.failed = 0;
    }

    /// Nothing fails any more; says how many operations did.
    pub fn repair(&self) -> usize {
        let mut inner = self.inner();
        inner.plan = None;
        inner.failed
    }

    pub(crate) fn write(&self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), Broken> {
        let mut inner = self.inner();
        inner.changes_content()?;
        if inner.recording {
            inner.log.push(Op::Write {
                file: file.into(),
                offset,
                bytes: bytes.into(),
            });
        }
        Ok(())
    }

    pub(crate) fn truncate(&self, file: &str, size: u64) -> Result<(), Broken> {
        let mut inner = self.inner();
        inner.changes_content()?;
        if inner.recording {
            inner.log.push(Op::Truncate {
                file: file.into(),
                size,
            });
        }
        Ok(())
    }

    pub(crate) fn sync(&self, file: &str) -> Result<(), Broken> {
        let mut inner = self.inner();
        if inner.plan.is_some_and(|plan| plan.broken == Broken::Sync) {
            inner.step()?;
        }
        if inner.recording {
            inner.log.push(Op::Sync { file: file.into() });
        }
        Ok(())
    }

    pub(crate) fn deleted(&self, file: &str) {
        let mut inner = self.inner();
        if inner.recording {
            inner.log.push(Op::Delete { file: file.into() });
        }
    }
}

impl Inner {
    fn changes_content(&mut self) -> Result<(), Broken> {
        match self.plan {
            Some(Plan {
                broken: Broken::Io | Broken::Full,
                ..
            }) => self.step(),
            Some(Plan {
                broken: Broken::Sync,
                ..
            })
            | None => Ok(()),
        }
    }

    fn step(&mut self) -> Result<(), Broken> {
        let Some(plan) = &mut self.plan else {
            return Ok(());
        };
        if 0 < plan.left {
            plan.left -= 1;
            return Ok(());
        }
        let broken = plan.broken;
        self.failed += 1;
        if broken != Broken::Full {
            self.plan = None;
        }
        Err(broken)
    }
}

/// What a disk holds after a power cut.
#[derive(Clone, Debug, Default)]
pub struct Image {
    /// The files by name.
    pub files: BTreeMap<Arc<str>, Vec<u8>>,
    /// So many commands had been acknowledged.
    pub acknowledged: usize,
}

impl Image {
    /// The disk if the power fails just before the `cut`-th operation: whatever was synced is there, of the rest any subset, and of each
    /// write any of its sectors.
    pub fn after(log: &[Op], cut: usize, rng: &mut Rng) -> Self {
        let mut image = Self::default();
        let mut unsynced: BTreeMap<Arc<str>, Vec<&Op>> = BTreeMap::new();
        for op in log.iter().take(cut) {
            match op {
                Op::Write { file, .. } | Op::Truncate { file, .. } => {
                    unsynced.entry(Arc::clone(file)).or_default().push(op);
                }
                Op::Sync { file } => {
                    for op in unsynced.remove(file).unwrap_or_default() {
                        image.apply(op, |_| true);
                    }
                }
                Op::Delete { file } => {
                    unsynced.remove(file);
                    image.files.remove(file);
                }
                Op::Acknowledged(n) => image.acknowledged = *n,
            }
        }
        for op in unsynced.into_values().flatten() {
            match rng.below(3) {
                0 => {}
                1 => image.apply(op, |_| true),
                _ => image.apply(op, |_| rng.percent(50)),
            }
        }
        image
    }

    fn apply(&mut self, op: &Op, mut sector_arrives: impl FnMut(usize) -> bool) {
        match op {
            Op::Write {
                file,
                offset,
                bytes,
            } => {
                let content = self.files.entry(Arc::clone(file)).or_default();
                let mut at = usize::try_from(*offset).expect("a file that fits into memory");
                for (n, sector) in bytes.chunks(SECTOR).enumerate() {
                    if sector_arrives(n) {
                        if content.len() < at + sector.len() {
                            content.resize(at + sector.len(), 0);
                        }
                        content[at..at + sector.len()].copy_from_slice(sector);
                    }
                    at += sector.len();
                }
            }
            Op::Truncate { file, size } => {
                let size = usize::try_from(*size).expect("a file that fits into memory");
                self.files
                    .entry(Arc::clone(file))
                    .or_default()
                    .resize(size, 0);
            }
            Op::Sync { .. } | Op::Delete { .. } | Op::Acknowledged(_) => {}
        }
    }

    /// Writes the files into a folder that is made for them.
    pub fn write_to(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::create_dir(folder)?;
        for (name, content) in &self.files {
            std::fs::write(folder.join(&**name), content)?;
        }
        Ok(())
    }
}
