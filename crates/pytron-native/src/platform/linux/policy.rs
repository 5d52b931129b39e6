//! What a view may do: where it may go, and what the kit is told of it.

use std::cell::Cell;
use std::rc::Rc;

use gtk::glib::prelude::*;
use webkit2gtk::{
    LoadEvent, NavigationPolicyDecision, NavigationPolicyDecisionExt, PolicyDecisionExt,
    PolicyDecisionType, ResponsePolicyDecision, ResponsePolicyDecisionExt, URIRequestExt,
    URIResponseExt, WebProcessTerminationReason, WebView, WebViewExt,
};

use super::message::Port;
use super::sentry;
use super::watchdog::Watchdog;
use super::{ORIGIN, services, signals};
use crate::event::Event;
use crate::guard::guard;
use crate::route;
use crate::stage::{self, Stage};
use crate::window::Window;

/// Connects a new view's signals.
pub fn connect(web: &WebView, number: &Rc<Cell<u32>>, port: &Rc<Port>) {
    take_over_close(web, number);
    let window = Rc::clone(number);
    web.connect_decide_policy(move |_, decision, kind| {
        guard("a navigation", true, || {
            let allowed = with_window(&window, |stage, window| match kind {
                PolicyDecisionType::NewWindowAction => {
                    let (url, gesture) = target(decision);
                    external(stage, window, url, gesture);
                    false
                }
                PolicyDecisionType::NavigationAction => navigate(stage, window, target(decision)),
                PolicyDecisionType::Response => respond(stage, window, decision),
                _ => true,
            });
            // Before a window has adopted it, a view only loads what we tell it to.
            if allowed.unwrap_or(true) {
                decision.use_();
            } else {
                decision.ignore();
            }
            true
        })
    });
    let window = Rc::clone(number);
    web.connect_create(move |_, action| {
        let action = action.clone();
        let url = action.request().and_then(|request| request.uri());
        let gesture = action.is_user_gesture();
        guard("a new window", (), || {
            with_window(&window, |stage, window| {
                external(stage, window, url.map(Into::into), gesture);
            });
        });
        None
    });
    watch_loading(web, number);
    let (window, port) = (Rc::clone(number), Rc::downgrade(port));
    web.connect_web_process_terminated(move |_, reason| {
        guard("a crash", (), || {
            if let Some(port) = port.upgrade() {
                port.forget();
            }
            with_window(&window, |stage, window| {
                stage.crashed(window.number(), reason_of(reason));
            });
        });
    });
}

fn watch_loading(web: &WebView, number: &Rc<Cell<u32>>) {
    let window = Rc::clone(number);
    let failed = Rc::new(Cell::new(false));
    let failing = Rc::clone(&failed);
    let watchdog = Rc::<Watchdog>::default();
    web.connect_load_changed(move |web, event| {
        guard("a page load", (), || {
            with_window(&window, |stage, window| match event {
                LoadEvent::Started => failed.set(false),
                LoadEvent::Committed => stage.new_document(window.number()),
                LoadEvent::Finished => {
                    window.loaded();
                    let url = web.uri().unwrap_or_default();
                    // The prewarmed view's about:blank is nobody's page.
                    if !failed.get() && window.trusts(&url) {
                        let (window, url) = (window.number(), url.into());
                        watchdog.loaded(web, window);
                        if !stage.shared.hands_over {
                            sentry::look(); // elsewhere the kit ends them all
                        }
                        stage.shared.tell(&Event::Loaded { window, url });
                    }
                }
                _ => {}
            });
        });
    });
    let window = Rc::clone(number);
    web.connect_load_failed(move |_, _, url, error| {
        guard("a failed page load", (), || {
            failing.set(true);
            // Another navigation took its place, or our policy refused it: that is told elsewhere.
            if error.matches(webkit2gtk::NetworkError::Cancelled)
                || error.matches(webkit2gtk::PolicyError::FrameLoadInterruptedByPolicyChange)
            {
                return;
            }
            with_window(&window, |stage, window| {
                let window = window.number();
                let message = format!("{url} could not be loaded: {error}");
                stage.shared.tell(&Event::Failed { window, message });
            });
        });
        // No error page of WebKit's.
        true
    });
}

