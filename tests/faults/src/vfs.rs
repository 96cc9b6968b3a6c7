//! A SQLite VFS that keeps everything written, and that fails when it is told to. It wraps the system's own; see [`crate::disk`].
//!
//! Syncs are recorded and not carried out: the record is the disk.

use crate::disk::{Broken, Disk};
use libsqlite3_sys as ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// The name that [`naru_store::StoreOptions::vfs`] takes.
pub const NAME: &str = "naru-faults";

/// Registers the VFS once in this process.
pub fn register() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        // SAFETY: a null name asks for the default VFS, which is never freed.
        let real = unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) };
        assert!(!real.is_null(), "SQLite has a default VFS");
        // SAFETY: `real` points to a VFS that is never changed after it was registered; its fields are plain data.
        let mut ours = unsafe { std::ptr::read(real) };
        ours.zName = c"naru-faults".as_ptr();
        ours.szOsFile += c_int::try_from(size_of::<File>()).expect("a small struct");
        ours.pNext = std::ptr::null_mut();
        ours.pAppData = real.cast();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        // SAFETY: the box is leaked, so the VFS lives as long as the process, as SQLite demands.
        let code = unsafe { ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 0) };
        assert_eq!(code, ffi::SQLITE_OK, "SQLite takes the VFS");
    });
}

/// What SQLite allocates for each open file; the system's own file follows it in the same allocation.
#[repr(C)]
struct File {
    base: ffi::sqlite3_file,
    /// From `Box::into_raw`, freed by [`close`].
    slot: *mut Slot,
}

/// Which file this is, on which disk; a file of a folder without a [`Disk`] is passed through.
struct Slot {
    disk: Option<Arc<Disk>>,
    name: String,
}

/// The system's file behind ours.
///
/// # Safety
/// `file` was opened by [`open`].
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: SQLite allocated `szOsFile` bytes, ours and then the system's; the size of ours keeps the alignment of pointers.
    unsafe { file.cast::<File>().add(1).cast() }
}

/// # Safety
/// `file` was opened by [`open`] and not closed yet.
unsafe fn slot<'a>(file: *mut ffi::sqlite3_file) -> &'a Slot {
    // SAFETY: `open` stored a valid box, and only `close` frees it.
    unsafe { &*(*file.cast::<File>()).slot }
}

/// # Safety
/// `vfs` is ours, so its application data is the system's VFS.
unsafe fn system(vfs: *mut ffi::sqlite3_vfs) -> *mut ffi::sqlite3_vfs {
    // SAFETY: `register` put it there.
    unsafe { (*vfs).pAppData.cast() }
}

fn code_of(broken: Broken) -> c_int {
    match broken {
        Broken::Io => ffi::SQLITE_IOERR_WRITE,
        Broken::Sync => ffi::SQLITE_IOERR_FSYNC,
        Broken::Full => ffi::SQLITE_FULL,
    }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite passes a NUL-terminated path or null, memory of `szOsFile` bytes, and our own VFS.
    unsafe {
        (*file).pMethods = std::ptr::null();
        let system = system(vfs);
        let code = ((*system).xOpen.expect("the system's VFS opens files"))(
            system,
            path,
            real(file),
            flags,
            out,
        );
        if code != ffi::SQLITE_OK {
            return code;
        }
        let slot = if path.is_null() {
            Slot {
                disk: None,
                name: String::new(),
            }
        } else {
            let path = CStr::from_ptr(path).to_string_lossy().into_owned();
            Slot {
                disk: Disk::of_file(Path::new(&path)),
                name: file_name(&path),
            }
        };
        (*file.cast::<File>()).slot = Box::into_raw(Box::new(slot));
        (*file).pMethods = &raw const METHODS;
        code
    }
}

unsafe extern "C" fn delete(
    vfs: *mut ffi::sqlite3_vfs,
    path: *const c_char,
    sync_dir: c_int,
) -> c_int {
    // SAFETY: SQLite passes a NUL-terminated path and our own VFS.
    unsafe {
        let text = CStr::from_ptr(path).to_string_lossy().into_owned();
        if let Some(disk) = Disk::of_file(Path::new(&text)) {
            disk.deleted(&file_name(&text));
        }
        let _ = sync_dir;
        let system = system(vfs);
        ((*system).xDelete.expect("the system's VFS deletes files"))(system, path, 0)
    }
}

fn file_name(path: &str) -> String {
    Path::new(path)
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: `open` filled the file; SQLite closes it once.
    unsafe {
        let real = real(file);
        let code = ((*(*real).pMethods).xClose.expect("files can be closed"))(real);
        drop(Box::from_raw((*file.cast::<File>()).slot));
        code
    }
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    n: c_int,
    offset: i64,
) -> c_int {
    // SAFETY: SQLite passes `n` readable bytes and a file that `open` filled.
    unsafe {
        let slot = slot(file);
        if let Some(disk) = &slot.disk {
            let written =
                std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(n).unwrap_or(0));
            if let Err(broken) = disk.write(&slot.name, u64::try_from(offset).unwrap_or(0), written)
            {
                return code_of(broken);
            }
        }
        let real = real(file);
        ((*(*real).pMethods).xWrite.expect("files can be written"))(real, bytes, n, offset)
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    // SAFETY: the file was filled by `open`.
    unsafe {
        let slot = slot(file);
        if let Some(disk) = &slot.disk
            && let Err(broken) = disk.truncate(&slot.name, u64::try_from(size).unwrap_or(0))
        {
            return code_of(broken);
        }
        let real = real(file);
        ((*(*real).pMethods).xTruncate.expect("files can be cut"))(real, size)
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: the file was filled by `open`.
    let slot = unsafe { slot(file) };
    match slot
        .disk
        .as_ref()
        .map_or(Ok(()), |disk| disk.sync(&slot.name))
    {
        Ok(()) => ffi::SQLITE_OK,
        Err(broken) => code_of(broken),
    }
}

/// No promise about what else is written with a sector, so SQLite must protect itself.
unsafe extern "C" fn device_characteristics(_file: *mut ffi::sqlite3_file) -> c_int {
    0
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: the file was filled by `open`.
    unsafe {
        let real = real(file);
        ((*(*real).pMethods)
            .xShmBarrier
            .expect("files can share memory"))(real);
    }
}

/// Functions that only pass the call on.
macro_rules! passed_on {
    ($($function:ident = $method:ident($($argument:ident: $type:ty),*);)*) => {$(
        unsafe extern "C" fn $function(file: *mut ffi::sqlite3_file $(, $argument: $type)*) -> c_int {
            // SAFETY: the file was filled by `open`; the arguments are SQLite's own.
            unsafe {
                let real = real(file);
                ((*(*real).pMethods).$method.expect("the system's files have it"))(real $(, $argument)*)
            }
        }
    )*};
}

passed_on! {
    read = xRead(to: *mut c_void, n: c_int, offset: i64);
    file_size = xFileSize(size: *mut i64);
    lock = xLock(level: c_int);
    unlock = xUnlock(level: c_int);
    check_reserved_lock = xCheckReservedLock(held: *mut c_int);
    file_control = xFileControl(operation: c_int, argument: *mut c_void);
    sector_size = xSectorSize();
    shm_map = xShmMap(page: c_int, size: c_int, extend: c_int, to: *mut *mut c_void);
    shm_lock = xShmLock(offset: c_int, n: c_int, flags: c_int);
    shm_unmap = xShmUnmap(delete: c_int);
}

/// Without memory mapping, so that every write passes by.
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved_lock),
    xFileControl: Some(file_control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(device_characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
