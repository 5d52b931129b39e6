//! One window: tao's frame around a view.

use std::cell::Cell;

use serde_json::{Value, json};
use tao::dpi::{LogicalPosition, LogicalSize};
use tao::event::WindowEvent;
use tao::window::{Fullscreen, Theme, WindowBuilder, WindowId};

use crate::command::{self, Command, Live, Options, Query, What};
use crate::error::Error;
use crate::event::{Event, Outcome, State};
use crate::limits::Limits;
use crate::platform::{self, View};
use crate::route;
use crate::stage::{self, Stage};

/// A window and the view in it. The view is dropped first: it lives in the window's container.
pub struct Window {
    number: u32,
    view: View,
    frame: tao::window::Window,
    options: Options,
    state: Cell<State>,
    limits: Cell<Limits>,
    /// It is dark only until its page is there: the page may have no ground of its own.
    waits_in_the_dark: Cell<bool>,
}

/// What a dark page has that says no more than `color-scheme: dark`.
const NIGHT: (u8, u8, u8) = (30, 30, 30);
const PAPER: (u8, u8, u8) = (255, 255, 255);

impl Window {
    /// Makes the window and puts the view into it; nothing is loaded yet.
    pub fn open(stage: &Stage, number: u32, options: Options, view: View) -> Result<Self, Error> {
        let live = &options.live;
        let mut limits = Limits::default();
        limits.change(live);
        let mut builder = WindowBuilder::new()
            .with_title(live.title.clone().unwrap_or_default())
            .with_inner_size(LogicalSize::new(
                live.width.unwrap_or(800.0),
                live.height.unwrap_or(600.0),
            ))
            .with_resizable(live.resizable.unwrap_or(true))
            .with_visible(live.visible.unwrap_or(true))
            .with_decorations(live.decorations.unwrap_or(true))
            .with_transparent(options.transparent)
            .with_always_on_top(live.ontop.unwrap_or(false))
            .with_maximized(live.maximized.unwrap_or(false));
        if live.fullscreen == Some(true) {
            builder = builder.with_fullscreen(Some(Fullscreen::Borderless(None)));
        }
        if let (Some(x), Some(y)) = (live.x, live.y) {
            builder = builder.with_position(LogicalPosition::new(x, y));
        }
        if let Some(size) = limits.minimum().map(logical) {
            builder = builder.with_min_inner_size(size);
        }
        if let Some(size) = limits.maximum().map(logical) {
            builder = builder.with_max_inner_size(size);
        }
        let background = options.background.as_deref().and_then(command::rgb);
        if let Some((red, green, blue)) = background {
            builder = builder.with_background_color((red, green, blue, 255));
        }
        let frame = builder.build(stage.target())?;
        if live.minimized == Some(true) {
            frame.set_minimized(true);
        }
        if let Some(theme) = live.theme.flatten() {
            platform::set_theme(&frame, Some(tao_theme(theme)));
        }
        let chosen = background.is_some() || options.transparent || options.backdrop.is_some();
        let night = (!chosen && platform::theme(&frame) == Theme::Dark).then_some(NIGHT);
        if let Some((red, green, blue)) = night {
            frame.set_background_color(Some((red, green, blue, 255)));
        }
        if let Some(backdrop) = options.backdrop {
            platform::set_backdrop(&frame, backdrop);
        }
        let state = Cell::new(state_of(&frame));
        let window = Self {
            number,
            view,
            frame,
            options,
            state,
            limits: Cell::new(limits),
            waits_in_the_dark: Cell::new(night.is_some()),
        };
        window.view.adopt(stage, &window, background.or(night))?;
        Ok(window)
    }

    /// Loads the page. Not before the stage knows the window: the engine calls back at once.
    pub fn start(&self) {
        let live = &self.options.live;
        if let Some(zoom) = live.zoom {
            self.view.set_zoom(zoom);
        }
        self.view.set_devtools(live.devtools.unwrap_or(false));
        if !self.options.url.is_empty() {
            self.view.load(&self.options.url);
        }
        self.frame.set_focus();
    }

