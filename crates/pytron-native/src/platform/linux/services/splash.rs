//! A picture in a window of its own, for as long as the app has nothing else to show.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use gtk::gdk::{self, prelude::MonitorExt};
use gtk::gdk_pixbuf::prelude::PixbufLoaderExt;
use gtk::gdk_pixbuf::{InterpType, Pixbuf, PixbufError, PixbufLoader};
use gtk::glib::{self, MainContext};
use gtk::prelude::*;
use tao::event_loop::EventLoopWindowTarget;

use crate::service::Failure;

/// A display that draws nothing must not keep the app from starting.
const DRAW_TIMEOUT: Duration = Duration::from_millis(500);

thread_local! {
    static SHOWN: RefCell<Option<Shown>> = const { RefCell::new(None) };
}

struct Shown {
    content: Vec<u8>,
    window: gtk::Window,
    drawn: Rc<Cell<bool>>,
}

/// Shows a picture; another one that is shown already goes.
pub fn show(_target: &EventLoopWindowTarget<()>, content: Vec<u8>) -> Result<(), Failure> {
    if SHOWN.with_borrow(|shown| shown.as_ref().is_some_and(|it| it.content == content)) {
        return Ok(());
    }
    let pixels =
        read(&content).map_err(|error| Failure::arguments(format!("the picture: {error}")))?;
    let window = gtk::Window::new(gtk::WindowType::Toplevel);
    // The window manager puts such a window into the middle, above the others and on no task bar.
    window.set_type_hint(gdk::WindowTypeHint::Splashscreen);
    window.set_decorated(false);
    window.set_resizable(false);
    window.set_position(gtk::WindowPosition::CenterAlways);
    window.set_keep_above(true);
    window.set_accept_focus(false);
    see_through(&window);
    window.add(&gtk::Image::from_pixbuf(Some(&fitting(pixels))));
    let drawn = Rc::new(Cell::new(false));
    let seen = Rc::clone(&drawn);
    window.connect_draw(move |_, _| {
        seen.set(true);
        glib::Propagation::Proceed
    });
    window.show_all();
    replace(Some(Shown {
        content,
        window,
        drawn,
    }));
    Ok(())
}

/// Takes the picture away, if there is one.
pub fn hide() {
    replace(None);
}

/// Waits until what is shown has been drawn: nothing else turns the loop before `run`.
pub fn draw() {
    let Some(drawn) = SHOWN.with_borrow(|shown| shown.as_ref().map(|it| Rc::clone(&it.drawn)))
    else {
        return;
    };
    let late = Rc::new(Cell::new(false));
    let timer = Rc::clone(&late);
    let source = glib::timeout_add_local_once(DRAW_TIMEOUT, move || timer.set(true));
    let context = MainContext::default();
    while !drawn.get() && !late.get() {
        context.iteration(true);
    }
    if !late.get() {
        source.remove();
    }
    while context.pending() {
        context.iteration(false); // the frame in which it was drawn comes to its end
    }
    if let Some(display) = gdk::Display::default() {
        display.sync();
    }
}

/// GTK draws it again itself.
pub fn redraw(_window: tao::window::WindowId) {}

fn replace(next: Option<Shown>) {
    let last = SHOWN.with_borrow_mut(|shown| std::mem::replace(shown, next));
    if let Some(last) = last {
        // SAFETY: a window of ours that nothing else refers to.
        unsafe { last.window.destroy() };
    }
}

fn read(png: &[u8]) -> Result<Pixbuf, glib::Error> {
    let loader = PixbufLoader::with_type("png")?;
    let taken = loader.write(png);
    let closed = loader.close(); // also where it has failed: it insists
    taken.and(closed)?;
    let damaged = || glib::Error::new(PixbufError::CorruptImage, "it holds no picture");
    loader.pixbuf().ok_or_else(damaged)
}

/// Where nothing is drawn the desktop shows, if something puts windows together.
fn see_through(window: &gtk::Window) {
    let Some(screen) = gtk::prelude::WidgetExt::screen(window) else {
        return;
    };
    if screen.is_composited()
        && let Some(visual) = screen.rgba_visual()
    {
        window.set_visual(Some(&visual));
        window.set_app_paintable(true);
    }
}

/// A picture that is larger than most of the screen is made smaller.
fn fitting(pixels: Pixbuf) -> Pixbuf {
    let display = gdk::Display::default();
    let monitor = display.and_then(|display| display.primary_monitor().or(display.monitor(0)));
    let Some(area) = monitor.map(|monitor| monitor.workarea()) else {
        return pixels;
    };
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let (most_width, most_height) = (f64::from(area.width()), f64::from(area.height()));
    let factor = (0.8 * most_width / width).min(0.8 * most_height / height);
    if factor >= 1.0 {
        return pixels;
    }
    let (width, height) = ((width * factor) as i32, (height * factor) as i32);
    let smaller = pixels.scale_simple(width.max(1), height.max(1), InterpType::Bilinear);
    smaller.unwrap_or(pixels)
}
