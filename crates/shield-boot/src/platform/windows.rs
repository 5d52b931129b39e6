//! Windows: environment, debuggers, where libraries come from, child processes over a named pipe.

use std::ffi::{CStr, OsStr, c_void};
use std::fs::File;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::MetadataExt;
use std::os::windows::io::{AsRawHandle, FromRawHandle};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use windows_sys::Win32::Foundation::{HANDLE, INVALID_HANDLE_VALUE, LocalFree};
use windows_sys::Win32::Globalization::{GetACP, GetOEMCP};
use windows_sys::Win32::Security::Authorization::{
    ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, SetKernelObjectSecurity,
};
use windows_sys::Win32::System::Console::{
    ATTACH_PARENT_PROCESS, AttachConsole, ENABLE_ECHO_INPUT, GetConsoleCP, GetConsoleMode,
    GetConsoleOutputCP, GetStdHandle, STD_INPUT_HANDLE, SetConsoleMode,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    CheckRemoteDebuggerPresent, IsDebuggerPresent, SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX,
    SetErrorMode,
};
use windows_sys::Win32::System::LibraryLoader::{
    GetProcAddress, LOAD_LIBRARY_SEARCH_DEFAULT_DIRS, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR,
    LOAD_LIBRARY_SEARCH_SYSTEM32, LoadLibraryExW, SetDefaultDllDirectories,
};
use windows_sys::Win32::System::Memory::{
    MEM_COMMIT, MEM_RESERVE, PAGE_READWRITE, VirtualAlloc, VirtualLock,
};
use windows_sys::Win32::System::Registry::{HKEY_LOCAL_MACHINE, RRF_RT_REG_SZ, RegGetValueW};
use windows_sys::Win32::System::Threading::GetCurrentProcess;
use windows_sys::Win32::UI::WindowsAndMessaging::{MB_ICONERROR, MB_OK, MessageBoxW};

use crate::failure::Failure;
use crate::keys::passphrase::{Asked, line};
use crate::seat::Options;

/// Who may do what with this process: its user may end and wait for it, not read or write its memory.
const RIGHTS: &str = "D:P(D;;0x0438;;;OW)(A;;0x101401;;;AU)(A;;GA;;;SY)";

pub(super) fn wide(text: impl AsRef<OsStr>) -> Vec<u16> {
    text.as_ref().encode_wide().chain([0]).collect()
}

/// Makes this process one that others do not easily look into or bring libraries to.
pub fn begin(options: &Options) -> Result<(), Failure> {
    // SAFETY: flags only; each call stands for itself.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX); // no dump of a crash
        // Never the current folder or PATH: libraries come from the system or by their whole path.
        SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
    }
    clean_environment()?;
    if !options.debuggable {
        close()?;
    }
    Ok(())
}

fn close() -> Result<(), Failure> {
    let mut remote = 0;
    // SAFETY: this process, and room for the answer.
    let traced = unsafe {
        CheckRemoteDebuggerPresent(GetCurrentProcess(), &raw mut remote);
        IsDebuggerPresent() != 0 || remote != 0
    };
    if traced {
        return Err(Failure::refused("another program traces this one"));
    }
    let text = wide(RIGHTS);
    let mut rights: PSECURITY_DESCRIPTOR = std::ptr::null_mut();
    // SAFETY: a text that ends with NUL; what is made is freed.
    unsafe {
        let made = ConvertStringSecurityDescriptorToSecurityDescriptorW(
            text.as_ptr(),
            SDDL_REVISION_1,
            &raw mut rights,
            std::ptr::null_mut(),
        );
        if made != 0 {
            SetKernelObjectSecurity(GetCurrentProcess(), DACL_SECURITY_INFORMATION, rights);
            LocalFree(rights);
        }
    }
    Ok(())
}

