//! The app's own scheme, registered without wry: its handler copies bodies and reads those of
//! requests that crash WebKitGTK when read.

use std::ops::Range;
use std::sync::Arc;

use gtk::gio::prelude::*;
use gtk::gio::{Cancellable, InputStream, MemoryInputStream, UnixInputStream};
use gtk::glib::{self, Bytes};
use soup::{MessageHeaders, MessageHeadersType};
use webkit2gtk::{
    SecurityManagerExt, URISchemeRequest, URISchemeRequestExt, URISchemeResponse,
    URISchemeResponseExt, WebContext, WebContextExt,
};

use super::SCHEME;
use crate::asset::{self, Asking, Reply};
use crate::buffer::Buffer;
use crate::guard::guard;
use crate::shared::{Answer, Body};
use crate::stage;

/// A piece of Python memory for WebKit.
struct Piece(Arc<Buffer>, Range<usize>);

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref().get(self.1.clone()).unwrap_or_default()
    }
}

/// Makes the scheme known to a new context.
pub fn register(context: &WebContext) {
    if let Some(security) = context.security_manager() {
        security.register_uri_scheme_as_secure(SCHEME);
        security.register_uri_scheme_as_cors_enabled(SCHEME);
    }
    context.register_uri_scheme(SCHEME, |request| {
        guard("an asset request", (), || handle(request));
    });
}

fn handle(request: &URISchemeRequest) {
    let asked = Asked(request);
    let answered = Request {
        request: request.clone(),
        foreign: asset::foreign(&asked),
    };
    let number = request
        .web_view()
        .and_then(|web| super::view::number_of(&web));
    let stage = stage::current().zip(number);
    let Some((stage, window)) = stage.and_then(|(stage, number)| {
        let window = stage.window(number)?;
        Some((stage, window))
    }) else {
        return answered.finish(Body::status(410));
    };
    match asset::ask(&stage, &window, &asked) {
        Reply::Now(answer) => answered.finish(answer),
        Reply::Kit(number, asset) => {
            stage.keep_request(number, answered);
            stage.shared.push(asset);
        }
    }
}

struct Asked<'a>(&'a URISchemeRequest);

impl Asking for Asked<'_> {
    fn method(&self) -> String {
        self.0
            .http_method()
            .map_or_else(|| "GET".to_owned(), Into::into)
    }

    fn uri(&self) -> String {
        self.0.uri().unwrap_or_default().into()
    }

    fn header(&self, name: &str) -> Option<String> {
        self.0.http_headers()?.one(name).map(Into::into)
    }

    fn body(&self) -> Option<Vec<u8>> {
        match self.0.http_body() {
            Some(stream) => read(&stream).ok(),
            None => Some(Vec::new()), // an empty one
        }
    }
}

fn read(stream: &InputStream) -> Result<Vec<u8>, glib::Error> {
    const STEP: usize = 1 << 20;
    let mut data = Vec::new();
    loop {
        let start = data.len();
        data.resize(start + STEP, 0);
        let count = stream.read(&mut data[start..], Cancellable::NONE)?;
        data.truncate(start + count);
        if count == 0 {
            return Ok(data);
        }
    }
}

/// A request that waits for its answer.
pub struct Request {
    request: URISchemeRequest,
    foreign: Option<String>,
}

impl Request {
    /// Answers.
    pub fn finish(self, answer: Answer) {
        let headers = MessageHeaders::new(MessageHeadersType::Response);
        let mut kind = None;
        for (name, value) in asset::headers(&answer, self.foreign.as_deref()) {
            headers.append(&name, &value);
            if name.eq_ignore_ascii_case("content-type") {
                kind = Some(value);
            }
        }
        let (stream, length) = stream(answer.body);
        let response = URISchemeResponse::new(&stream, length);
        response.set_status(u32::from(answer.status), None);
        if let Some(kind) = kind {
            response.set_content_type(&kind);
        }
        response.set_http_headers(headers);
        self.request.finish_with_response(&response);
    }
}

fn stream(body: Body) -> (InputStream, i64) {
    let bytes = match body {
        Body::Empty => Bytes::from_static(b""),
        Body::Owned(data) => Bytes::from_owned(data),
        Body::Held(data, range) => Bytes::from_owned(Piece(data, range)),
        Body::Stream { source, length } => {
            // SAFETY: the descriptor is ours, and now the stream's, which closes it.
            let stream = unsafe { UnixInputStream::take_fd(source) };
            return (stream.upcast(), length);
        }
    };
    let length = i64::try_from(bytes.len()).unwrap_or(-1);
    (MemoryInputStream::from_bytes(&bytes).upcast(), length)
}