/// A main frame goes to the app's own origin and trusted ones; a frame inside also to those of
/// `frames`. WebKit does not say which of them asks, so what only a frame may show is looked at
/// again when it answers.
fn navigate(stage: &Stage, window: &Window, (url, gesture): (Option<String>, bool)) -> bool {
    let Some(url) = url else {
        return false;
    };
    let allowed = window.trusts(&url) || window.embeds(&url);
    if !allowed {
        external(stage, window, Some(url), gesture);
    }
    allowed
}

fn respond(stage: &Stage, window: &Window, decision: &webkit2gtk::PolicyDecision) -> bool {
    let Some(response) = decision.dynamic_cast_ref::<ResponsePolicyDecision>() else {
        return true;
    };
    if !response.is_main_frame_main_resource() {
        return true;
    }
    let url: Option<String> = response
        .request()
        .and_then(|request| request.uri())
        .map(Into::into);
    let allowed = url
        .as_deref()
        .is_some_and(|url| window.trusts(url) || url == "about:blank");
    if !allowed {
        external(stage, window, url, false);
        return false;
    }
    if response.is_mime_type_supported() && !is_attachment(response) {
        return true;
    }
    // What came by our own scheme WebKit cannot go on with as a download.
    match url.filter(|url| route::origin(url) == Some(ORIGIN)) {
        Some(url) => services::downloads::ask(&url, Some(window.number())),
        None => decision.download(),
    }
    false
}

/// Whether the answer says that it is a file to keep.
fn is_attachment(decision: &ResponsePolicyDecision) -> bool {
    let headers = decision.response().and_then(|found| found.http_headers());
    let said = headers.and_then(|headers| headers.one("content-disposition"));
    said.is_some_and(|said| {
        said.trim_start()
            .to_ascii_lowercase()
            .starts_with("attachment")
    })
}

fn external(stage: &Stage, window: &Window, url: Option<String>, gesture: bool) {
    let window = window.number();
    let url = url.unwrap_or_default();
    stage.shared.tell(&Event::External {
        window,
        url,
        gesture,
    });
}

/// Where a navigation goes, and whether the user did something for it.
fn target(decision: &webkit2gtk::PolicyDecision) -> (Option<String>, bool) {
    let action = decision
        .dynamic_cast_ref::<NavigationPolicyDecision>()
        .and_then(NavigationPolicyDecisionExt::navigation_action);
    let Some(action) = action else {
        return (None, false);
    };
    let url = action.request().and_then(|request| request.uri());
    (url.map(Into::into), action.is_user_gesture())
}

/// `window.close()` asks like the user does; wry would destroy the view at once.
fn take_over_close(web: &WebView, number: &Rc<Cell<u32>>) {
    signals::disconnect(web, c"close");
    let window = Rc::clone(number);
    web.connect_close(move |_| {
        guard("a close", (), || {
            with_window(&window, |stage, window| {
                let window = window.number();
                stage.shared.tell(&Event::Closing { window });
            });
        });
    });
}

fn with_window<T>(number: &Cell<u32>, work: impl FnOnce(&Stage, &Window) -> T) -> Option<T> {
    let stage = stage::current()?;
    let window = stage.window(number.get())?;
    Some(work(&stage, &window))
}

fn reason_of(reason: WebProcessTerminationReason) -> &'static str {
    match reason {
        WebProcessTerminationReason::Crashed => "crashed",
        WebProcessTerminationReason::ExceededMemoryLimit => "memory",
        WebProcessTerminationReason::TerminatedByApi => "terminated",
        _ => "unknown",
    }
}
