//! What a window's page can be asked for: dragging its frame, attention, forgetting.

use std::rc::Rc;

use gtk::gio::Cancellable;
use serde::Deserialize;
use serde_json::Value;
use tao::window::UserAttentionType;
use webkit2gtk::{WebContextExt, WebViewExt, WebsiteDataManagerExtManual, WebsiteDataTypes};

use super::printing;
use crate::service::{self, Failure, Outcomes, Reply};
use crate::stored::Stored;
use crate::window::Window;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Args {
    edge: String,
    on: bool,
    kinds: Vec<String>,
}

pub fn serve(window: &Rc<Window>, name: &str, args: Value, reply: Reply) {
    match name {
        "window.print" => return printing::print(window, reply),
        "window.pdf" => return printing::pdf(window, args, reply),
        _ => {}
    }
    let args: Args = match service::parse(args) {
        Ok(args) => args,
        Err(failure) => return reply.give(Err(failure)),
    };
    let refused = |error| Failure::unsupported(format!("the window system refused: {error}"));
    let outcome: Outcomes = match name {
        "window.drag" => window
            .frame()
            .drag_window()
            .map(|()| Value::Null)
            .map_err(refused),
        "window.edge" => service::edge(&args.edge).and_then(|edge| {
            let resized = window.frame().drag_resize_window(edge);
            resized.map(|()| Value::Null).map_err(refused)
        }),
        "window.attention" => {
            let kind = args.on.then_some(UserAttentionType::Informational);
            window.frame().request_user_attention(kind);
            Ok(Value::Null)
        }
        "window.clear" => return clear(window, &args.kinds, reply),
        _ => Err(Failure::unsupported(format!(
            "the native engine has no {name}"
        ))),
    };
    reply.give(outcome);
}

/// Forgets what pages have stored.
fn clear(window: &Rc<Window>, kinds: &[String], reply: Reply) {
    let kinds = match Stored::of(kinds) {
        Ok(kinds) => kinds,
        Err(message) => return reply.give(Err(Failure::arguments(message))),
    };
    let mut types = WebsiteDataTypes::empty();
    for kind in kinds {
        types |= match kind {
            Stored::Cookies => WebsiteDataTypes::COOKIES,
            Stored::Cache => WebsiteDataTypes::MEMORY_CACHE | WebsiteDataTypes::DISK_CACHE,
            Stored::Storage => {
                WebsiteDataTypes::LOCAL_STORAGE
                    | WebsiteDataTypes::SESSION_STORAGE
                    | WebsiteDataTypes::INDEXEDDB_DATABASES
                    | WebsiteDataTypes::DOM_CACHE
                    | WebsiteDataTypes::SERVICE_WORKER_REGISTRATIONS
            }
        };
    }
    let context = window.view().web().context();
    let Some(data) = context.and_then(|context| context.website_data_manager()) else {
        return reply.give(Err(Failure::unsupported("this view keeps no data")));
    };
    let everything = gtk::glib::TimeSpan(0);
    data.clear(types, everything, Cancellable::NONE, move |cleared| {
        reply.give(match cleared {
            Ok(()) => Ok(Value::Null),
            Err(error) => Err(Failure::unsupported(format!("it was not cleared: {error}"))),
        });
    });
}
