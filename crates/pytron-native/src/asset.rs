//! Requests on the app's origin: what the host answers itself and what it hands to the kit.

use crate::buffer::Buffer;
use crate::part::Taken;
use crate::platform::{HOST, ORIGIN, SCHEME};
use crate::route::{self, HEADERS, Question, Route, SECRET_HEADER};
use crate::shared::{Answer, Body, Incoming};
use crate::stage::Stage;
use crate::window::Window;

/// A request as the web engine gives it.
pub trait Asking {
    fn method(&self) -> String;
    fn uri(&self) -> String;
    /// By its lower-case name.
    fn header(&self, name: &str) -> Option<String>;
    /// The whole body. Asked for only where it is known to be an ArrayBuffer.
    fn body(&self) -> Option<Vec<u8>>;
}

/// Who answers.
pub enum Reply {
    Now(Answer),
    /// The kit, under this number.
    Kit(u64, Incoming),
}

/// The trusted origin of a request that is not the app's own: it may read the answer.
pub fn foreign(request: &impl Asking) -> Option<String> {
    request.header("origin").filter(|origin| origin != ORIGIN)
}

/// Checks a request and decides.
pub fn ask(stage: &Stage, window: &Window, request: &impl Asking) -> Reply {
    let (method, uri) = (request.method(), request.uri());
    let origin = request.header("origin");
    let range = request.header("range");
    let secret = request.header(SECRET_HEADER);
    let authority = route::origin(&uri).unwrap_or_default();
    let host = authority
        .strip_prefix(SCHEME)
        .and_then(|rest| rest.strip_prefix("://"));
    let question = Question {
        method: &method,
        host: host.unwrap_or_default(),
        path: path_of(&uri),
        origin: origin.as_deref(),
        secret: secret.as_deref(),
        range: range.as_deref(),
    };
    match route::route(&question, HOST, &window.origins(), window.view().secret()) {
        Route::Refuse(status) => Reply::Now(Body::status(status)),
        Route::Preflight => Reply::Now(Body::status(204)),
        Route::PartDown(id, asked) => {
            let taken = stage.shared.parts().take(id, window.number(), asked);
            Reply::Now(part(taken, asked.is_some()))
        }
        Route::PartUp => Reply::Now(upload(stage, window, request)),
        Route::Asset => {
            let number = stage.shared.next_request();
            let headers = HEADERS
                .iter()
                .filter_map(|name| Some((*name, request.header(name)?)))
                .collect();
            let asset = Incoming::Asset {
                request: number,
                window: window.number(),
                path: question.path.to_owned(),
                method,
                headers,
            };
            Reply::Kit(number, asset)
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
            let value = format!("bytes */{size}");
            answer.headers.push(("content-range".to_owned(), value));
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

/// Keeps an upload of the bootstrap; its id is the answer.
fn upload(stage: &Stage, window: &Window, request: &impl Asking) -> Answer {
    let Some(data) = request.body() else {
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

/// The headers of an answer; with those that let a trusted foreign origin read it.
pub fn headers(answer: &Answer, foreign: Option<&str>) -> Vec<(String, String)> {
    let mut headers = answer.headers.clone();
    if let Some(origin) = foreign.filter(|_| answer.status != 403) {
        for (name, value) in [
            ("access-control-allow-origin", origin),
            ("access-control-allow-headers", "range, x-pytron-secret"),
            ("access-control-expose-headers", "content-range"),
        ] {
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    headers
}
