//! Windows: WebView2.

pub mod carrying;
pub mod clipboard;
mod dropping;
mod forgetting;
pub mod menus;
pub mod messages;
pub mod notifications;
mod number;
pub mod printing;
mod prompt;
mod toast;

use std::cell::Cell;
use std::rc::Rc;

use serde_json::{Value, json};
use tao::event_loop::EventLoopBuilder;
use tao::platform::windows::{EventLoopBuilderExtWindows, WindowExtWindows};
use tao::window::Icon;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_CAPTURE_PREVIEW_IMAGE_FORMAT_PNG, COREWEBVIEW2_PROCESS_FAILED_KIND,
    COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED,
    COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED,
    COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_UNRESPONSIVE,
    COREWEBVIEW2_SHARED_BUFFER_ACCESS_READ_ONLY, ICoreWebView2_17, ICoreWebView2Environment12,
};
use webview2_com::{CapturePreviewCompletedHandler, ProcessFailedEventHandler};
use windows::Win32::System::Com::{IStream, STGM_CREATE, STGM_WRITE};
use windows::Win32::UI::Shell::SHCreateStreamOnFileEx;
use windows::core::{HSTRING, Interface};
use wry::{WebView, WebViewBuilder, WebViewBuilderExtWindows, WebViewExtWindows};

pub use forgetting::forget;

use super::Fact;
use super::portable::with_window;
use crate::command::Backdrop;
use crate::error::Error;
use crate::guard::guard;
use crate::head::{self, Part};
use crate::service::{Failure, Outcomes};
use crate::stage::{self, Stage};

/// The app's origin, as a page has it: wry gives custom schemes a public host name.
pub const ORIGIN: &str = "https://pytron.localhost";

/// How the bootstrap posts and listens: through WebView2's own messages.
pub const MODE: &str = "posted";

/// Smaller parts are quicker fetched than mapped.
const SHARED_FROM: usize = 64 << 10;

type Done = Box<dyn FnOnce(Result<Value, String>)>;

/// Is the engine there?
pub fn prepare(app_id: &str, name: &str) -> Result<(), Error> {
    notifications::meet(app_id, name);
    match wry::webview_version() {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Unsupported {
            cause: "the WebView2 runtime is not installed".to_owned(),
            remedy: "install the Evergreen WebView2 Runtime from Microsoft",
        }),
    }
}

/// Whether the icon can have a number.
pub fn can_badge() -> (bool, String) {
    (true, "the taskbar shows it over the icon".to_owned())
}

/// Shows a number over the app's icon; 0 takes it away.
pub fn badge(stage: &Stage, count: u64) -> Outcomes {
    let side = number::SIDE as u32;
    let icon = (count > 0)
        .then(|| Icon::from_rgba(number::picture(count), side, side))
        .transpose()
        .map_err(|error| Failure::unsupported(format!("the number was not drawn: {error}")))?;
    for window in stage.windows() {
        window.frame().set_overlay_icon(icon.as_ref());
    }
    Ok(Value::Null)
}

/// Puts a material behind the page: mica wants Windows 11, acrylic Windows 10.
pub fn set_backdrop(frame: &tao::window::Window, backdrop: Backdrop) {
    let applied = match backdrop {
        Backdrop::Mica => window_vibrancy::apply_mica(frame, None),
        Backdrop::Acrylic => window_vibrancy::apply_acrylic(frame, None),
        Backdrop::Vibrancy => return, // macOS has it
    };
    if let Err(error) = applied {
        stage::log(
            "warning",
            format!("no {backdrop:?} behind the page: {error}"),
        );
    }
}

/// Facts about this machine, found without opening a display.
pub fn facts() -> Vec<(&'static str, Fact)> {
    let version = wry::webview_version().unwrap_or_default();
    let hazard = if version.is_empty() {
        "no-webview2"
    } else {
        ""
    };
    vec![
        ("engine", Fact::Text("webview2".to_owned())),
        ("version", Fact::Text(version)),
        ("display", Fact::Flag(true)),
        ("hazard", Fact::Text(hazard.to_owned())),
        ("origin", Fact::Text(ORIGIN.to_owned())),
    ]
}

/// The loop gives keys to menus before the page gets them.
pub fn prepare_loop(builder: &mut EventLoopBuilder<()>) {
    builder.with_msg_hook(menus::hook);
}

/// What only this engine's builder has.
pub fn finish<'a>(builder: WebViewBuilder<'a>, _number: &Rc<Cell<u32>>) -> WebViewBuilder<'a> {
    builder.with_https_scheme(true)
}

/// Hears of what happens to the page.
pub fn watch(wry: &WebView, number: &Rc<Cell<u32>>, secret: &str) {
    menus::watch_keys(wry, number);
    dropping::watch(wry, number, secret);
    watch_process(wry, number);
}

