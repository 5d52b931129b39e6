//! Printing a page: on paper by the system's panel, and into a PDF, both as print operations.
//! `WKWebView` has `createPDF` as well, but that makes one endless page and knows no paper.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::c_void;

use objc2::rc::Retained;
use objc2::runtime::{NSObject, NSObjectProtocol, ProtocolObject};
use objc2::{DefinedClass, MainThreadMarker, MainThreadOnly, Message, define_class, msg_send, sel};
use objc2_app_kit::{
    NSPaperOrientation, NSPrintInfo, NSPrintJobSavingURL, NSPrintOperation, NSPrintSaveJob,
};
use objc2_foundation::{NSCopying, NSSize, NSString, NSURL};
use serde_json::{Value, json};
use wry::{WebView, WebViewExtMacOS};

use super::Done;
use crate::guard::guard;
use crate::printing::Pdf;

const POINTS_PER_MM: f64 = 72.0 / 25.4;

/// Who is told once: whether it was printed.
type Told = Cell<Option<Box<dyn FnOnce(bool)>>>;

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and this one has no `Drop`.
    #[unsafe(super(NSObject))]
    #[thread_kind = MainThreadOnly]
    #[name = "PytronPrintDelegate"]
    #[ivars = Told]
    struct Delegate;

    unsafe impl NSObjectProtocol for Delegate {}

    impl Delegate {
        #[unsafe(method(printOperationDidRun:success:contextInfo:))]
        fn did_run(&self, _operation: &NSPrintOperation, success: bool, _context: *mut c_void) {
            let _alive = self.retain(); // whoever is told lets go of us
            guard("a print", (), || {
                if let Some(told) = self.ivars().take() {
                    told(success);
                }
            });
        }
    }
);

impl Delegate {
    fn new(main: MainThreadMarker, told: impl FnOnce(bool) + 'static) -> Retained<Self> {
        let this = Self::alloc(main).set_ivars(Cell::new(Some(Box::new(told) as Box<_>)));
        // SAFETY: NSObject's own `init`.
        unsafe { msg_send![super(this), init] }
    }
}

thread_local! {
    /// By window, which prints one thing at a time: AppKit does not keep its delegates.
    static PRINTING: RefCell<HashMap<u32, Retained<Delegate>>> = RefCell::default();
}

/// Shows the print panel; whether the user printed.
pub fn print(wry: &WebView, window: u32, done: Done) {
    let info = NSPrintInfo::sharedPrintInfo().copy();
    run(wry, window, &info, true, move |printed| {
        done(printed.map(|printed| json!(printed)));
    });
}

/// Prints into a file.
pub fn pdf(wry: &WebView, window: u32, asked: &Pdf, done: Done) {
    let info = NSPrintInfo::sharedPrintInfo().copy();
    if let Some((width, height)) = asked.paper() {
        info.setPaperSize(NSSize::new(width * POINTS_PER_MM, height * POINTS_PER_MM));
    } else if asked.landscape {
        info.setOrientation(NSPaperOrientation::Landscape);
    }
    if let Some(margin) = asked.margin.map(|margin| margin * POINTS_PER_MM) {
        info.setTopMargin(margin);
        info.setBottomMargin(margin);
        info.setLeftMargin(margin);
        info.setRightMargin(margin);
    }
    let file = NSURL::fileURLWithPath(&NSString::from_str(&asked.path.to_string_lossy()));
    // SAFETY: constants of the framework; a URL is what belongs under this key.
    unsafe {
        info.setJobDisposition(NSPrintSaveJob);
        info.dictionary()
            .setObject_forKey(&file, ProtocolObject::from_ref(NSPrintJobSavingURL));
    }
    run(wry, window, &info, false, move |printed| {
        done(printed.and_then(|printed| match printed {
            true => Ok(Value::Null),
            false => Err("macOS gave no reason".to_owned()),
        }));
    });
}

/// As a sheet of the window or, without a panel, behind it: `WKWebView` draws in a process of its
/// own, and `runOperation` would wait for it on the thread that it needs.
fn run(
    wry: &WebView,
    window: u32,
    info: &NSPrintInfo,
    panel: bool,
    done: impl FnOnce(Result<bool, String>) + 'static,
) {
    let view = wry.webview();
    let (Some(main), Some(frame)) = (MainThreadMarker::new(), view.window()) else {
        return done(Err("the page is in no window".to_owned()));
    };
    let delegate = Delegate::new(main, move |printed| {
        let kept = PRINTING.with_borrow_mut(|all| all.remove(&window));
        done(Ok(printed));
        drop(kept);
    });
    PRINTING.with_borrow_mut(|all| all.insert(window, delegate.clone()));
    // SAFETY: the main thread; the delegate has the selector, is kept until it is called, and takes
    // no context.
    unsafe {
        if objc2::available!(macos = 13.3) {
            view.configuration()
                .preferences()
                .setShouldPrintBackgrounds(true);
        }
        let operation = view.printOperationWithPrintInfo(info);
        operation.setShowsPrintPanel(panel);
        operation.setShowsProgressPanel(panel);
        // Its view begins without a size, and would print nothing.
        if let Some(printed) = operation.view() {
            printed.setFrame(view.bounds());
        }
        operation.runOperationModalForWindow_delegate_didRunSelector_contextInfo(
            &frame,
            Some(&delegate),
            Some(sel!(printOperationDidRun:success:contextInfo:)),
            std::ptr::null_mut(),
        );
    }
}

/// A window has gone: what it printed tells nobody.
pub fn window_closed(number: u32) {
    drop(PRINTING.with_borrow_mut(|all| all.remove(&number)));
}
