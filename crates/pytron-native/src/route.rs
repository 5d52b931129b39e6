//! Which requests on the app's origin the host answers itself, and which go to the kit.

use crate::part::Asked;

/// Headers that the kit is told (spec/view.md, section 4).
pub const HEADERS: [&str; 6] = [
    "range",
    "if-none-match",
    "if-modified-since",
    "accept",
    "origin",
    "referer",
];

/// Carries the view's secret with an upload.
pub const SECRET_HEADER: &str = "x-pytron-secret";

const PART: &str = "/_pytron/part";

/// A request, as far as it decides who answers.
pub struct Question<'a> {
    pub method: &'a str,
    /// `localhost`, or the whole address is refused.
    pub host: &'a str,
    /// Path with query.
    pub path: &'a str,
    pub origin: Option<&'a str>,
    pub secret: Option<&'a str>,
    pub range: Option<&'a str>,
}

/// Who answers.
#[derive(Debug, PartialEq, Eq)]
pub enum Route {
    /// The kit.
    Asset,
    /// An upload from the bootstrap: only now may the body be read.
    PartUp,
    PartDown(u64, Option<Asked>),
    /// A trusted development server asks whether it may.
    Preflight,
    /// This status, and nothing else.
    Refuse(u16),
}

/// Decides. `origins` are the app's own and those a window trusts; `secret` is the window's.
pub fn route(question: &Question<'_>, host: &str, origins: &[String], secret: &str) -> Route {
    if question.host != host {
        return Route::Refuse(403);
    }
    if let Some(origin) = question.origin
        && !origins.iter().any(|known| known == origin)
    {
        return Route::Refuse(403);
    }
    if question.method == "OPTIONS" {
        return Route::Preflight;
    }
    let path = question.path.split('?').next().unwrap_or_default();
    let Some(rest) = path.strip_prefix(PART) else {
        return Route::Asset;
    };
    match (question.method, rest.strip_prefix('/')) {
        ("POST", None) if rest.is_empty() => {
            let known = question
                .secret
                .is_some_and(|given| crate::envelope::same(given.as_bytes(), secret.as_bytes()));
            if known {
                Route::PartUp
            } else {
                Route::Refuse(403)
            }
        }
        ("GET", Some(id)) => match id.parse() {
            Ok(id) => Route::PartDown(id, question.range.and_then(Asked::parse)),
            Err(_) => Route::Refuse(404),
        },
        _ if rest.is_empty() || rest.starts_with('/') => Route::Refuse(405),
        _ => Route::Asset,
    }
}

/// The origin of an address, as `location.protocol + "//" + location.host` has it.
pub fn origin(url: &str) -> Option<&str> {
    let authority = url.find("://")? + 3;
    let end = url[authority..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |end| authority + end);
    Some(&url[..end])
}

/// The origin of an address whose server listens on this machine only, at a port it names.
#[cfg(any(target_os = "linux", test))]
pub fn local_origin(url: &str) -> Option<&str> {
    let found = origin(url)?;
    let place = found.strip_prefix("http://")?;
    ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .filter_map(|host| place.strip_prefix(host)?.strip_prefix(':'))
        .any(|port| port.parse::<u16>().is_ok())
        .then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "5ec2e7";
    const GET: Question<'static> = Question {
        method: "GET",
        host: "localhost",
        path: "/",
        origin: None,
        secret: None,
        range: None,
    };

    fn decide(question: &Question<'_>) -> Route {
        let origins = ["pytron://localhost".to_owned()];
        route(question, "localhost", &origins, SECRET)
    }

    #[test]
    fn pages_and_files_go_to_the_kit() {
        assert_eq!(decide(&GET), Route::Asset);
        let path = "/_pytron/client.js?x=1";
        assert_eq!(decide(&Question { path, ..GET }), Route::Asset);
        let path = "/_pytron/partly";
        assert_eq!(decide(&Question { path, ..GET }), Route::Asset);
    }

    #[test]
    fn a_server_of_this_machine_is_told_from_others() {
        for local in ["localhost:5173", "127.0.0.1:80", "[::1]:3000"] {
            let url = format!("http://{local}/index.html");
            assert_eq!(local_origin(&url), Some(&url[..url.len() - 11]));
        }
        for foreign in [
            "http://localhost.evil.com:5173/",
            "http://localhost:5173@evil.com/",
            "http://localhost:5173evil.com/",
            "http://localhost/",
            "http://127.0.0.1.evil.com:80/",
            "https://localhost:5173/",
            "http://192.168.0.2:5173/",
            "localhost:5173",
            "",
        ] {
            assert_eq!(local_origin(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn other_hosts_and_origins_are_refused() {
        let refused = Route::Refuse(403);
        assert_eq!(
            decide(&Question {
                host: "evil",
                ..GET
            }),
            refused
        );
        let origin = Some("null");
        assert_eq!(decide(&Question { origin, ..GET }), refused);
        let origin = Some("https://evil.example");
        assert_eq!(decide(&Question { origin, ..GET }), refused);
        let origin = Some("pytron://localhost");
        assert_eq!(decide(&Question { origin, ..GET }), Route::Asset);
    }

    #[test]
    fn uploads_need_the_secret() {
        let upload = Question {
            method: "POST",
            path: "/_pytron/part",
            ..GET
        };
        assert_eq!(decide(&upload), Route::Refuse(403));
        let secret = Some("wrong");
        assert_eq!(decide(&Question { secret, ..upload }), Route::Refuse(403));
        let secret = Some(SECRET);
        assert_eq!(decide(&Question { secret, ..upload }), Route::PartUp);
    }

    #[test]
    fn parts_are_found_by_number() {
        let path = "/_pytron/part/17";
        let range = Some("bytes=0-9");
        let expected = Route::PartDown(17, Some(Asked::From(0, Some(9))));
        assert_eq!(decide(&Question { path, range, ..GET }), expected);
        let path = "/_pytron/part/..";
        assert_eq!(decide(&Question { path, ..GET }), Route::Refuse(404));
        let path = "/_pytron/part/17";
        let method = "PUT";
        assert_eq!(
            decide(&Question {
                path,
                method,
                ..GET
            }),
            Route::Refuse(405)
        );
    }

    #[test]
    fn origin_ends_at_the_path() {
        for (url, expected) in [
            ("pytron://localhost/a/b?c", Some("pytron://localhost")),
            ("http://127.0.0.1:5173", Some("http://127.0.0.1:5173")),
            ("http://a?b", Some("http://a")),
            ("about:blank", None),
        ] {
            assert_eq!(origin(url), expected);
        }
    }
}
