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

use super::{HOST, ORIGIN, SCHEME};
use crate::buffer::Buffer;
use crate::guard::guard;
use crate::part::Taken;
use crate::route::{self, HEADERS, Question, Route, SECRET_HEADER};
use crate::shared::{Answer, Body, Incoming};
use crate::stage::{self, Stage};
use crate::window::Window;

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
    let stage = stage::current();
    let number = request
        .web_view()
        .and_then(|web| super::view::number_of(&web));
    let window = stage
        .as_ref()
        .zip(number)
        .and_then(|(stage, number)| stage.window(number));
    match stage.zip(window) {
        Some((stage, window)) => ask(&stage, &window, request),
        None => Request::new(request, None).finish(Body::status(410)),
    }
}

fn ask(stage: &Stage, window: &Window, request: &URISchemeRequest) {
    let uri = request.uri().unwrap_or_default();
    let method = request.http_method().unwrap_or_else(|| "GET".into());
    let headers = request.http_headers();
    let header = |name: &str| headers.as_ref().and_then(|headers| headers.one(name));
    let (origin, range, secret) = (header("origin"), header("range"), header(SECRET_HEADER));
    let origins = window.origins();
    let authority = route::origin(&uri).unwrap_or_default();
    let question = Question {
        method: &method,
        host: authority.strip_prefix("pytron://").unwrap_or_default(),
        path: path_of(&uri),
        origin: origin.as_deref(),
        secret: secret.as_deref(),
        range: range.as_deref(),
    };
    let foreign = origin.as_deref().filter(|origin| *origin != ORIGIN);
    let answered = Request::new(request, foreign.map(str::to_owned));
    match route::route(&question, HOST, &origins, window.view().secret()) {
        Route::Refuse(status) => answered.finish(Body::status(status)),
        Route::Preflight => answered.finish(Body::status(204)),
        Route::PartDown(id, asked) => {
            let taken = stage.shared.parts().take(id, window.number(), asked);
            answered.finish(part(taken, asked.is_some()));
        }
        Route::PartUp => answered.finish(upload(stage, window, request)),
        Route::Asset => {
            let number = stage.shared.next_request();
            let headers = HEADERS
                .iter()
                .filter_map(|name| Some((*name, header(name)?.to_string())))
                .collect();
            stage.keep_request(number, answered);
            stage.shared.push(Incoming::Asset {
                request: number,
                window: window.number(),
                method: method.to_string(),
                path: question.path.to_owned(),
                headers,
            });
        }
    }
}

/// Everything after the authority, without the fragment.
fn path_of(uri: &str) -> &str {
    let start = route::origin(uri).map_or(uri.len(), str::len);
    let path = uri[start..].split('#').next().unwrap_or_default();
    if path.is_empty() { "/" } else { path }
}

fn part(taken: Taken<Buffer>, partial: bool) -> Answer {
    let slice = match taken {
        Taken::Slice(slice) => slice,
        Taken::Unknown => return Body::status(404),
        Taken::Outside(size) => {
            let mut answer = Body::status(416);
            answer
                .headers
                .push(("content-range".to_owned(), format!("bytes */{size}")));
            return answer;
        }
    };
    let (range, size) = (slice.range, slice.size);
    let mut headers = vec![
        (
            "content-type".to_owned(),
            "application/octet-stream".to_owned(),
        ),
        ("cache-control".to_owned(), "no-store".to_owned()),
    ];
    if partial {
        let last = range.end.saturating_sub(1);
        let value = format!("bytes {}-{last}/{size}", range.start);
        headers.push(("content-range".to_owned(), value));
    }
    Answer {
        status: if partial { 206 } else { 200 },
        headers,
        body: Body::Held(slice.data, range),
    }
}

/// Reads an upload. Only after the route has seen the secret: then the body is an ArrayBuffer.
fn upload(stage: &Stage, window: &Window, request: &URISchemeRequest) -> Answer {
    let Some(stream) = request.http_body() else {
        return Body::status(400);
    };
    let Ok(data) = read(&stream) else {
        return Body::status(400);
    };
    let Ok(id) = crate::secret::part() else {
        return Body::status(500);
    };
    if !stage.shared.parts().keep(id, window.number(), data) {
        return Body::status(413);
    }
    Answer {
        body: Body::Owned(id.to_string().into_bytes()),
        ..Body::status(200)
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
    /// A trusted origin that is not the app's own: it may read the answer.
    foreign: Option<String>,
}

impl Request {
    fn new(request: &URISchemeRequest, foreign: Option<String>) -> Self {
        Self {
            request: request.clone(),
            foreign,
        }
    }

    /// Answers.
    pub fn finish(&self, answer: Answer) {
        let (stream, length) = stream(answer.body);
        let response = URISchemeResponse::new(&stream, length);
        response.set_status(u32::from(answer.status), None);
        let headers = MessageHeaders::new(MessageHeadersType::Response);
        for (name, value) in &answer.headers {
            if name.eq_ignore_ascii_case("content-type") {
                response.set_content_type(value);
            }
            headers.append(name, value);
        }
        if let Some(origin) = self.foreign.as_deref().filter(|_| answer.status != 403) {
            headers.append("access-control-allow-origin", origin);
            headers.append("access-control-allow-headers", "range, x-pytron-secret");
            headers.append("access-control-expose-headers", "content-range");
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