    /// Its page has loaded, and has the ground that it wants.
    pub fn loaded(&self) {
        if self.waits_in_the_dark.take() {
            self.view.set_background(PAPER);
        }
    }

    pub fn number(&self) -> u32 {
        self.number
    }

    pub fn id(&self) -> WindowId {
        self.frame.id()
    }

    /// `light` or `dark`, as its page sees it.
    pub fn theme(&self) -> &'static str {
        theme_name(platform::theme(&self.frame))
    }

    pub fn view(&self) -> &View {
        &self.view
    }

    pub fn frame(&self) -> &tao::window::Window {
        &self.frame
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The origins whose main frame gets the bridge.
    pub fn origins(&self) -> Vec<String> {
        let own = std::iter::once(platform::ORIGIN.to_owned());
        own.chain(self.options.trust.iter().cloned()).collect()
    }

    /// Whether a main frame at this address is the app's.
    pub fn trusts(&self, url: &str) -> bool {
        route::origin(url).is_some_and(|origin| {
            origin == platform::ORIGIN || self.options.trust.iter().any(|known| known == origin)
        })
    }

    /// Whether a frame inside the page may show this address.
    pub fn embeds(&self, url: &str) -> bool {
        let local = ["about:", "data:", "blob:"];
        local.iter().any(|scheme| url.starts_with(scheme))
            || route::origin(url)
                .is_some_and(|origin| self.options.frames.iter().any(|known| known == origin))
    }

    pub fn command(&self, command: Command) {
        match command {
            Command::Set { live, .. } => self.set(&live),
            Command::Focus { .. } => {
                self.frame.set_visible(true);
                self.frame.set_minimized(false);
                self.frame.set_focus();
                self.view.focus();
            }
            Command::Navigate { url, .. } => self.view.load(&url),
            Command::Reload { .. } => self.view.reload(),
            // The stage answers these itself.
            Command::Open { .. }
            | Command::Close { .. }
            | Command::Query(_)
            | Command::Service(_) => {}
        }
    }

    fn set(&self, live: &Live) {
        let frame = &self.frame;
        if let Some(title) = &live.title {
            frame.set_title(title);
        }
        let mut limits = self.limits.get();
        if limits.change(live) {
            self.limits.set(limits);
            frame.set_min_inner_size(limits.minimum().map(logical));
            frame.set_max_inner_size(limits.maximum().map(logical));
        }
        if live.width.is_some() || live.height.is_some() {
            let now = self.size();
            let width = live.width.unwrap_or(now.width);
            frame.set_inner_size(LogicalSize::new(width, live.height.unwrap_or(now.height)));
        }
        if live.x.is_some() || live.y.is_some() {
            let now = self.position();
            let x = live.x.unwrap_or(now.x);
            frame.set_outer_position(LogicalPosition::new(x, live.y.unwrap_or(now.y)));
        }
        if let Some(on) = live.resizable {
            frame.set_resizable(on);
        }
        if let Some(on) = live.decorations {
            frame.set_decorations(on);
        }
        if let Some(on) = live.ontop {
            frame.set_always_on_top(on);
        }
        self.place(live);
        if let Some(zoom) = live.zoom {
            self.view.set_zoom(zoom);
        }
        if let Some(devtools) = live.devtools {
            self.view.set_devtools(devtools);
        }
        if let Some(theme) = live.theme {
            platform::set_theme(frame, theme.map(tao_theme));
        }
    }

    /// How it stands on the screen.
    fn place(&self, live: &Live) {
        let frame = &self.frame;
        if let Some(on) = live.fullscreen {
            frame.set_fullscreen(on.then_some(Fullscreen::Borderless(None)));
        }
        if let Some(on) = live.maximized {
            frame.set_maximized(on);
        }
        if let Some(on) = live.minimized {
            frame.set_minimized(on);
        }
        if let Some(on) = live.visible {
            frame.set_visible(on);
        }
    }

    /// Answers a question about the window.
    pub fn query(&self, query: &Query) {
        let id = query.id;
        let value = match query.what {
            What::Bounds => {
                let (position, size) = (self.position(), self.size());
                json!({"x": position.x, "y": position.y, "width": size.width, "height": size.height})
            }
            What::State => self.describe(),
            What::Url => Value::String(self.view.url()),
            What::Screens => screens(&self.frame),
            What::Screenshot => {
                let path = query.path.clone().unwrap_or_default();
                return self
                    .view
                    .screenshot(path, move |outcome| answer(id, outcome));
            }
            What::Pixels => return self.view.pixels(move |outcome| answer(id, outcome)),
        };
        answer(id, Ok(value));
    }

    fn describe(&self) -> Value {
        let state = state_of(&self.frame);
        json!({
            "minimized": state.minimized,
            "maximized": state.maximized,
            "fullscreen": state.fullscreen,
            "visible": state.visible,
            "focused": self.frame.is_focused(),
            "theme": self.theme(),
        })
    }

    fn size(&self) -> LogicalSize<f64> {
        platform::size(&self.frame)
    }

    fn position(&self) -> LogicalPosition<f64> {
        let scale = self.frame.scale_factor();
        // Wayland tells nobody where a window is.
        let position = self.frame.outer_position().unwrap_or_default();
        position.to_logical(scale)
    }

    /// Tells the kit about an event of the window system.
    pub fn on(&self, stage: &Stage, event: &WindowEvent<'_>) {
        let window = self.number;
        let tell = |event: Event| stage.shared.tell(&event);
        match event {
            WindowEvent::CloseRequested => tell(Event::Closing { window }),
            // By the window system, not by us: we would have forgotten the window before.
            WindowEvent::Destroyed => return stage.close(window),
            WindowEvent::Resized(_) => {
                let size = self.size();
                self.view.resize(size);
                let (width, height) = (size.width, size.height);
                tell(Event::Resized {
                    window,
                    width,
                    height,
                });
            }
            WindowEvent::Moved(position) => {
                let position = position.to_logical::<f64>(self.frame.scale_factor());
                let (x, y) = (position.x, position.y);
                tell(Event::Moved { window, x, y });
            }
            WindowEvent::Focused(focused) => {
                let focused = *focused;
                tell(Event::Focused { window, focused });
            }
            WindowEvent::ThemeChanged(theme) => {
                let theme = theme_name(*theme);
                tell(Event::Theme { window, theme });
            }
            _ => return,
        }
        self.notice(stage);
    }

    /// Tells the kit when the window was minimized, maximized, shown… since the last look.
    pub fn notice(&self, stage: &Stage) {
        let state = state_of(&self.frame);
        if self.state.replace(state) != state {
            let window = self.number;
            stage.shared.tell(&Event::State { window, state });
        }
    }
}

