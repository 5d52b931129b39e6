//! A WebKitGTK view, made by wry and looked after by us.

use std::cell::Cell;
use std::rc::Rc;

use gtk::gio::Cancellable;
use gtk::prelude::*;
use tao::dpi::LogicalSize;
use tao::platform::unix::WindowExtUnix;
use webkit2gtk::{
    SettingsExt, UserContentInjectedFrames, UserContentManagerExt, UserScript,
    UserScriptInjectionTime, WebContextExt, WebView, WebViewExt,
};
use wry::{WebViewBuilder, WebViewBuilderExtUnix, WebViewExtUnix};

use super::message::Port;
use super::{Engine, ORIGIN, context_menu, extension, policy, scheme, services, snapshot};
use crate::error::Error;
use crate::guard::guard;
use crate::stage::{self, Stage};
use crate::window::Window;

/// A view; it may wait without a window, its web process already running.
pub struct View {
    wry: wry::WebView,
    web: WebView,
    /// Where the view waits for its window: GTK destroys what is in a container that goes.
    _nest: gtk::Box,
    secret: String,
    /// The window's number, 0 until it is adopted.
    number: Rc<Cell<u32>>,
    port: Rc<Port>,
}

impl View {
    /// Makes a view and starts its web process; with `beside` it shares that window's.
    pub fn new(stage: &Stage, beside: Option<&Window>) -> Result<Self, Error> {
        let engine = &stage.engine;
        let nest = gtk::Box::new(gtk::Orientation::Vertical, 0);
        let number = Rc::new(Cell::new(0));
        let wry = build(engine, beside, &nest, &number)?;
        let web = wry.webview();
        if let Some(context) = web.context()
            && engine.meet(&context)
        {
            scheme::register(&context);
            services::downloads::connect(&context);
            extension::prepare(&context, engine.dev);
        }
        if let Some(settings) = WebViewExt::settings(&web) {
            // A page from the page cache would come back with a dead port.
            settings.set_enable_page_cache(false);
            settings.set_enable_write_console_messages_to_stdout(engine.dev);
        }
        let port = Port::new(Rc::clone(&number), &web, stage.shared.flow);
        policy::connect(&web, &number, &port);
        context_menu::connect(&web);
        extension::connect(&web, &number);
        if beside.is_none() {
            // Starts the web process. A page, even about:blank, would stay in the history.
            web.evaluate_javascript("0", None, None, Cancellable::NONE, |_| {});
        }
        let secret = crate::secret::view()?;
        Ok(Self {
            wry,
            web,
            _nest: nest,
            secret,
            number,
            port,
        })
    }

    /// Puts the view into a window.
    pub fn adopt(
        &self,
        stage: &Stage,
        window: &Window,
        background: Option<(u8, u8, u8)>,
    ) -> Result<(), Error> {
        self.number.set(window.number());
        let options = window.options();
        self.add_script(&self.bootstrap(&window.origins()));
        if let Some(script) = options.script.as_deref().filter(|_| stage.engine.dev) {
            self.add_script(script);
        }
        if let Some(languages) = &options.spellcheck {
            self.check_spelling(languages);
        }
        let colour = match background {
            _ if options.transparent => Some((0, 0, 0, 0)),
            Some((red, green, blue)) => Some((red, green, blue, 255)),
            None => None,
        };
        if let Some(colour) = colour {
            self.wry.set_background_color(colour)?;
        }
        if let Some(container) = window.frame().default_vbox() {
            self.wry.reparent(container)?;
            self.web.show_all();
        }
        watch_state(window);
        self.web.grab_focus();
        Ok(())
    }

    /// What pages have under them that draw no ground.
    pub fn set_background(&self, (red, green, blue): (u8, u8, u8)) {
        let coloured = self.wry.set_background_color((red, green, blue, 255));
        if let Err(error) = coloured {
            stage::log("warning", format!("the page's ground stays dark: {error}"));
        }
    }

    /// WebKit checks by the system's dictionaries (enchant), in all windows of a context or none.
    fn check_spelling(&self, languages: &[String]) {
        let Some(context) = self.web.context() else {
            return;
        };
        let own = own_languages();
        let chosen = if languages.is_empty() {
            &own
        } else {
            languages
        };
        let names: Vec<&str> = chosen.iter().map(String::as_str).collect();
        context.set_spell_checking_enabled(true);
        // Told of no languages it checks nothing; told of an empty list it takes what is there.
        context.set_spell_checking_languages(&names);
    }