fn clean_environment() -> Result<(), Failure> {
    // Nothing has read them yet, and the loader of Windows reads none of these.
    let leading: Vec<_> = std::env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| {
            let name = name.to_string_lossy().to_uppercase();
            name.starts_with("PYTHON") || name.starts_with("OPENSSL_") || name == "SSLKEYLOGFILE"
        })
        .collect();
    for name in leading {
        // SAFETY: no other thread runs yet.
        unsafe { std::env::remove_var(name) };
    }
    Ok(())
}

/// Moves a value into pages of its own that are not swapped; for ever.
pub fn locked<T>(value: T) -> &'static T {
    let length = size_of::<T>().max(1);
    // SAFETY: fresh pages, large enough, and aligned to more than T asks.
    unsafe {
        let place = VirtualAlloc(
            std::ptr::null(),
            length,
            MEM_COMMIT | MEM_RESERVE,
            PAGE_READWRITE,
        );
        if place.is_null() {
            return Box::leak(Box::new(value));
        }
        VirtualLock(place, length);
        let place = place.cast::<T>();
        place.write(value);
        &*place
    }
}

/// A descriptor that was named by whoever started this process: 0, its standard input.
pub fn inherited(number: i32) -> Option<File> {
    if number != 0 {
        return None;
    }
    let input = std::io::stdin().as_raw_handle();
    // SAFETY: the standard input, which nothing else here reads.
    (!input.is_null()).then(|| unsafe { File::from_raw_handle(input) })
}

/// The process that started this one.
pub fn parent() -> u32 {
    use windows_sys::Wdk::System::Threading::{NtQueryInformationProcess, ProcessBasicInformation};
    let mut found = [0_usize; 6];
    // SAFETY: this process, and room for the answer, whose sixth word is the parent.
    unsafe {
        NtQueryInformationProcess(
            GetCurrentProcess(),
            ProcessBasicInformation,
            found.as_mut_ptr().cast::<c_void>(),
            u32::try_from(size_of_val(&found)).unwrap_or(0),
            std::ptr::null_mut(),
        );
    }
    u32::try_from(found[5]).unwrap_or(0)
}

