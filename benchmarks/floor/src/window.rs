//! One window with the benchmark's page in it, served over a scheme of its own.

use std::error::Error;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use gtk::gio::{self, prelude::*};
use gtk::glib;
use tao::event::{Event, WindowEvent};
use tao::event_loop::{ControlFlow, EventLoop};
use tao::platform::unix::WindowExtUnix;
use tao::window::WindowBuilder;
use webkit2gtk::{
    SecurityManagerExt, URISchemeRequest, URISchemeRequestExt, WebContextExt, WebViewExt,
};
use wry::{WebViewBuilder, WebViewBuilderExtUnix, WebViewExtUnix};

use crate::answers::Answers;
use crate::reply;

const SCHEME: &str = "floor";
/// How much of an upload is read at once.
const PIECE_BYTES: usize = 1 << 20;

/// Opens the window and turns the loop; ends with the process.
pub fn run() -> Result<(), Box<dyn Error>> {
    let events = EventLoop::new();
    let window = WindowBuilder::new()
        .with_title("Bench")
        .with_inner_size(tao::dpi::LogicalSize::new(800.0, 600.0))
        .build(&events)?;
    let container = window
        .default_vbox()
        .ok_or("the window has no box to put the page into")?;
    let view = WebViewBuilder::new().build_gtk(container)?;
    let page = view.webview();
    let answers = Rc::new(Answers::from_environment(page.clone()));

    let context = page.context().ok_or("the view has no web context")?;
    if let Some(security) = context.security_manager() {
        security.register_uri_scheme_as_secure(SCHEME);
        security.register_uri_scheme_as_cors_enabled(SCHEME);
    }
    let folder = PathBuf::from(std::env::var_os("BENCH_PAGE").ok_or("BENCH_PAGE is not set")?);
    let served = Rc::clone(&answers);
    context.register_uri_scheme(SCHEME, move |request| serve(&served, &folder, request));
    let manager = page
        .user_content_manager()
        .ok_or("the view has no content manager")?;
    reply::register(&manager, "floor", move |text| answers.frame(text));
    page.load_uri("floor://localhost/index.html");

    events.run(move |event, _, flow| {
        // The view lives as long as the loop does.
        let _ = &view;
        *flow = match event {
            Event::WindowEvent {
                event: WindowEvent::CloseRequested,
                ..
            } => ControlFlow::Exit,
            _ => ControlFlow::Wait,
        };
    })
}

fn serve(answers: &Answers, folder: &Path, request: &URISchemeRequest) {
    let path = request
        .path()
        .map(|path| path.to_string())
        .unwrap_or_default();
    let answer = match path.as_str() {
        "/download" => Ok((answers.payload(), "application/octet-stream")),
        "/upload" => upload(answers, request).map(|text| (text, "text/plain")),
        _ => file(folder, &path),
    };
    match answer {
        Ok((body, media)) => {
            let length = i64::try_from(body.len()).unwrap_or(-1);
            request.finish(
                &gio::MemoryInputStream::from_bytes(&body),
                length,
                Some(media),
            );
        }
        Err(mut error) => request.finish_error(&mut error),
    }
}

fn file(folder: &Path, path: &str) -> Result<(glib::Bytes, &'static str), glib::Error> {
    let relative = Path::new(path.trim_start_matches('/'));
    let inside = relative
        .components()
        .all(|part| matches!(part, Component::Normal(_)));
    let body = if inside {
        std::fs::read(folder.join(relative)).ok()
    } else {
        None
    };
    let body = body.ok_or_else(|| glib::Error::new(gio::IOErrorEnum::NotFound, path))?;
    let media = if path.ends_with(".js") {
        "text/javascript"
    } else {
        "text/html"
    };
    Ok((glib::Bytes::from_owned(body), media))
}

fn upload(answers: &Answers, request: &URISchemeRequest) -> Result<glib::Bytes, glib::Error> {
    // Only our page asks, and only with an ArrayBuffer: a Blob body would crash WebKitGTK here.
    let missing = || glib::Error::new(gio::IOErrorEnum::InvalidData, "an upload without a body");
    let body = request.http_body().ok_or_else(missing)?;
    let mut data = Vec::new();
    let mut piece = vec![0; PIECE_BYTES];
    loop {
        let size = body.read(&mut piece[..], gio::Cancellable::NONE)?;
        if size == 0 {
            break;
        }
        data.extend_from_slice(&piece[..size]);
    }
    let text = data.len().to_string();
    answers.uploaded(data);
    Ok(glib::Bytes::from_owned(text.into_bytes()))
}
