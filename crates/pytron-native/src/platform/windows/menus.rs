//! What is Windows' of the menus.

use std::rc::Rc;

use muda::dpi::LogicalPosition;
use muda::{ContextMenu, Menu, PredefinedMenuItem};
use tao::platform::windows::WindowExtWindows;
use webview2_com::AcceleratorKeyPressedEventHandler;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_KEY_EVENT_KIND, COREWEBVIEW2_KEY_EVENT_KIND_KEY_DOWN,
    COREWEBVIEW2_KEY_EVENT_KIND_SYSTEM_KEY_DOWN,
};
use windows::Win32::Foundation::{HWND, LPARAM, WPARAM};
use windows::Win32::UI::WindowsAndMessaging::{
    GA_ROOT, GetAncestor, HACCEL, MSG, TranslateAcceleratorW, WM_KEYDOWN, WM_SYSKEYDOWN,
};
use wry::{WebView, WebViewExtWindows};

use crate::guard::guard;
use crate::menu;
use crate::stage;
use crate::window::Window;

/// Puts a menu above a window's page.
pub fn attach_menu(window: &Rc<Window>, made: &Menu) -> muda::Result<()> {
    // SAFETY: the handle of a living window, on its own thread.
    unsafe { made.init_for_hwnd(window.frame().hwnd()) }
}

pub fn remove_menu(window: &Rc<Window>, made: &Menu) {
    // SAFETY: as above. It fails only when the menu is not there.
    let _ = unsafe { made.remove_for_hwnd(window.frame().hwnd()) };
}

/// What the system does by itself: it types the keys. The rest is ours.
pub fn system_role(role: &str, label: Option<&str>) -> Option<PredefinedMenuItem> {
    use PredefinedMenuItem as Own;
    Some(match role {
        "cut" => Own::cut(label),
        "copy" => Own::copy(label),
        "paste" => Own::paste(label),
        "selectall" => Own::select_all(label),
        "about" => Own::about(label, None),
        _ => return None,
    })
}

/// Shows a menu at a place of the page, or at the pointer; returns when it has gone.
pub fn popup(window: &Rc<Window>, made: &Menu, place: Option<(f64, f64)>) {
    let place = place.map(|(x, y)| LogicalPosition::new(x, y).into());
    // SAFETY: the handle of a living window, on its own thread.
    unsafe { made.show_context_menu_for_hwnd(window.frame().hwnd(), place) };
}

/// Runs once it is known what was chosen, which is at once.
pub fn afterwards(work: impl FnOnce() + Send + 'static) {
    work();
}

/// Gives a key to the menu of the window that has the keyboard, before anybody else gets it.
///
/// `message` is a `MSG`, as tao hands it out; the answer says that it was the menu's.
pub fn hook(message: *const std::ffi::c_void) -> bool {
    // SAFETY: tao hands out a message that lives through the call.
    let Some(message) = (unsafe { message.cast::<MSG>().as_ref() }) else {
        return false;
    };
    if !matches!(message.message, WM_KEYDOWN | WM_SYSKEYDOWN) {
        return false;
    }
    guard("a key", false, || {
        // SAFETY: any handle may be asked for its ancestor.
        let root = unsafe { GetAncestor(message.hwnd, GA_ROOT) };
        let stage = stage::current();
        let found = stage.and_then(|stage| {
            let windows = stage.windows();
            let of = |window: &&Rc<Window>| window.frame().hwnd() == root.0 as isize;
            windows.iter().find(of).map(|window| window.number())
        });
        found.is_some_and(|number| translate(number, root, message))
    })
}

fn translate(number: u32, frame: HWND, message: &MSG) -> bool {
    let Some(made) = menu::of_window(number) else {
        return false;
    };
    let keys = HACCEL(made.haccel() as *mut std::ffi::c_void);
    // SAFETY: the table belongs to the menu, which lives through the call.
    unsafe { TranslateAcceleratorW(frame, keys, message) != 0 }
}

/// The page has the keyboard in another process: WebView2 asks before it takes a key.
pub fn watch_keys(wry: &WebView, number: &Rc<std::cell::Cell<u32>>) {
    let number = Rc::clone(number);
    let handler = AcceleratorKeyPressedEventHandler::create(Box::new(move |_, pressed| {
        let Some(pressed) = pressed else {
            return Ok(());
        };
        let mut kind = COREWEBVIEW2_KEY_EVENT_KIND::default();
        let (mut key, mut more) = (0, 0);
        // SAFETY: each writes into a place of ours.
        unsafe {
            pressed.KeyEventKind(&raw mut kind)?;
            pressed.VirtualKey(&raw mut key)?;
            pressed.KeyEventLParam(&raw mut more)?;
        }
        let message = match kind {
            COREWEBVIEW2_KEY_EVENT_KIND_KEY_DOWN => WM_KEYDOWN,
            COREWEBVIEW2_KEY_EVENT_KIND_SYSTEM_KEY_DOWN => WM_SYSKEYDOWN,
            _ => return Ok(()),
        };
        let taken = guard("a key", false, || {
            let window = stage::current().and_then(|stage| stage.window(number.get()));
            window.is_some_and(|window| {
                let frame = HWND(window.frame().hwnd() as *mut std::ffi::c_void);
                let message = MSG {
                    hwnd: frame,
                    message,
                    wParam: WPARAM(key as usize),
                    lParam: LPARAM(more as isize),
                    ..MSG::default()
                };
                translate(window.number(), frame, &message)
            })
        });
        // SAFETY: the event is alive while it is handled.
        unsafe { pressed.SetHandled(taken) }
    }));
    let mut token = 0;
    // SAFETY: a live view on its own thread; the handler lives as long as the view.
    let added = unsafe {
        wry.controller()
            .add_AcceleratorKeyPressed(&handler, &raw mut token)
    };
    if let Err(error) = added {
        stage::log("warning", format!("keys of menus are not seen: {error}"));
    }
}
