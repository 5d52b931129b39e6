//! A view made by wry, once there is a window for it.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use serde_json::{Value, json};
use tao::dpi::LogicalSize;
use wry::{NewWindowResponse, PageLoadEvent, WebViewBuilder};

use super::super::system;
use super::services::downloads;
use super::{ORIGIN, SCHEME, scheme};
use crate::command::Options;
use crate::error::Error;
use crate::event::Event;
use crate::guard::guard;
use crate::printing::Pdf;
use crate::route;
use crate::service;
use crate::stage::{self, Stage};
use crate::stored::Stored;
use crate::window::Window;

/// A view; neither engine can make one before its window, so it is empty until it is adopted.
pub struct View {
    wry: OnceCell<wry::WebView>,
    secret: String,
    number: Rc<Cell<u32>>,
    zoom: Cell<f64>,
}

impl View {
    pub fn new(_stage: &Stage, _beside: Option<&Window>) -> Result<Self, Error> {
        Ok(Self {
            wry: OnceCell::new(),
            secret: crate::secret::view()?,
            number: Rc::default(),
            zoom: Cell::new(1.0),
        })
    }

    /// Makes the view in its window.
    pub fn adopt(
        &self,
        stage: &Stage,
        window: &Window,
        background: Option<(u8, u8, u8)>,
    ) -> Result<(), Error> {
        self.number.set(window.number());
        let engine = &stage.engine;
        let options = window.options();
        let mut context;
        let mut builder = match &engine.context {
            Some(kept) => {
                context = kept.borrow_mut();
                WebViewBuilder::new_with_web_context(&mut context)
            }
            None => WebViewBuilder::new().with_incognito(true),
        };
        builder = builder
            .with_devtools(true)
            .with_transparent(options.transparent || options.backdrop.is_some())
            .with_initialization_script(self.bootstrap(&window.origins()))
            .with_initialization_script(habits(options));
        if let Some((red, green, blue)) = background {
            builder = builder.with_background_color((red, green, blue, 255));
        }
        if let Some(script) = options.script.as_deref().filter(|_| engine.dev) {
            builder = builder.with_initialization_script(script);
        }
        let builder = self.policy(self.transport(builder, window.number()));
        let wry = system::finish(builder, &self.number).build(window.frame())?;
        system::watch(&wry, &self.number, &self.secret);
        // Adopted once, so the cell is empty.
        let _ = self.wry.set(wry);
        Ok(())
    }