fn answer(id: u64, outcome: Result<Value, String>) {
    let outcome = match outcome {
        Ok(value) => Outcome::Value(value),
        Err(error) => Outcome::Error(error),
    };
    if let Some(stage) = stage::current() {
        stage.shared.tell(&Event::Answer { id, outcome });
    }
}

fn logical((width, height): (f64, f64)) -> LogicalSize<f64> {
    LogicalSize::new(width, height)
}

fn state_of(frame: &tao::window::Window) -> State {
    State {
        minimized: frame.is_minimized(),
        maximized: frame.is_maximized(),
        fullscreen: frame.fullscreen().is_some(),
        visible: frame.is_visible(),
    }
}

fn screens(frame: &tao::window::Window) -> Value {
    let primary = frame.primary_monitor();
    frame
        .available_monitors()
        .map(|screen| {
            let scale = screen.scale_factor();
            let position = screen.position().to_logical::<f64>(scale);
            let size = screen.size().to_logical::<f64>(scale);
            json!({
                "name": screen.name(),
                "x": position.x,
                "y": position.y,
                "width": size.width,
                "height": size.height,
                "scale": scale,
                "primary": primary.as_ref() == Some(&screen),
            })
        })
        .collect()
}

fn tao_theme(theme: command::Theme) -> Theme {
    match theme {
        command::Theme::Light => Theme::Light,
        command::Theme::Dark => Theme::Dark,
    }
}

fn theme_name(theme: Theme) -> &'static str {
    match theme {
        Theme::Dark => "dark",
        _ => "light",
    }
}
