//! Messages as task dialogs, and a dialog of our own for a line of text: Windows has none.
//! Each runs on a thread of its own, so that pages go on while it is open.

use std::rc::Rc;
use std::thread;

use tao::platform::windows::WindowExtWindows;
use windows::Win32::Foundation::HWND;
use windows::Win32::System::ApplicationInstallationAndServicing::{
    ACTCTXW, ActivateActCtx, CreateActCtxW, DeactivateActCtx,
};
use windows::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryW};
use windows::Win32::System::SystemInformation::GetSystemDirectoryW;
use windows::Win32::UI::Controls::{
    TASKDIALOG_BUTTON, TASKDIALOGCONFIG, TASKDIALOGCONFIG_0, TD_ERROR_ICON, TD_INFORMATION_ICON,
    TD_WARNING_ICON, TDF_ALLOW_DIALOG_CANCELLATION, TDF_POSITION_RELATIVE_TO_WINDOW,
    TDF_SIZE_TO_CONTENT,
};
use windows::core::{BOOL, HRESULT, HSTRING, PCWSTR, s, w};

use super::prompt;
use crate::dialog::{Level, Message};
use crate::window::Window;

/// Ids of our buttons begin here; the system's own are below.
const FIRST: i32 = 100;
/// shell32's manifest in which the common controls have task dialogs, and where it says so.
const MANIFEST: u16 = 124;
const ASSEMBLY_DIRECTORY_VALID: u32 = 0x4;
const RESOURCE_NAME_VALID: u32 = 0x8;

/// `TaskDialogIndirect`, which only version 6 of the common controls has: linked to, it would keep
/// this library from loading in programs that ask for version 5.
type TaskDialog =
    unsafe extern "system" fn(*const TASKDIALOGCONFIG, *mut i32, *mut i32, *mut BOOL) -> HRESULT;

/// A window, for another thread.
pub fn handle_of(window: Option<&Rc<Window>>) -> isize {
    window.map_or(0, |window| window.frame().hwnd())
}

/// Shows a message; `done` gets the index of the button, or none.
pub fn show(
    window: Option<&Rc<Window>>,
    message: Message,
    done: impl FnOnce(Result<Option<usize>, String>) + Send + 'static,
) {
    let owner = handle_of(window);
    thread::spawn(move || done(styled(|| task_dialog(owner, &message))));
}

/// Asks for a line; `done` gets it, or none.
pub fn ask(
    window: Option<&Rc<Window>>,
    message: Message,
    done: impl FnOnce(Result<Option<String>, String>) + Send + 'static,
) {
    let owner = handle_of(window);
    thread::spawn(move || done(styled(|| prompt::show(owner, &message))));
}

fn task_dialog(owner: isize, message: &Message) -> Result<Option<usize>, String> {
    // SAFETY: a system library that stays loaded; the function has this signature.
    let show = unsafe {
        let library = LoadLibraryW(w!("comctl32.dll")).map_err(|error| error.to_string())?;
        let found = GetProcAddress(library, s!("TaskDialogIndirect"));
        let found = found.ok_or("this Windows has no task dialogs; update it")?;
        std::mem::transmute::<unsafe extern "system" fn() -> isize, TaskDialog>(found)
    };
    let texts: Vec<HSTRING> = message.buttons.iter().map(HSTRING::from).collect();
    let buttons: Vec<TASKDIALOG_BUTTON> = (FIRST..)
        .zip(&texts)
        .map(|(id, text)| TASKDIALOG_BUTTON {
            nButtonID: id,
            pszButtonText: PCWSTR(text.as_ptr()),
        })
        .collect();
    let (title, text, detail) = (
        HSTRING::from(message.title.as_deref().unwrap_or_default()),
        HSTRING::from(&message.text),
        HSTRING::from(&message.detail),
    );
    let icon = match message.level {
        Level::Info => TD_INFORMATION_ICON,
        Level::Warning => TD_WARNING_ICON,
        Level::Error => TD_ERROR_ICON,
        Level::Question => PCWSTR::null(), // there is none, by Microsoft's own guidelines
    };
    let config = TASKDIALOGCONFIG {
        cbSize: size_of::<TASKDIALOGCONFIG>() as u32,
        hwndParent: HWND(owner as *mut _),
        dwFlags: TDF_ALLOW_DIALOG_CANCELLATION
            | TDF_POSITION_RELATIVE_TO_WINDOW
            | TDF_SIZE_TO_CONTENT,
        pszWindowTitle: PCWSTR(title.as_ptr()),
        Anonymous1: TASKDIALOGCONFIG_0 { pszMainIcon: icon },
        pszMainInstruction: PCWSTR(text.as_ptr()),
        pszContent: PCWSTR(detail.as_ptr()),
        cButtons: buttons.len() as u32,
        pButtons: buttons.as_ptr(),
        nDefaultButton: FIRST + i32::try_from(message.default).unwrap_or(0),
        ..TASKDIALOGCONFIG::default()
    };
    let mut chosen = 0;
    // SAFETY: everything that the configuration points to lives through the call.
    let shown = unsafe {
        show(
            &raw const config,
            &raw mut chosen,
            std::ptr::null_mut(),
            std::ptr::null_mut(),
        )
    };
    shown
        .ok()
        .map_err(|error| format!("the message was not shown: {error}"))?;
    let index = usize::try_from(chosen - FIRST).ok();
    Ok(index.filter(|index| *index < message.buttons.len()))
}

/// Works with the common controls of today, whatever the program's own manifest asks for.
fn styled<T>(work: impl FnOnce() -> T) -> T {
    let mut folder = [0; 260];
    // SAFETY: writes into a place of ours, and says how much.
    let length = unsafe { GetSystemDirectoryW(Some(&mut folder)) } as usize;
    let folder = HSTRING::from_wide(&folder[..length.min(folder.len())]);
    let source = HSTRING::from(format!("{folder}\\shell32.dll"));
    let wanted = ACTCTXW {
        cbSize: size_of::<ACTCTXW>() as u32,
        dwFlags: ASSEMBLY_DIRECTORY_VALID | RESOURCE_NAME_VALID,
        lpSource: PCWSTR(source.as_ptr()),
        lpAssemblyDirectory: PCWSTR(folder.as_ptr()),
        lpResourceName: PCWSTR(usize::from(MANIFEST) as *const u16),
        ..ACTCTXW::default()
    };
    let mut cookie = 0;
    // SAFETY: what the description points to lives through the calls; the context is never let go
    // of, for windows of its classes may outlive this call.
    let active = unsafe {
        CreateActCtxW(&raw const wanted)
            .and_then(|context| ActivateActCtx(Some(context), &raw mut cookie))
            .is_ok()
    };
    let done = work();
    if active {
        // SAFETY: activated above, on this thread.
        let _ = unsafe { DeactivateActCtx(0, cookie) };
    }
    done
}
