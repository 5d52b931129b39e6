//! Windows: how a child process gets what it is to run, the key, and what it may know its parent by.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::os::windows::io::{AsRawHandle, FromRawHandle};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, PIPE_ACCESS_OUTBOUND,
};
use windows_sys::Win32::System::Pipes::{
    ConnectNamedPipe, CreateNamedPipeW, GetNamedPipeServerProcessId, PIPE_REJECT_REMOTE_CLIENTS,
    PIPE_TYPE_BYTE, PIPE_WAIT,
};
use zeroize::Zeroizing;

use super::{parent, windows::wide};
use crate::seat::Options;

fn pipe_name(token: &str) -> Option<String> {
    let good = token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| format!(r"\\.\pipe\pytron-{token}"))
}

/// What a parent has to say to this child, by the word on its command line.
pub fn order(token: &str) -> Option<impl Read> {
    let mut pipe = File::open(pipe_name(token)?).ok()?;
    let mut server = 0;
    // SAFETY: an open pipe, and room for the answer.
    let known = unsafe { GetNamedPipeServerProcessId(pipe.as_raw_handle(), &raw mut server) };
    if known == 0 || server != parent() {
        return None;
    }
    let mut handle = [0; 8];
    pipe.read_exact(&mut handle).ok()?;
    let _ = STARTER.set(u64::from_le_bytes(handle));
    Some(pipe)
}

static STARTER: OnceLock<u64> = OnceLock::new();

/// The handle by which this child knows its parent, or 0.
pub fn starter() -> u64 {
    STARTER.get().copied().unwrap_or(0)
}

/// How long the way of an order waits for its child to be started.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who serves an order waits here for the handle that its child is given.
static WAITING: Mutex<BTreeMap<String, Sender<u64>>> = Mutex::new(BTreeMap::new());

/// Tells a child, by its word, the handle by which it may know this process.
pub fn share(word: &str, handle: u64) {
    let waiting = WAITING.lock().ok().and_then(|mut all| all.remove(word));
    if let Some(waiting) = waiting {
        let _ = waiting.send(handle);
    }
}

/// Holds an order ready for one child; gives the word for its command line.
pub fn hand(content: Zeroizing<Vec<u8>>, _options: &Options) -> Option<String> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).ok()?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let name = wide(pipe_name(&token)?);
    // SAFETY: a name that ends with NUL; nobody else makes a pipe of this name.
    let pipe = unsafe {
        CreateNamedPipeW(
            name.as_ptr(),
            PIPE_ACCESS_OUTBOUND | FILE_FLAG_FIRST_PIPE_INSTANCE,
            PIPE_TYPE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            1,
            65_536,
            0,
            0,
            std::ptr::null(),
        )
    };
    if pipe == INVALID_HANDLE_VALUE {
        return None;
    }
    // SAFETY: just made, and nobody else's.
    let mut file = unsafe { File::from_raw_handle(pipe) };
    let (give, take) = channel();
    WAITING.lock().ok()?.insert(token.clone(), give);
    let word = token.clone();
    std::thread::spawn(move || {
        let handle = take.recv_timeout(PATIENCE);
        let _ = WAITING.lock().map(|mut all| all.remove(&word));
        let Ok(handle) = handle else { return };
        // SAFETY: an open pipe; waits for the child.
        unsafe { ConnectNamedPipe(file.as_raw_handle(), std::ptr::null_mut()) };
        let _ = file.write_all(&handle.to_le_bytes());
        let _ = file.write_all(&content);
        let _ = file.sync_all(); // waits until the child has read
    });
    Some(token)
}