/// A path with all links followed, as programs spell it: without the prefix of the system's own paths
/// where it is one of a drive, for many cannot read that.
pub fn real(place: &Path) -> std::io::Result<PathBuf> {
    let found = std::fs::canonicalize(place)?;
    let plain = found.to_str().and_then(|text| text.strip_prefix(r"\\?\"));
    let plain =
        plain.filter(|text| text.as_bytes().get(1) == Some(&b':') && text.len() < MOST_PATH);
    Ok(plain.map_or(found.clone(), PathBuf::from))
}

/// `MAX_PATH`: longer ones need the prefix.
const MOST_PATH: usize = 260;

/// The words that tell this machine from others.
pub fn machine() -> Option<String> {
    let mut text = [0_u16; 64];
    let mut size = u32::try_from(size_of_val(&text)).ok()?;
    // SAFETY: names that end with NUL, and room for the answer.
    let answer = unsafe {
        RegGetValueW(
            HKEY_LOCAL_MACHINE,
            wide("SOFTWARE\\Microsoft\\Cryptography").as_ptr(),
            wide("MachineGuid").as_ptr(),
            RRF_RT_REG_SZ,
            std::ptr::null_mut(),
            text.as_mut_ptr().cast::<c_void>(),
            &raw mut size,
        )
    };
    let length = text.iter().position(|unit| *unit == 0)?;
    (answer == 0).then(|| String::from_utf16_lossy(&text[..length]))
}

/// The words that tell this user from others of this machine.
pub fn user() -> Option<String> {
    let words = ["USERDOMAIN", "USERNAME"].map(std::env::var);
    let [domain, name] = words;
    Some(format!("{}\\{}", domain.ok()?, name.ok()?).to_lowercase())
}

/// The folder for settings of this user's apps.
pub fn settings() -> Option<PathBuf> {
    std::env::var_os("APPDATA").map(PathBuf::from)
}

/// Which encodings the interpreter needs for its start, as entries: those in which this system writes
/// texts to programs without and with a console.
pub fn code_pages() -> Vec<String> {
    // SAFETY: each asks only.
    let pages = unsafe { [GetACP(), GetOEMCP(), GetConsoleCP(), GetConsoleOutputCP()] };
    let mut names: Vec<_> = pages.map(|page| format!("encodings/cp{page}")).into();
    names.sort();
    names.dedup();
    names
}

/// Asks at the console, without showing what is typed.
pub fn ask_terminal(prompt: &str) -> Asked {
    // SAFETY: the console of whoever started us, and flags that it told.
    unsafe {
        AttachConsole(ATTACH_PARENT_PROCESS);
        let console = GetStdHandle(STD_INPUT_HANDLE);
        let mut mode = 0;
        let known = GetConsoleMode(console, &raw mut mode) != 0;
        if known {
            SetConsoleMode(console, mode & !ENABLE_ECHO_INPUT);
        }
        eprint!("{prompt}");
        let given = line(std::io::stdin());
        eprintln!();
        if known {
            SetConsoleMode(console, mode);
        }
        Asked::of(given.ok())
    }
}

/// Asks in a window, by PowerShell, which every Windows has.
pub fn ask_dialogue(question: &str) -> Asked {
    let Some(root) = std::env::var_os("SystemRoot") else {
        return Asked::Nobody;
    };
    let program = Path::new(&root).join(r"System32\WindowsPowerShell\v1.0\powershell.exe");
    let script = format!(
        "$c = Get-Credential -UserName app -Message '{}'; \
         [Console]::Out.WriteLine($c.GetNetworkCredential().Password)",
        question.replace('\'', "''")
    );
    let asking = Command::new(program)
        .args(["-NoProfile", "-NonInteractive:$false", "-Command", &script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut asking) = asking else {
        return Asked::Nobody;
    };
    let given = asking.stdout.take().and_then(|said| line(said).ok());
    let ended = asking.wait().is_ok_and(|ended| ended.success());
    Asked::of(given.filter(|_| ended))
}

/// What tells one version of a file from another.
pub fn stamp(file: &std::fs::Metadata) -> [u64; 4] {
    [
        file.creation_time(),
        file.last_write_time(),
        file.file_size(),
        0,
    ]
}

/// Whether a file of this name is one that a loader would load.
pub fn is_library(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    name.ends_with(".dll") || name.ends_with(".pyd")
}

/// Says something to whoever started the program: on its console, else in a box.
pub fn tell(text: &str, _code: i32) {
    // SAFETY: asks only.
    let console = unsafe { GetStdHandle(windows_sys::Win32::System::Console::STD_ERROR_HANDLE) };
    if !console.is_null() && console != INVALID_HANDLE_VALUE {
        eprintln!("{text}");
        return;
    }
    let (text, title) = (wide(text), wide("Error"));
    // SAFETY: texts that end with NUL.
    unsafe {
        MessageBoxW(
            std::ptr::null_mut(),
            text.as_ptr(),
            title.as_ptr(),
            MB_OK | MB_ICONERROR,
        );
    }
}

/// A loaded library; never unloaded.
#[derive(Clone, Copy)]
pub struct Library(HANDLE);

// SAFETY: a handle that the loader guards itself.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    /// Loads a file by its whole path; what it needs comes from its folder or the system's.
    pub fn open(path: &Path, _global: bool) -> Result<Self, String> {
        let name = wide(path);
        let places = LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR;
        // SAFETY: the file was checked; its entry point runs, as any program's does.
        let handle = unsafe { LoadLibraryExW(name.as_ptr(), std::ptr::null_mut(), places) };
        if handle.is_null() {
            return Err(std::io::Error::last_os_error().to_string());
        }
        Ok(Self(handle))
    }

    /// The address of a symbol.
    pub fn symbol(self, name: &CStr) -> Option<*mut c_void> {
        // SAFETY: a library that is never unloaded.
        let found = unsafe { GetProcAddress(self.0, name.as_ptr().cast()) };
        found.map(|address| address as *mut c_void)
    }
}
