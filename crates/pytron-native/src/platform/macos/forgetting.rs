//! Forgets what pages have stored.

use std::cell::Cell;

use block2::RcBlock;
use objc2_foundation::{NSDate, NSSet, NSString};
use objc2_web_kit::{
    WKWebsiteDataTypeCookies, WKWebsiteDataTypeDiskCache, WKWebsiteDataTypeFetchCache,
    WKWebsiteDataTypeIndexedDBDatabases, WKWebsiteDataTypeLocalStorage,
    WKWebsiteDataTypeMemoryCache, WKWebsiteDataTypeServiceWorkerRegistrations,
    WKWebsiteDataTypeSessionStorage,
};
use serde_json::Value;
use wry::{WebView, WebViewExtMacOS};

use super::Done;
use crate::guard::guard;
use crate::stored::Stored;

/// Forgets these kinds in the whole profile, of all times.
pub fn forget(wry: &WebView, kinds: &[Stored], done: Done) {
    let types: Vec<&NSString> = kinds.iter().flat_map(|kind| types(*kind)).collect();
    // The block may be called once only, but its type is that of one called many times.
    let once = Cell::new(Some(done));
    let block = RcBlock::new(move || {
        guard("forgetting", (), || {
            if let Some(done) = once.take() {
                done(Ok(Value::Null));
            }
        });
    });
    // SAFETY: the main thread; the store keeps the block until it has called it.
    unsafe {
        let store = wry.webview().configuration().websiteDataStore();
        store.removeDataOfTypes_modifiedSince_completionHandler(
            &NSSet::from_slice(&types),
            &NSDate::distantPast(),
            &block,
        );
    }
}

fn types(kind: Stored) -> Vec<&'static NSString> {
    // SAFETY: constants of the framework.
    unsafe {
        match kind {
            Stored::Cookies => vec![WKWebsiteDataTypeCookies],
            Stored::Cache => vec![WKWebsiteDataTypeMemoryCache, WKWebsiteDataTypeDiskCache],
            Stored::Storage => vec![
                WKWebsiteDataTypeLocalStorage,
                WKWebsiteDataTypeSessionStorage,
                WKWebsiteDataTypeIndexedDBDatabases,
                WKWebsiteDataTypeFetchCache,
                WKWebsiteDataTypeServiceWorkerRegistrations,
            ],
        }
    }
}