    fn bootstrap(&self, origins: &[String]) -> String {
        let arguments = [
            serde_json::json!(self.secret),
            serde_json::json!(origins),
            serde_json::json!(ORIGIN),
            serde_json::json!(self.port.mode()),
        ];
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        format!("{}({});", crate::BOOTSTRAP.trim_end(), arguments.join(","))
    }

    fn add_script(&self, source: &str) {
        if let Some(content) = self.web.user_content_manager() {
            content.add_script(&UserScript::new(
                source,
                UserContentInjectedFrames::TopFrame,
                UserScriptInjectionTime::Start,
                &[],
                &[],
            ));
        }
    }

    /// Whether this is the engine's view.
    pub fn is(&self, web: &WebView) -> bool {
        self.web == *web
    }

    pub fn web(&self) -> &WebView {
        &self.web
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub fn deliver(&self, text: Vec<u8>) {
        self.port.deliver(text);
    }

    pub fn load(&self, url: &str) {
        self.web.load_uri(url);
    }

    pub fn reload(&self) {
        self.web.reload();
    }

    pub fn url(&self) -> String {
        self.web.uri().unwrap_or_default().into()
    }

    pub fn focus(&self) {
        self.web.grab_focus();
    }

    pub fn set_zoom(&self, zoom: f64) {
        self.web.set_zoom_level(zoom);
    }

    /// Allows the inspector.
    pub fn set_devtools(&self, on: bool) {
        if let Some(settings) = WebViewExt::settings(&self.web) {
            settings.set_enable_developer_extras(on);
        }
    }

    /// GTK lays the view out itself.
    #[expect(clippy::unused_self, reason = "other platforms place the view by hand")]
    pub fn resize(&self, _size: LogicalSize<f64>) {}

    pub fn screenshot(
        &self,
        path: String,
        done: impl FnOnce(Result<serde_json::Value, String>) + 'static,
    ) {
        snapshot::write(&self.web, path, done);
    }

    pub fn pixels(&self, done: impl FnOnce(Result<serde_json::Value, String>) + 'static) {
        snapshot::count(&self.web, done);
    }
}

fn build(
    engine: &Engine,
    beside: Option<&Window>,
    nest: &gtk::Box,
    number: &Rc<Cell<u32>>,
) -> Result<wry::WebView, Error> {
    let mut context;
    let mut builder = match &engine.context {
        Some(kept) => {
            context = kept.borrow_mut();
            WebViewBuilder::new_with_web_context(&mut context)
        }
        None => WebViewBuilder::new().with_incognito(true),
    };
    if let Some(window) = beside {
        builder = builder.with_related_view(window.view().web().clone());
    }
    if let Some(folder) = extension::folder() {
        builder = builder.with_extensions_path(folder);
    }
    let number = Rc::clone(number);
    let builder =
        builder.with_drag_drop_handler(move |event| services::dropping::tell(&number, event));
    Ok(builder.with_focused(false).build_gtk(nest)?)
}

/// What the user reads, as dictionaries are called: `de_DE`, then `de`.
fn own_languages() -> Vec<String> {
    let names = gtk::glib::language_names().into_iter().map(String::from);
    names
        .filter(|name| !name.contains(['.', '@']) && name != "C" && name != "POSIX")
        .collect()
}

/// tao tells nothing of a window that is minimized, maximized or shown.
fn watch_state(window: &Window) {
    let number = window.number();
    let notice = move || {
        guard("a window state", (), || {
            if let Some(stage) = stage::current()
                && let Some(window) = stage.window(number)
            {
                window.notice(&stage);
            }
        });
    };
    let frame = window.frame().gtk_window();
    frame.connect_window_state_event(move |_, _| {
        // tao's own handler may come after this one.
        gtk::glib::idle_add_local_once(notice);
        gtk::glib::Propagation::Proceed
    });
    frame.connect_map(move |_| notice());
    frame.connect_unmap(move |_| notice());
}

/// The number of the window a view of the engine is in.
pub fn number_of(web: &WebView) -> Option<u32> {
    stage::current()?.find(|window| window.view().is(web))
}
