//! Messages as alerts, sheets of their window where there is one.

use std::cell::Cell;
use std::rc::Rc;

use block2::RcBlock;
use objc2::rc::Retained;
use objc2::{MainThreadMarker, MainThreadOnly};
use objc2_app_kit::{
    NSAlert, NSAlertFirstButtonReturn, NSAlertStyle, NSApplication, NSModalResponse,
    NSSecureTextField, NSTextField, NSWindow,
};
use objc2_foundation::{NSPoint, NSRect, NSSize, NSString};
use tao::platform::macos::WindowExtMacOS;

use crate::dialog::{Level, Message};
use crate::guard::guard;
use crate::window::Window;

const FIELD: NSRect = NSRect::new(NSPoint::new(0.0, 0.0), NSSize::new(260.0, 24.0));

/// Shows a message; `done` gets the index of the button, or none.
pub fn show(
    window: Option<&Rc<Window>>,
    message: Message,
    done: impl FnOnce(Result<Option<usize>, String>) + Send + 'static,
) {
    let Some(main) = MainThreadMarker::new() else {
        return done(Err("this is not the main thread".to_owned()));
    };
    let alert = made(main, &message);
    let count = message.buttons.len();
    let cancel = message.cancel;
    present(main, window, &alert, move |response| {
        let index = usize::try_from(response - NSAlertFirstButtonReturn).ok();
        done(Ok(index.filter(|index| *index < count).or(cancel)));
    });
}

/// Asks for a line; `done` gets it, or none.
pub fn ask(
    window: Option<&Rc<Window>>,
    message: Message,
    done: impl FnOnce(Result<Option<String>, String>) + Send + 'static,
) {
    let Some(main) = MainThreadMarker::new() else {
        return done(Err("this is not the main thread".to_owned()));
    };
    let alert = made(main, &message);
    let field: Retained<NSTextField> = if message.secret {
        Retained::into_super(NSSecureTextField::initWithFrame(
            NSSecureTextField::alloc(main),
            FIELD,
        ))
    } else {
        NSTextField::initWithFrame(NSTextField::alloc(main), FIELD)
    };
    field.setStringValue(&NSString::from_str(&message.value));
    alert.setAccessoryView(Some(&field));
    alert.window().setInitialFirstResponder(Some(&field));
    present(main, window, &alert, move |response| {
        let agreed = response == NSAlertFirstButtonReturn;
        done(Ok(agreed.then(|| field.stringValue().to_string())));
    });
}

fn made(main: MainThreadMarker, message: &Message) -> Retained<NSAlert> {
    let alert = NSAlert::new(main);
    alert.setAlertStyle(match message.level {
        Level::Warning => NSAlertStyle::Warning,
        Level::Error => NSAlertStyle::Critical,
        Level::Info | Level::Question => NSAlertStyle::Informational,
    });
    alert.setMessageText(&NSString::from_str(&message.text));
    alert.setInformativeText(&NSString::from_str(&message.detail));
    for (index, label) in message.buttons.iter().enumerate() {
        let button = alert.addButtonWithTitle(&NSString::from_str(label));
        if Some(index) == message.cancel {
            button.setKeyEquivalent(&NSString::from_str("\u{1b}"));
        } else if index == message.default {
            button.setKeyEquivalent(&NSString::from_str("\r"));
        } else {
            button.setKeyEquivalent(&NSString::new());
        }
    }
    alert
}

/// As a sheet pages go on; without any window there is nothing that could.
fn present(
    main: MainThreadMarker,
    window: Option<&Rc<Window>>,
    alert: &NSAlert,
    done: impl FnOnce(NSModalResponse) + 'static,
) {
    let Some(parent) = parent(main, window) else {
        return done(alert.runModal());
    };
    // The block may be called once only, but its type is that of one called many times.
    let once = Cell::new(Some(done));
    let block = RcBlock::new(move |response: NSModalResponse| {
        guard("a message", (), || {
            if let Some(done) = once.take() {
                done(response);
            }
        });
    });
    alert.beginSheetModalForWindow_completionHandler(&parent, Some(&block));
}

fn parent(main: MainThreadMarker, window: Option<&Rc<Window>>) -> Option<Retained<NSWindow>> {
    match window {
        Some(window) => {
            let place = window.frame().ns_window().cast::<NSWindow>();
            // SAFETY: the window of a living frame, on the main thread.
            unsafe { Retained::retain(place) }
        }
        None => NSApplication::sharedApplication(main).mainWindow(),
    }
}
