//! Files that are dropped on a page. A drop target of our own would take the page's drag and drop
//! away, so the bootstrap hands over the files that the page gets, and WebView2 tells their paths.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;

use serde::Deserialize;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    ICoreWebView2File, ICoreWebView2WebMessageReceivedEventArgs,
    ICoreWebView2WebMessageReceivedEventArgs2,
};
use webview2_com::{WebMessageReceivedEventHandler, take_pwstr};
use windows::core::{Interface, PWSTR};
use wry::{WebView, WebViewExtWindows};

use crate::guard::guard;
use crate::platform::portable::services::dropping::{self, Drop};
use crate::stage;

/// What the bootstrap posts beside the files.
#[derive(Deserialize)]
struct Posted {
    secret: String,
    phase: String,
    x: f64,
    y: f64,
    element: Option<String>,
}

/// Hears of what is dropped on the main frame's page.
pub fn watch(wry: &WebView, number: &Rc<Cell<u32>>, secret: &str) {
    let (number, secret) = (Rc::clone(number), secret.to_owned());
    let handler = WebMessageReceivedEventHandler::create(Box::new(move |_, args| {
        if let Some(args) = args
            && let Some((posted, paths)) = read(&args, &secret)?
        {
            guard("a drop", (), || {
                let phase = match posted.phase.as_str() {
                    "over" => "over",
                    "leave" => "leave",
                    "drop" => "drop",
                    _ => return,
                };
                let dropped = Drop {
                    phase,
                    x: posted.x,
                    y: posted.y,
                    paths,
                    element: posted.element,
                };
                if let Some(stage) = stage::current() {
                    dropping::tell(&stage.shared, number.get(), dropped);
                }
            });
        }
        Ok(())
    }));
    let mut token = 0;
    // SAFETY: a live view on its own thread; the handler lives as long as the view.
    let added = unsafe {
        wry.webview()
            .add_WebMessageReceived(&handler, &raw mut token)
    };
    if let Err(error) = added {
        stage::log("warning", format!("drops will not be noticed: {error}"));
    }
}

/// None: it is a message of another kind, or from somebody who has not the secret.
fn read(
    args: &ICoreWebView2WebMessageReceivedEventArgs,
    secret: &str,
) -> windows::core::Result<Option<(Posted, Vec<PathBuf>)>> {
    let mut text = PWSTR::null();
    // SAFETY: writes into a place of ours; the text is ours to free, which `take_pwstr` does.
    let text = unsafe {
        args.WebMessageAsJson(&raw mut text)?;
        take_pwstr(text)
    };
    // Frames are strings, which are the transport's.
    if !text.starts_with('{') {
        return Ok(None);
    }
    let posted = serde_json::from_str::<Posted>(&text).ok();
    let Some(posted) = posted.filter(|posted| posted.secret == secret) else {
        return Ok(None);
    };
    let mut paths = Vec::new();
    // SAFETY: the event is alive while it is handled; each call writes into a place of ours.
    unsafe {
        let args: ICoreWebView2WebMessageReceivedEventArgs2 = args.cast()?;
        if let Ok(objects) = args.AdditionalObjects() {
            let mut count = 0;
            objects.Count(&raw mut count)?;
            for index in 0..count {
                let file: ICoreWebView2File = objects.GetValueAtIndex(index)?.cast()?;
                let mut path = PWSTR::null();
                file.Path(&raw mut path)?;
                paths.push(PathBuf::from(take_pwstr(path)));
            }
        }
    }
    Ok(Some((posted, paths)))
}
