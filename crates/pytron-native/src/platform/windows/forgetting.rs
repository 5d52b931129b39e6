//! Forgets what pages have stored.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::Value;
use webview2_com::ClearBrowsingDataCompletedHandler;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_BROWSING_DATA_KINDS, COREWEBVIEW2_BROWSING_DATA_KINDS_ALL_DOM_STORAGE,
    COREWEBVIEW2_BROWSING_DATA_KINDS_COOKIES, COREWEBVIEW2_BROWSING_DATA_KINDS_DISK_CACHE,
    COREWEBVIEW2_BROWSING_DATA_KINDS_SERVICE_WORKERS, ICoreWebView2_13, ICoreWebView2Profile2,
};
use windows::core::Interface;
use wry::{WebView, WebViewExtWindows};

use super::Done;
use crate::guard::guard;
use crate::stored::Stored;

/// Forgets these kinds in the whole profile, of all times.
pub fn forget(wry: &WebView, kinds: &[Stored], done: Done) {
    let kinds = kinds.iter().fold(0, |all, kind| all | bits(*kind));
    let told = Rc::new(Cell::new(Some(done)));
    let later = Rc::clone(&told);
    let handler = ClearBrowsingDataCompletedHandler::create(Box::new(move |result| {
        guard("forgetting", (), || {
            if let Some(done) = later.take() {
                done(
                    result
                        .map(|()| Value::Null)
                        .map_err(|error| error.to_string()),
                );
            }
        });
        Ok(())
    }));
    // SAFETY: a live view on its own thread; it keeps the handler as long as needed.
    let asked = unsafe {
        let view = wry.webview().cast::<ICoreWebView2_13>();
        let profile = view.and_then(|view| view.Profile());
        let profile = profile.and_then(|profile| profile.cast::<ICoreWebView2Profile2>());
        profile.and_then(|profile| {
            profile.ClearBrowsingData(COREWEBVIEW2_BROWSING_DATA_KINDS(kinds), &handler)
        })
    };
    if let Err(error) = asked
        && let Some(done) = told.take()
    {
        done(Err(error.to_string()));
    }
}

fn bits(kind: Stored) -> i32 {
    match kind {
        Stored::Cookies => COREWEBVIEW2_BROWSING_DATA_KINDS_COOKIES.0,
        Stored::Cache => COREWEBVIEW2_BROWSING_DATA_KINDS_DISK_CACHE.0,
        Stored::Storage => {
            COREWEBVIEW2_BROWSING_DATA_KINDS_ALL_DOM_STORAGE.0
                | COREWEBVIEW2_BROWSING_DATA_KINDS_SERVICE_WORKERS.0
        }
    }
}
