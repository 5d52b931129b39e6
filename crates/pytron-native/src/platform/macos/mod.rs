//! macOS: WKWebView.

pub mod carrying;
pub mod clipboard;
mod dropping;
mod forgetting;
pub mod menus;
pub mod messages;
pub mod notifications;
pub mod printing;

use std::cell::Cell;
use std::fs;
use std::rc::Rc;

use block2::RcBlock;
use objc2::rc::Retained;
use objc2_app_kit::{NSBitmapImageFileType, NSBitmapImageRep, NSImage};
use objc2_foundation::{NSDictionary, NSError};
use serde_json::{Value, json};
use tao::event_loop::EventLoopBuilder;
use tao::platform::macos::WindowExtMacOS;
use wry::{WebView, WebViewBuilder, WebViewBuilderExtDarwin, WebViewExtMacOS};

pub use forgetting::forget;

use super::Fact;
use super::portable::with_window;
use crate::command::Backdrop;
use crate::error::Error;
use crate::guard::guard;
use crate::service::{Failure, Outcomes};
use crate::stage::Stage;

/// The app's origin, as a page has it.
pub const ORIGIN: &str = "pytron://localhost";

/// How the bootstrap posts: through wry's message handler.
pub const MODE: &str = "ipc";

type Done = Box<dyn FnOnce(Result<Value, String>)>;

/// macOS always has a screen to draw to.
pub fn prepare(app_id: &str, name: &str) -> Result<(), Error> {
    notifications::meet(app_id, name);
    Ok(())
}

/// Puts a material behind the page: vibrancy, also where another system's was asked for.
pub fn set_backdrop(frame: &tao::window::Window, _backdrop: Backdrop) {
    use window_vibrancy::{NSVisualEffectMaterial as Material, apply_vibrancy};
    if let Err(error) = apply_vibrancy(frame, Material::UnderWindowBackground, None, None) {
        crate::stage::log("warning", format!("no vibrancy behind the page: {error}"));
    }
}

/// Whether the icon can have a number.
pub fn can_badge() -> (bool, String) {
    (true, "the dock shows it".to_owned())
}

/// Shows a number on the app's icon; 0 takes it away.
pub fn badge(stage: &Stage, count: u64) -> Outcomes {
    let label = (count > 0).then(|| count.to_string());
    match stage.windows().first() {
        Some(window) => window.frame().set_badge_label(label),
        None => return Err(Failure::closed()),
    }
    Ok(Value::Null)
}

/// Facts about this machine, found without opening a display.
pub fn facts() -> Vec<(&'static str, Fact)> {
    let version = wry::webview_version().unwrap_or_default();
    vec![
        ("engine", Fact::Text("wkwebview".to_owned())),
        ("version", Fact::Text(version)),
        ("display", Fact::Flag(true)),
        ("hazard", Fact::Text(String::new())),
        ("origin", Fact::Text(ORIGIN.to_owned())),
    ]
}

/// The menu bar gets its keys from the system.
pub fn prepare_loop(_builder: &mut EventLoopBuilder<()>) {}

/// What only this engine's builder has.
pub fn finish<'a>(builder: WebViewBuilder<'a>, number: &Rc<Cell<u32>>) -> WebViewBuilder<'a> {
    let builder = dropping::watch(builder, number);
    let number = Rc::clone(number);
    builder.with_on_web_content_process_terminate_handler(move || {
        guard("a crash", (), || {
            with_window(&number, |stage, window| {
                stage.crashed(window.number(), "crashed");
            });
        });
    })
}

/// All signals are the builder's here.
pub fn watch(_wry: &WebView, _number: &Rc<Cell<u32>>, _secret: &str) {}

/// Hands a frame to the bootstrap. A string literal is only scanned, not compiled.
pub fn deliver(wry: &WebView, _window: u32, text: &str) -> wry::Result<()> {
    wry.evaluate_script(&format!("__pytron_receive__({})", json!(text)))
}

/// Allows the inspector, from macOS 13.3 on.
pub fn set_devtools(wry: &WebView, on: bool) -> wry::Result<()> {
    let view = wry.webview();
    if objc2::available!(macos = 13.3) {
        // SAFETY: the property exists from this version on; we are on the main thread.
        unsafe { view.setInspectable(on) };
    }
    Ok(())
}

/// Writes what is visible as a PNG.
pub fn screenshot(wry: &WebView, path: String, done: Done) {
    take(wry, done, move |bitmap| {
        // SAFETY: no properties are needed for a PNG.
        let png = unsafe {
            bitmap.representationUsingType_properties(
                NSBitmapImageFileType::PNG,
                &NSDictionary::new(),
            )
        };
        let png = png.ok_or("the snapshot has no PNG form")?;
        fs::write(&path, png.to_vec()).map_err(|error| format!("{path}: {error}"))?;
        let (width, height) = (bitmap.pixelsWide(), bitmap.pixelsHigh());
        Ok(json!({"path": path, "width": width, "height": height}))
    });
}

/// Counts the colours of what is visible.
pub fn pixels(wry: &WebView, done: Done) {
    take(wry, done, |bitmap| {
        let (width, height) = (bitmap.pixelsWide(), bitmap.pixelsHigh());
        let row = usize::try_from(bitmap.bytesPerRow()).unwrap_or(0);
        let step = usize::try_from(bitmap.bitsPerPixel() / 8).unwrap_or(0);
        let length = row * usize::try_from(height).unwrap_or(0);
        let start = bitmap.bitmapData();
        if start.is_null() || step < 3 {
            return Err("the snapshot has an unknown format".to_owned());
        }
        // SAFETY: the bitmap owns this many bytes and lives as long as this borrow.
        let data = unsafe { std::slice::from_raw_parts(start, length) };
        let colours = crate::picture::colours(data, step);
        Ok(json!({"width": width, "height": height, "colours": colours}))
    });
}

fn take(
    wry: &WebView,
    done: Done,
    look: impl FnOnce(&NSBitmapImageRep) -> Result<Value, String> + 'static,
) {
    // The block may be called once only, but its type is that of one called many times.
    let once = Cell::new(Some((done, look)));
    let block = RcBlock::new(move |image: *mut NSImage, error: *mut NSError| {
        guard("a snapshot", (), || {
            let Some((done, look)) = once.take() else {
                return;
            };
            // SAFETY: both are valid or null for the time of this call.
            let taken = unsafe { bitmap(image, error) };
            done(taken.and_then(|bitmap| look(&bitmap)));
        });
    });
    // SAFETY: the main thread; no configuration means what is visible.
    unsafe {
        wry.webview()
            .takeSnapshotWithConfiguration_completionHandler(None, &block);
    }
}

unsafe fn bitmap(
    image: *mut NSImage,
    error: *mut NSError,
) -> Result<Retained<NSBitmapImageRep>, String> {
    // SAFETY: valid or null, says the caller.
    let (image, error) = unsafe { (image.as_ref(), error.as_ref()) };
    let Some(image) = image else {
        let reason = error.map(|error| error.localizedDescription().to_string());
        return Err(reason.unwrap_or_else(|| "no snapshot".to_owned()));
    };
    let data = image.TIFFRepresentation();
    let bitmap = data.and_then(|data| NSBitmapImageRep::imageRepWithData(&data));
    bitmap.ok_or_else(|| "the snapshot is no bitmap".to_owned())
}
