//! How fast entries open, in GB/s: `cargo run --release --package shield-core --example opening`.
#![allow(clippy::unwrap_used, reason = "a tool for developers")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use shield_core::{Error, Kind, Payload, Plan, Scheme, Source, content_hash, embedded, seal};

const SIZE: usize = 64 << 20;
const LONG: Duration = Duration::from_secs(1);

struct Held(Vec<u8>);

impl Source for Held {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, start: u64, into: &mut [u8]) -> Result<(), Error> {
        self.0[..].read(start, into)
    }
}

fn main() {
    let (program, part, id) = ([1; 32], vec![2; 32], [3; 16]);
    let key = embedded(&program, &part, &id).unwrap();
    let plan = Plan {
        scheme: Scheme::Embedded,
        parameters: part,
        id,
        rollback: 0,
        key: &key,
        publisher: &[4; 32],
    };
    let entries = [("noise", noise()), ("words", words())];
    let entries = entries.map(|(name, content)| (name.to_owned(), Kind::Asset, content));
    let sealed = seal(plan, entries).unwrap();
    let source = Held(sealed.bytes);
    let header = Payload::header(&source, &sealed.publisher, 0).unwrap();
    let payload = Payload::open(source, &header, &key).unwrap();
    let plain = noise();
    report("the hash alone", SIZE, || {
        assert_ne!(content_hash(&plain), [0; 32])
    });
    report("new memory alone", SIZE, || {
        let mut room = vec![0_u8; SIZE];
        room.iter_mut().step_by(4_096).for_each(|byte| *byte = 1);
        assert_eq!(black_box(room).len(), SIZE);
    });
    let mut room = vec![0; SIZE];
    for name in ["noise", "words"] {
        report(&format!("{name}, whole, in the same room"), SIZE, || {
            payload.read_into(name, 0, &mut room).unwrap();
        });
        report(&format!("{name}, whole"), SIZE, || {
            assert_eq!(payload.read(name).unwrap().len(), SIZE);
        });
        for part in [64 << 10, 256 << 10, 1 << 20, 4 << 20] {
            report(
                &format!("{name}, parts of {} KiB", part >> 10),
                SIZE,
                || {
                    for begin in (0..SIZE as u64).step_by(part) {
                        let opened = payload.read_range(name, begin..begin + part as u64);
                        assert_eq!(opened.unwrap().len(), part);
                    }
                },
            );
        }
    }
}

/// What does not compress, as pictures and videos.
fn noise() -> Vec<u8> {
    let mut state = 1_u64;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    };
    (0..SIZE).map(next).collect()
}

/// What compresses well, as text.
fn words() -> Vec<u8> {
    let lines = (0..).flat_map(|at: u32| format!("{}: a line, {}\n", at, at % 77).into_bytes());
    lines.take(SIZE).collect()
}

fn report(what: &str, bytes: usize, mut work: impl FnMut()) {
    let mut best = Duration::MAX;
    let start = Instant::now();
    while start.elapsed() < LONG {
        let before = Instant::now();
        work();
        best = best.min(before.elapsed());
    }
    println!(
        "{what}: {:.2} GB/s",
        bytes as f64 / best.as_secs_f64() / 1e9
    );
}
