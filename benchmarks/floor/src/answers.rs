//! What the page may call, answered in Rust. The names are those of `apps/functions.py`.

use std::cell::{OnceCell, RefCell};
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::time::{Duration, Instant};

use gtk::{gio, glib};
use serde_json::{Value, json};
use webkit2gtk::WebViewExt;

/// Events in one evaluated script.
const EVENTS_AT_ONCE: usize = 500;

/// The state behind the answers; all of it on the main thread.
pub struct Answers {
    page: webkit2gtk::WebView,
    arrivals: RefCell<Vec<Instant>>,
    dicts: OnceCell<String>,
    payload: OnceCell<glib::Bytes>,
    uploaded: RefCell<Vec<u8>>,
    started_ns: u128,
    plan: String,
    out: String,
}

fn setting(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}

fn number(name: &str, default: usize) -> usize {
    setting(name, "").parse().unwrap_or(default)
}

impl Answers {
    /// The plan and sizes come from the run's environment, as they do for every peer.
    pub fn from_environment(page: webkit2gtk::WebView) -> Self {
        Self {
            page,
            arrivals: RefCell::default(),
            dicts: OnceCell::new(),
            payload: OnceCell::new(),
            uploaded: RefCell::default(),
            started_ns: setting("BENCH_STARTED_NS", "0").parse().unwrap_or(0),
            plan: setting("BENCH_PLAN", "[]"),
            out: setting("BENCH_OUT", "/dev/null"),
        }
    }

    /// Answers one message from the page: a list of calls gives a list of answers, as JSON.
    pub fn frame(&self, text: &str) -> String {
        let Ok(Value::Array(calls)) = serde_json::from_str(text) else {
            return "[]".to_owned();
        };
        let mut answers = String::from("[");
        for (index, call) in calls.iter().enumerate() {
            if index > 0 {
                answers.push(',');
            }
            self.call(call, &mut answers);
        }
        answers.push(']');
        answers
    }

    fn call(&self, call: &Value, answer: &mut String) {
        let argument = &call[1];
        // Writing to a String cannot fail.
        let _ = match call[0].as_str().unwrap_or_default() {
            "ping" => write!(answer, "{}", self.ping(argument)),
            "ping_many" => {
                for one in argument.as_array().into_iter().flatten() {
                    self.ping(one);
                }
                write!(answer, "{argument}")
            }
            "intervals" => write!(answer, "{}", self.intervals()),
            "answered" => write!(answer, "{}", self.answered()),
            "plan" => write!(answer, "{}", json!(self.plan)),
            "record" => {
                self.record(argument, call[2].as_str().unwrap_or("null"));
                write!(answer, "null")
            }
            "finish" => {
                self.record(&json!("finish"), "{}");
                write!(answer, "null")
            }
            "dicts" => write!(answer, "{}", self.dicts.get_or_init(dicts)),
            "take_dicts" => write!(answer, "{}", argument.as_array().map_or(0, Vec::len)),
            "checksum" => write!(answer, "{}", checksum(&self.payload())),
            "checksum_up" => write!(answer, "{}", checksum(&self.uploaded.borrow())),
            "push" => {
                self.push(integer(argument), integer(&call[2]));
                write!(answer, "null")
            }
            "busy" => {
                let limit = Duration::from_secs_f64(argument.as_f64().unwrap_or(0.0));
                std::thread::spawn(move || spin(limit));
                write!(answer, "null")
            }
            "memory" => write!(answer, "{}", resident_bytes()),
            name => {
                eprintln!("the floor has no function {name}: add it to answers.rs");
                write!(answer, "null")
            }
        };
    }

    fn ping<'a>(&self, argument: &'a Value) -> &'a Value {
        self.arrivals.borrow_mut().push(Instant::now());
        argument
    }

    fn intervals(&self) -> Value {
        let times = self.arrivals.take();
        times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).as_secs_f64() * 1e6)
            .collect()
    }

    fn answered(&self) -> Value {
        let elapsed_ns = monotonic_ns().saturating_sub(self.started_ns);
        let elapsed = Duration::from_nanos(u64::try_from(elapsed_ns).unwrap_or(u64::MAX));
        let result = json!({ "ms": elapsed.as_secs_f64() * 1000.0 });
        self.record(&json!("answered"), &result.to_string());
        Value::Null
    }

    fn record(&self, name: &Value, result: &str) {
        let written = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.out)
            .and_then(|mut out| writeln!(out, "[{name}, {result}]"));
        if let Err(error) = written {
            eprintln!("a result could not be written to {}: {error}", self.out);
        }
    }

    /// The bytes that `/download` serves: without a pattern that a transport could use.
    pub fn payload(&self) -> glib::Bytes {
        let make = || {
            let size = number("BENCH_BYTES", 32 << 20);
            let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
            let mut data = Vec::with_capacity(size);
            while data.len() < size {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                data.extend_from_slice(&state.to_le_bytes());
            }
            data.truncate(size);
            glib::Bytes::from_owned(data)
        };
        self.payload.get_or_init(make).clone()
    }

    /// Keeps what the page sent, to be checked after the measured time.
    pub fn uploaded(&self, data: Vec<u8>) {
        *self.uploaded.borrow_mut() = data;
    }

    fn push(&self, count: usize, group: usize) {
        let values: Vec<Value> = if group == 1 {
            (0..count).map(Value::from).collect()
        } else {
            let starts = (0..count).step_by(group.max(1));
            starts
                .map(|first| (first..(first + group).min(count)).collect())
                .collect()
        };
        for some in values.chunks((EVENTS_AT_ONCE / group.max(1)).max(1)) {
            let script = format!("receive({})", json!(some));
            self.page
                .evaluate_javascript(&script, None, None, gio::Cancellable::NONE, |_| {});
        }
    }
}

fn integer(value: &Value) -> usize {
    value
        .as_u64()
        .and_then(|value| usize::try_from(value).ok())
        .unwrap_or(0)
}

/// The records of `apps/functions.py`, as text.
fn dicts() -> String {
    let records = (0..number("BENCH_DICTS", 100_000)).map(|id| {
        let price = f64::from(u32::try_from(id).unwrap_or(0)) * 0.25;
        json!({ "id": id, "name": format!("record {id}"), "price": price, "done": id % 3 == 0 })
    });
    Value::Array(records.collect()).to_string()
}

fn checksum(data: &[u8]) -> u32 {
    let words = data.chunks_exact(4);
    words.fold(0, |sum: u32, word| {
        sum.wrapping_add(u32::from_le_bytes([word[0], word[1], word[2], word[3]]))
    })
}

fn spin(limit: Duration) {
    let start = Instant::now();
    while start.elapsed() < limit {
        std::hint::spin_loop();
    }
}

fn monotonic_ns() -> u128 {
    let mut now = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `now` is a valid place to write to; Python's monotonic clock is this one.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    let seconds = u128::try_from(now.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u128::try_from(now.tv_nsec).unwrap_or(0)
}

fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text
        .split(' ')
        .nth(1)
        .and_then(|field| field.parse().ok())
        .unwrap_or(0);
    pages * 4096
}
