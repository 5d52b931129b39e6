//! A picture in a window of its own, for as long as the app has nothing else to show.

use std::cell::RefCell;
use std::io::Cursor;
use std::num::NonZeroU32;
use std::rc::Rc;

use softbuffer::{Context, Surface};
use tao::dpi::{LogicalSize, PhysicalPosition};
use tao::event_loop::EventLoopWindowTarget;
use tao::window::{Window, WindowBuilder, WindowId};

use crate::service::Failure;

/// What shines through where the picture is transparent: these surfaces have no alpha.
const PAPER: u32 = 255;

thread_local! {
    static SHOWN: RefCell<Option<Shown>> = const { RefCell::new(None) };
}

struct Picture {
    width: u32,
    height: u32,
    /// `0x00RRGGBB`, row by row, as softbuffer wants it.
    pixels: Vec<u32>,
}

struct Shown {
    content: Vec<u8>,
    window: Rc<Window>,
    surface: Surface<Rc<Window>, Rc<Window>>,
    picture: Picture,
}

/// Shows a picture; another one that is shown already goes.
pub fn show(target: &EventLoopWindowTarget<()>, content: Vec<u8>) -> Result<(), Failure> {
    if SHOWN.with_borrow(|shown| shown.as_ref().is_some_and(|it| it.content == content)) {
        return Ok(());
    }
    let picture =
        read(&content).map_err(|error| Failure::arguments(format!("the picture: {error}")))?;
    let refused = |error: &dyn std::fmt::Display| {
        Failure::unsupported(format!("the window system refused the picture: {error}"))
    };
    let window = WindowBuilder::new()
        .with_decorations(false)
        .with_resizable(false)
        .with_always_on_top(true)
        .with_focused(false)
        .with_inner_size(LogicalSize::new(picture.width, picture.height))
        .build(target)
        .map_err(|error| refused(&error))?;
    centre(&window);
    let window = Rc::new(window);
    let context = Context::new(Rc::clone(&window)).map_err(|error| refused(&error))?;
    let surface = Surface::new(&context, Rc::clone(&window)).map_err(|error| refused(&error))?;
    let mut shown = Shown {
        content,
        window,
        surface,
        picture,
    };
    paint(&mut shown).map_err(|error| refused(&error))?;
    SHOWN.replace(Some(shown));
    Ok(())
}

/// Takes the picture away, if there is one.
pub fn hide() {
    SHOWN.replace(None);
}

/// It is drawn as it is shown.
pub fn draw() {}

/// The window system wants it drawn again.
pub fn redraw(window: WindowId) {
    SHOWN.with_borrow_mut(|shown| {
        if let Some(shown) = shown.as_mut().filter(|shown| shown.window.id() == window)
            && let Err(error) = paint(shown)
        {
            crate::stage::log("warning", format!("the splash was not drawn: {error}"));
        }
    });
}

fn centre(window: &Window) {
    let Some(screen) = window
        .primary_monitor()
        .or_else(|| window.current_monitor())
    else {
        return;
    };
    let (origin, area, own) = (screen.position(), screen.size(), window.outer_size());
    let middle = |start: i32, room: u32, size: u32| {
        start + i32::try_from(room.saturating_sub(size) / 2).unwrap_or(0)
    };
    window.set_outer_position(PhysicalPosition::new(
        middle(origin.x, area.width, own.width),
        middle(origin.y, area.height, own.height),
    ));
}

/// Fills the window; on a denser screen each pixel of the picture takes several.
fn paint(shown: &mut Shown) -> Result<(), softbuffer::SoftBufferError> {
    let size = shown.window.inner_size();
    let (Some(width), Some(height)) = (NonZeroU32::new(size.width), NonZeroU32::new(size.height))
    else {
        return Ok(());
    };
    shown.surface.resize(width, height)?;
    let mut target = shown.surface.buffer_mut()?;
    let picture = &shown.picture;
    for (y, row) in (0_u32..).zip(target.chunks_exact_mut(size.width as usize)) {
        let from = scaled(y, size.height, picture.height) * picture.width as usize;
        for (x, pixel) in (0_u32..).zip(row) {
            *pixel = picture.pixels[from + scaled(x, size.width, picture.width)];
        }
    }
    target.present()
}

/// Which line of `there` is at a line of `here`.
fn scaled(at: u32, here: u32, there: u32) -> usize {
    (u64::from(at) * u64::from(there) / u64::from(here.max(1))) as usize
}

fn read(png: &[u8]) -> Result<Picture, String> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(
        png::Transformations::normalize_to_color8() | png::Transformations::ALPHA,
    );
    let mut reader = decoder.read_info().map_err(|error| error.to_string())?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or("it is too large")?];
    let frame = reader
        .next_frame(&mut bytes)
        .map_err(|error| error.to_string())?;
    let grey = frame.color_type == png::ColorType::GrayscaleAlpha;
    let step = if grey { 2 } else { 4 };
    let pixels = bytes[..frame.buffer_size()]
        .chunks_exact(step)
        .map(|pixel| match *pixel {
            [light, alpha] => over(light, light, light, alpha),
            [red, green, blue, alpha] => over(red, green, blue, alpha),
            _ => 0,
        })
        .collect();
    Ok(Picture {
        width: frame.width,
        height: frame.height,
        pixels,
    })
}

fn over(red: u8, green: u8, blue: u8, alpha: u8) -> u32 {
    let alpha = u32::from(alpha);
    let mix = |value: u8| (u32::from(value) * alpha + PAPER * (255 - alpha)) / 255;
    (mix(red) << 16) | (mix(green) << 8) | mix(blue)
}
