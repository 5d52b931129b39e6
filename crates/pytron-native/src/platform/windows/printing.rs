//! Printing a page: on paper by the browser's dialog, and into a PDF.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::Value;
use webview2_com::Microsoft::Web::WebView2::Win32::{
    COREWEBVIEW2_PRINT_DIALOG_KIND_BROWSER, COREWEBVIEW2_PRINT_ORIENTATION_LANDSCAPE,
    ICoreWebView2_7, ICoreWebView2_16, ICoreWebView2Environment6, ICoreWebView2PrintSettings,
};
use webview2_com::PrintToPdfCompletedHandler;
use windows::core::{HSTRING, Interface};
use wry::{WebView, WebViewExtWindows};

use super::Done;
use crate::guard::guard;
use crate::printing::Pdf;

const MM_PER_INCH: f64 = 25.4;

/// Shows the print dialog. `WebView2` tells nobody what the user did there.
pub fn print(wry: &WebView, _window: u32, done: Done) {
    // SAFETY: a live view on its own thread.
    let shown = unsafe {
        let view = wry.webview().cast::<ICoreWebView2_16>();
        view.and_then(|view| view.ShowPrintUI(COREWEBVIEW2_PRINT_DIALOG_KIND_BROWSER))
    };
    done(
        shown
            .map(|()| Value::Null)
            .map_err(|error| error.to_string()),
    );
}

/// Prints into a file.
pub fn pdf(wry: &WebView, _window: u32, asked: &Pdf, done: Done) {
    let told = Rc::new(Cell::new(Some(done)));
    let later = Rc::clone(&told);
    let handler = PrintToPdfCompletedHandler::create(Box::new(move |result, written| {
        guard("a PDF", (), || {
            if let Some(done) = later.take() {
                done(match result {
                    Ok(()) if written => Ok(Value::Null),
                    Ok(()) => Err("WebView2 could not write there".to_owned()),
                    Err(error) => Err(error.to_string()),
                });
            }
        });
        Ok(())
    }));
    let path = HSTRING::from(asked.path.as_path());
    // SAFETY: a live view on its own thread; it keeps the handler as long as needed.
    let asked = unsafe {
        settings(wry, asked).and_then(|settings| {
            let view = wry.webview().cast::<ICoreWebView2_7>()?;
            view.PrintToPdf(&path, &settings, &handler)
        })
    };
    if let Err(error) = asked
        && let Some(done) = told.take()
    {
        done(Err(error.to_string()));
    }
}

/// What is printed on, in inches.
fn settings(wry: &WebView, asked: &Pdf) -> windows::core::Result<ICoreWebView2PrintSettings> {
    // SAFETY: a live environment on its own thread.
    unsafe {
        let environment = wry.environment().cast::<ICoreWebView2Environment6>()?;
        let settings = environment.CreatePrintSettings()?;
        settings.SetShouldPrintBackgrounds(true)?;
        if let Some((width, height)) = asked.paper() {
            settings.SetPageWidth(width / MM_PER_INCH)?;
            settings.SetPageHeight(height / MM_PER_INCH)?;
        } else if asked.landscape {
            settings.SetOrientation(COREWEBVIEW2_PRINT_ORIENTATION_LANDSCAPE)?;
        }
        if let Some(margin) = asked.margin.map(|margin| margin / MM_PER_INCH) {
            settings.SetMarginTop(margin)?;
            settings.SetMarginBottom(margin)?;
            settings.SetMarginLeft(margin)?;
            settings.SetMarginRight(margin)?;
        }
        Ok(settings)
    }
}

/// `WebView2` lets go of its handlers itself.
pub fn window_closed(_number: u32) {}
