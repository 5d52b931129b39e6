//! The app's scheme through wry's custom protocol.

use std::borrow::Cow;

use wry::RequestAsyncResponder;
use wry::http::{self, Response};

use crate::asset::{self, Asking, Reply};
use crate::shared::{Answer, Body};
use crate::stage;

/// Answers a request of the window with this number.
pub fn handle(number: u32, request: &http::Request<Vec<u8>>, responder: RequestAsyncResponder) {
    let answered = Request {
        responder,
        foreign: asset::foreign(request),
    };
    let found = stage::current().and_then(|stage| {
        let window = stage.window(number)?;
        Some((stage, window))
    });
    let Some((stage, window)) = found else {
        return answered.finish(Body::status(410));
    };
    match asset::ask(&stage, &window, request) {
        Reply::Now(answer) => answered.finish(answer),
        Reply::Kit(number, asset) => {
            stage.keep_request(number, answered);
            stage.shared.push(asset);
        }
    }
}

impl Asking for http::Request<Vec<u8>> {
    fn method(&self) -> String {
        self.method().as_str().to_owned()
    }

    fn uri(&self) -> String {
        self.uri().to_string()
    }

    fn header(&self, name: &str) -> Option<String> {
        let value = self.headers().get(name)?;
        value.to_str().ok().map(str::to_owned)
    }

    fn body(&self) -> Option<Vec<u8>> {
        Some(self.body().clone())
    }
}

/// A request that waits for its answer.
pub struct Request {
    responder: RequestAsyncResponder,
    foreign: Option<String>,
}

impl Request {
    /// Answers.
    pub fn finish(self, answer: Answer) {
        let headers = asset::headers(&answer, self.foreign.as_deref());
        let build = move |body: Cow<'static, [u8]>| {
            let mut response = Response::builder().status(answer.status);
            for (name, value) in &headers {
                response = response.header(name, value);
            }
            // A status or header that HTTP does not allow: the kit's mistake, visible in the page.
            response.body(body).unwrap_or_else(|_| {
                let mut response = Response::new(Cow::Borrowed(&b"malformed answer"[..]));
                *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
                response
            })
        };
        let body = match answer.body {
            Body::Empty => Cow::Borrowed(&b""[..]),
            Body::Owned(data) => Cow::Owned(data),
            // wry owns its bodies, so this engine cannot do without the copy.
            Body::Held(data, range) => {
                let bytes = (*data).as_ref().get(range).unwrap_or_default();
                Cow::Owned(bytes.to_vec())
            }
            #[cfg(unix)]
            Body::Stream { source, .. } => return collect(source, self.responder, build),
        };
        self.responder.respond(build(body));
    }
}

/// The engine takes whole bodies only: the stream is read to its end first, on a thread.
#[cfg(unix)]
fn collect(
    source: std::os::fd::OwnedFd,
    responder: RequestAsyncResponder,
    build: impl FnOnce(Cow<'static, [u8]>) -> Response<Cow<'static, [u8]>> + Send + 'static,
) {
    use std::io::Read;
    std::thread::spawn(move || {
        let mut data = Vec::new();
        // What came before an error is all there is.
        let _ = std::fs::File::from(source).read_to_end(&mut data);
        responder.respond(build(Cow::Owned(data)));
    });
}