/// Tells the kit when the page's process died.
fn watch_process(wry: &WebView, number: &Rc<Cell<u32>>) {
    let number = Rc::clone(number);
    let handler = ProcessFailedEventHandler::create(Box::new(move |_, failed| {
        let mut kind = COREWEBVIEW2_PROCESS_FAILED_KIND::default();
        if let Some(failed) = failed {
            // SAFETY: writes into a place of ours.
            unsafe { failed.ProcessFailedKind(&raw mut kind)? };
        }
        if let Some(reason) = reason_of(kind) {
            guard("a crash", (), || {
                with_window(&number, |stage, window| {
                    stage.crashed(window.number(), reason);
                });
            });
        }
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: a live view on its own thread; the handler lives as long as the view.
    let added = unsafe { wry.webview().add_ProcessFailed(&handler, &raw mut token) };
    if let Err(error) = added {
        stage::log("warning", format!("crashes will not be noticed: {error}"));
    }
}

fn reason_of(kind: COREWEBVIEW2_PROCESS_FAILED_KIND) -> Option<&'static str> {
    match kind {
        COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_EXITED
        | COREWEBVIEW2_PROCESS_FAILED_KIND_BROWSER_PROCESS_EXITED => Some("crashed"),
        COREWEBVIEW2_PROCESS_FAILED_KIND_RENDER_PROCESS_UNRESPONSIVE => Some("unresponsive"),
        _ => None, // WebView2 starts its other processes again itself
    }
}

/// Posts a frame: a message event, not a script. Large parts of it go before it in shared memory.
pub fn deliver(wry: &WebView, window: u32, text: &str) -> windows::core::Result<()> {
    let shared = head::split(text).and_then(|(parts, messages)| {
        let shared = share(wry, window, &parts);
        (!shared.is_empty()).then(|| head::join(&parts, &shared, messages))
    });
    let text = HSTRING::from(shared.as_deref().unwrap_or(text));
    // SAFETY: a live view on its own thread; the text is copied.
    unsafe { wry.webview().PostWebMessageAsString(&text) }
}

/// Hands parts to the page in shared memory; the ids of those that it has been given.
///
/// What cannot be shared (an older runtime has no shared buffers) the page fetches, as elsewhere.
fn share(wry: &WebView, window: u32, parts: &[Part]) -> Vec<u64> {
    let Some(stage) = stage::current() else {
        return Vec::new();
    };
    let mut given = Vec::new();
    for &(id, size) in parts.iter().filter(|(_, size)| *size >= SHARED_FROM) {
        let Some(data) = stage.shared.parts().share(id, window) else {
            continue;
        };
        match post_shared(wry, id, (*data).as_ref()) {
            Ok(()) => given.push(id),
            Err(error) => {
                stage::log("debug", format!("{size} bytes are not shared: {error}"));
                break;
            }
        }
    }
    for id in &given {
        stage.shared.parts().drop_shared(*id);
    }
    given
}

/// The one copy on this way; the page's own is the other.
fn post_shared(wry: &WebView, id: u64, bytes: &[u8]) -> windows::core::Result<()> {
    let environment: ICoreWebView2Environment12 = wry.environment().cast()?;
    let core: ICoreWebView2_17 = wry.webview().cast()?;
    let told = HSTRING::from(format!(r#"{{"part":"s{id}"}}"#));
    // SAFETY: the buffer has as many bytes as are copied, and is mapped until `Close`; the page has
    // a mapping of its own.
    unsafe {
        let buffer = environment.CreateSharedBuffer(bytes.len() as u64)?;
        let mut place = std::ptr::null_mut();
        buffer.Buffer(&raw mut place)?;
        std::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len());
        let access = COREWEBVIEW2_SHARED_BUFFER_ACCESS_READ_ONLY;
        core.PostSharedBufferToScript(&buffer, access, &told)?;
        buffer.Close()
    }
}

/// Allows the inspector.
pub fn set_devtools(wry: &WebView, on: bool) -> windows::core::Result<()> {
    // SAFETY: a live view on its own thread.
    unsafe { wry.webview().Settings()?.SetAreDevToolsEnabled(on) }
}

/// Writes what is visible as a PNG.
pub fn screenshot(wry: &WebView, path: String, done: Done) {
    let size = match wry.bounds() {
        Ok(bounds) => bounds.size.to_logical::<f64>(1.0),
        Err(error) => return done(Err(error.to_string())),
    };
    let value = json!({"path": path, "width": size.width, "height": size.height});
    capture(
        wry,
        &path,
        Box::new(move |taken| done(taken.map(|()| value))),
    );
}

/// Counts the colours of what is visible.
pub fn pixels(_wry: &WebView, done: Done) {
    done(Err("WebView2 gives pictures only as files".to_owned()));
}

fn capture(wry: &WebView, path: &str, done: Box<dyn FnOnce(Result<(), String>)>) {
    let mode = STGM_CREATE.0 | STGM_WRITE.0;
    // SAFETY: the name lives through the call; the stream is COM's to release.
    let opened = unsafe { SHCreateStreamOnFileEx(&HSTRING::from(path), mode, 0x80, true, None) };
    let stream: IStream = match opened {
        Ok(stream) => stream,
        Err(error) => return done(Err(format!("{path}: {error}"))),
    };
    let told = Rc::new(Cell::new(Some(done)));
    let later = Rc::clone(&told);
    let handler = CapturePreviewCompletedHandler::create(Box::new(move |result| {
        guard("a snapshot", (), || {
            if let Some(done) = later.take() {
                done(result.map_err(|error| error.to_string()));
            }
        });
        Ok(())
    }));
    let format = COREWEBVIEW2_CAPTURE_PREVIEW_IMAGE_FORMAT_PNG;
    // SAFETY: a live view on its own thread; it keeps the stream and the handler as long as needed.
    if let Err(error) = unsafe { wry.webview().CapturePreview(format, &stream, &handler) }
        && let Some(done) = told.take()
    {
        done(Err(error.to_string()));
    }
}