    fn transport<'a>(&self, builder: WebViewBuilder<'a>, window: u32) -> WebViewBuilder<'a> {
        let number = Rc::clone(&self.number);
        builder
            .with_asynchronous_custom_protocol(SCHEME.to_owned(), move |_, request, responder| {
                guard("an asset request", (), || {
                    scheme::handle(window, &request, responder);
                });
            })
            .with_ipc_handler(move |request| {
                guard("a message", (), || {
                    with_window(&number, |stage, window| {
                        let message = Box::new(request.into_body());
                        if stage.message(window, message) {
                            stage.flush(window.number());
                        }
                    });
                });
            })
    }

    fn policy<'a>(&self, builder: WebViewBuilder<'a>) -> WebViewBuilder<'a> {
        let (here, opener, loader, download) = (
            Rc::clone(&self.number),
            Rc::clone(&self.number),
            Rc::clone(&self.number),
            Rc::clone(&self.number),
        );
        builder
            .with_navigation_handler(move |url| {
                guard("a navigation", false, || {
                    let allowed = with_window(&here, |stage, window| {
                        let allowed = window.trusts(&url) || window.embeds(&url);
                        if !allowed {
                            external(stage, window, url.clone());
                        }
                        allowed
                    });
                    allowed.unwrap_or(true)
                })
            })
            .with_new_window_req_handler(move |url, _| {
                guard("a new window", (), || {
                    with_window(&opener, |stage, window| external(stage, window, url));
                });
                NewWindowResponse::Deny
            })
            .with_on_page_load_handler(move |event, url| {
                guard("a page load", (), || {
                    with_window(&loader, |stage, window| {
                        let number = window.number();
                        match event {
                            PageLoadEvent::Started => stage.new_document(number),
                            PageLoadEvent::Finished => {
                                window.loaded();
                                if window.trusts(&url) {
                                    let window = number;
                                    stage.shared.tell(&Event::Loaded { window, url });
                                }
                            }
                        }
                    });
                });
            })
            .with_download_started_handler(move |url, path| {
                let taken = guard("a download", None, || {
                    with_window(&download, |stage, window| {
                        if route::origin(&url) == Some(ORIGIN) {
                            // The kit has it, and writes it.
                            let fields = json!({"url": url, "window": window.number()});
                            service::happened("download.asked", fields);
                            return false;
                        }
                        downloads::begin(&stage.shared, window.number(), url, path)
                    })
                });
                taken.unwrap_or(false)
            })
            .with_download_completed_handler(|url, _, whole| {
                guard("a download", (), || downloads::ended(&url, whole));
            })
    }

    fn bootstrap(&self, origins: &[String]) -> String {
        let arguments = [
            json!(self.secret),
            json!(origins),
            json!(ORIGIN),
            json!(system::MODE),
        ];
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        format!("{}({});", crate::BOOTSTRAP.trim_end(), arguments.join(","))
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    pub fn deliver(&self, text: Vec<u8>) {
        self.with("a frame", |wry| {
            system::deliver(wry, self.number.get(), &String::from_utf8_lossy(&text))
        });
    }

    pub fn load(&self, url: &str) {
        self.with("a page", |wry| wry.load_url(url));
    }

    pub fn reload(&self) {
        self.with("a reload", wry::WebView::reload);
    }

    pub fn url(&self) -> String {
        let url = self.wry.get().and_then(|wry| wry.url().ok());
        url.unwrap_or_default()
    }

    pub fn focus(&self) {
        self.with("the focus", wry::WebView::focus);
    }

    pub fn zoom(&self) -> f64 {
        self.zoom.get()
    }

    pub fn set_zoom(&self, zoom: f64) {
        self.zoom.set(zoom);
        self.with("the zoom", |wry| wry.zoom(zoom));
    }

    /// What pages have under them that draw no ground.
    pub fn set_background(&self, (red, green, blue): (u8, u8, u8)) {
        self.with("a ground", |wry| {
            wry.set_background_color((red, green, blue, 255))
        });
    }

    /// Undoes or does again what the user typed.
    pub fn edit(&self, what: &str) {
        let script = format!("document.execCommand({})", json!(what));
        self.with("an edit", |wry| wry.evaluate_script(&script));
    }

    /// What a script of ours gives, as JSON.
    #[cfg(target_os = "macos")]
    pub fn ask(&self, script: &str, answer: impl Fn(String) + Send + 'static) {
        self.with("a question", |wry| {
            wry.evaluate_script_with_callback(script, answer)
        });
    }

    /// Allows the inspector.
    pub fn set_devtools(&self, on: bool) {
        self.with("the inspector", |wry| system::set_devtools(wry, on));
    }

    /// wry follows the window's size itself.
    #[expect(clippy::unused_self, reason = "the same names on every system")]
    pub fn resize(&self, _size: LogicalSize<f64>) {}

    pub fn screenshot(&self, path: String, done: impl FnOnce(Result<Value, String>) + 'static) {
        match self.wry.get() {
            Some(wry) => system::screenshot(wry, path, Box::new(done)),
            None => done(Err("there is no page yet".to_owned())),
        }
    }

    pub fn pixels(&self, done: impl FnOnce(Result<Value, String>) + 'static) {
        match self.wry.get() {
            Some(wry) => system::pixels(wry, Box::new(done)),
            None => done(Err("there is no page yet".to_owned())),
        }
    }

    /// Forgets what pages have stored.
    pub fn forget(&self, kinds: &[Stored], done: impl FnOnce(Result<Value, String>) + 'static) {
        match self.wry.get() {
            Some(wry) => system::forget(wry, kinds, Box::new(done)),
            None => done(Err("there is no page yet".to_owned())),
        }
    }

    /// Shows the print dialog; whether it was printed, null where the engine does not tell.
    pub fn print(&self, window: u32, done: impl FnOnce(Result<Value, String>) + 'static) {
        match self.wry.get() {
            Some(wry) => system::printing::print(wry, window, Box::new(done)),
            None => done(Err("there is no page yet".to_owned())),
        }
    }

    /// Prints into a file.
    pub fn pdf(
        &self,
        window: u32,
        asked: &Pdf,
        done: impl FnOnce(Result<Value, String>) + 'static,
    ) {
        match self.wry.get() {
            Some(wry) => system::printing::pdf(wry, window, asked, Box::new(done)),
            None => done(Err("there is no page yet".to_owned())),
        }
    }

    fn with<E: std::fmt::Display>(
        &self,
        what: &str,
        work: impl FnOnce(&wry::WebView) -> Result<(), E>,
    ) {
        if let Some(wry) = self.wry.get()
            && let Err(error) = work(wry)
        {
            stage::log("error", format!("the web engine refused {what}: {error}"));
        }
    }
}

/// The script that keeps to the options of spelling and context menu: neither engine has both.
fn habits(options: &Options) -> String {
    let source = include_str!("../../page_habits.js").trim_end();
    let wanted = json!({"menu": options.contextmenu, "spelling": options.spellcheck.is_some()});
    format!("{source}({wanted});")
}

/// Works on the view's window, if it is still there.
pub fn with_window<T>(number: &Cell<u32>, work: impl FnOnce(&Stage, &Window) -> T) -> Option<T> {
    let stage = stage::current()?;
    let window = stage.window(number.get())?;
    Some(work(&stage, &window))
}

fn external(stage: &Stage, window: &Window, url: String) {
    let window = window.number();
    // Neither engine says whether the user did something for it.
    stage.shared.tell(&Event::External {
        window,
        url,
        gesture: true,
    });
}
