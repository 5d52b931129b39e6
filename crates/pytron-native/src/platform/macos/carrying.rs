//! Files dragged out of a window.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use objc2::rc::Retained;
use objc2::runtime::{NSObject, NSObjectProtocol, ProtocolObject};
use objc2::{AnyThread, MainThreadMarker, MainThreadOnly, define_class, msg_send};
use objc2_app_kit::{
    NSApplication, NSDragOperation, NSDraggingContext, NSDraggingItem, NSDraggingSession,
    NSDraggingSource, NSEventType, NSView, NSWorkspace,
};
use objc2_foundation::{NSArray, NSPoint, NSRect, NSSize, NSString, NSURL};
use tao::platform::macos::WindowExtMacOS;

use crate::platform::portable::services::dropping::BEGUN;
use crate::service::{Failure, Outcomes, Reply};
use crate::window::Window;

/// How large the icon under the pointer is.
const ICON: f64 = 48.0;

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and this one has no `Drop`.
    #[unsafe(super(NSObject))]
    #[thread_kind = MainThreadOnly]
    #[name = "PytronDragSource"]
    struct Source;

    unsafe impl NSObjectProtocol for Source {}

    unsafe impl NSDraggingSource for Source {
        #[unsafe(method(draggingSession:sourceOperationMaskForDraggingContext:))]
        fn operations(
            &self,
            _session: &NSDraggingSession,
            _context: NSDraggingContext,
        ) -> NSDragOperation {
            NSDragOperation::Copy
        }
    }
);

impl Source {
    fn new(main: MainThreadMarker) -> Retained<Self> {
        // SAFETY: NSObject's own `init`.
        unsafe { msg_send![Self::alloc(main), init] }
    }
}

thread_local! {
    /// AppKit does not keep the source of a drag.
    static SOURCE: RefCell<Option<Retained<Source>>> = const { RefCell::new(None) };
}

/// Begins a drag of files under the button that the user holds.
pub fn carry(window: &Rc<Window>, paths: &[PathBuf], reply: Reply) {
    reply.give(begin(window, paths));
}

fn begin(window: &Rc<Window>, paths: &[PathBuf]) -> Outcomes {
    let main = MainThreadMarker::new()
        .ok_or_else(|| Failure::unsupported("this is not the main thread"))?;
    let event = NSApplication::sharedApplication(main).currentEvent();
    let held = |kind: NSEventType| {
        kind == NSEventType::LeftMouseDown || kind == NSEventType::LeftMouseDragged
    };
    let event = event.filter(|event| held(event.r#type())).ok_or_else(|| {
        Failure::unsupported(
            "no button is held: begin the drag in the page's own dragstart or pointerdown",
        )
    })?;
    // SAFETY: the view of a living window, on the main thread.
    let view = unsafe { Retained::retain(window.frame().ns_view().cast::<NSView>()) };
    let view = view.ok_or_else(Failure::closed)?;
    let at = view.convertPoint_fromView(event.locationInWindow(), None);
    let corner = NSPoint::new(at.x - ICON / 2.0, at.y - ICON / 2.0);
    let frame = NSRect::new(corner, NSSize::new(ICON, ICON));
    let items: Vec<_> = paths.iter().map(|path| item(path, frame)).collect();
    let source =
        SOURCE.with_borrow_mut(|kept| kept.get_or_insert_with(|| Source::new(main)).clone());
    view.beginDraggingSessionWithItems_event_source(
        &NSArray::from_retained_slice(&items),
        &event,
        ProtocolObject::from_ref(&*source),
    );
    BEGUN
}

fn item(path: &std::path::Path, frame: NSRect) -> Retained<NSDraggingItem> {
    let name = NSString::from_str(&path.to_string_lossy());
    let url = NSURL::fileURLWithPath(&name);
    let writer = ProtocolObject::from_ref(&*url);
    let item = NSDraggingItem::initWithPasteboardWriter(NSDraggingItem::alloc(), writer);
    let icon = NSWorkspace::sharedWorkspace().iconForFile(&name);
    // SAFETY: an image is what may be drawn there.
    unsafe { item.setDraggingFrame_contents(frame, Some(&icon)) };
    item
}
