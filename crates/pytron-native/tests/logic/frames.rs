//! The page's line against whatever comes: the corpus, random bytes, random cuts, random order.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::line::{Flushed, Line, part};
use crate::link::{Frame, Link};
use crate::memory::Memory;

/// A frame as the tests compare it: its text and its parts.
type Plain = (Vec<u8>, Vec<Vec<u8>>);

fn plain(frame: &Frame) -> Plain {
    let parts = frame.parts.iter().map(Memory::contents).collect();
    (frame.text.contents(), parts)
}

/// What a link makes of these bytes, cut after each of `cuts`, and whether it goes on after them.
fn read(bytes: &[u8], cuts: &[usize]) -> (Vec<Plain>, bool) {
    let (link, page) = Link::pair().unwrap();
    let mut page = UnixStream::from(page);
    let mut frames = Vec::new();
    let mut alive = true;
    let mut rest = bytes;
    let mut cuts = cuts.iter().cycle();
    while alive && !rest.is_empty() {
        let size = cuts.next().map_or(rest.len(), |cut| rest.len().min(*cut));
        page.write_all(&rest[..size]).unwrap();
        rest = &rest[size..];
        alive = link.read(|frame| frames.push(plain(&frame)));
    }
    if alive {
        drop(page);
        assert!(
            !link.read(|frame| frames.push(plain(&frame))),
            "the page has gone"
        );
    }
    (frames, alive)
}

fn encode(bytes: &mut Vec<u8>, (text, parts): &Plain) {
    let size = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    bytes.extend(size(text.len()));
    bytes.extend(size(parts.len()));
    bytes.extend(text);
    for part in parts {
        bytes.extend(size(part.len()));
        bytes.extend(part);
    }
}

/// Frames from the other side of a line, until it is closed.
fn written(page: &mut UnixStream) -> Vec<Plain> {
    let mut bytes = Vec::new();
    page.read_to_end(&mut bytes).unwrap();
    let mut frames = Vec::new();
    let mut rest = bytes.as_slice();
    fn take<'a>(rest: &mut &'a [u8], size: usize) -> &'a [u8] {
        let (taken, left) = rest.split_at(size);
        *rest = left;
        taken
    }
    fn size(rest: &mut &[u8]) -> usize {
        u32::from_le_bytes(take(rest, 4).try_into().unwrap()) as usize
    }
    while !rest.is_empty() {
        let (text, parts) = (size(&mut rest), size(&mut rest));
        let text = take(&mut rest, text).to_vec();
        let parts = (0..parts).map(|_| {
            let length = size(&mut rest);
            take(&mut rest, length).to_vec()
        });
        frames.push((text, parts.collect()));
    }
    frames
}

#[test]
fn corpus_is_withstood_whole_and_in_bits() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec/ipc/corpus.json");
    let corpus: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let entries = corpus["port"].as_array().unwrap();
    assert!(entries.len() > 10);
    for entry in entries {
        let digits = entry.as_str().unwrap();
        let bytes: Vec<u8> = (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
            .collect();
        assert_eq!(read(&bytes, &[]), read(&bytes, &[1]), "{digits}");
    }
}

fn frames() -> impl Strategy<Value = Vec<Plain>> {
    let bytes = || vec(any::<u8>(), 0..200);
    let large = prop_oneof![9 => bytes(), 1 => vec(any::<u8>(), 60_000..70_000)];
    vec((large, vec(bytes(), 0..4)), 1..8)
}

proptest! {
    #[test]
    fn random_bytes_give_the_same_however_they_are_cut(
        bytes in vec(prop_oneof![3 => Just(0_u8), 1 => 0_u8..8, 1 => any::<u8>()], 0..300),
        cuts in vec(1_usize..20, 1..8),
    ) {
        prop_assert_eq!(read(&bytes, &[]), read(&bytes, &cuts));
    }

    #[test]
    fn whole_frames_arrive_and_half_a_frame_does_not(
        sent in frames(),
        cuts in vec(1_usize..90_000, 1..8),
        missing in 0_usize..40,
    ) {
        let mut bytes = Vec::new();
        sent[..sent.len() - 1].iter().for_each(|frame| encode(&mut bytes, frame));
        let before = bytes.len();
        encode(&mut bytes, &sent[sent.len() - 1]);
        bytes.truncate(bytes.len().saturating_sub(missing).max(before));
        let whole = if missing == 0 { &sent[..] } else { &sent[..sent.len() - 1] };
        prop_assert_eq!(&read(&bytes, &cuts).0[..], whole);
    }

    #[test]
    fn every_message_leaves_a_line_once_and_in_order(
        messages in vec((1_usize..5_000, 0_u8..10, vec(0_usize..300, 0..3)), 1..40),
    ) {
        let (link, page) = Link::pair().unwrap();
        let mut page = UnixStream::from(page);
        let line = Line::new(link);
        let mut sent = Vec::new();
        for (index, (size, how, parts)) in messages.iter().enumerate() {
            let message = vec![b'a' + (index % 26) as u8; *size];
            let parts: Vec<Vec<u8>> = parts.iter().map(|size| vec![index as u8; *size]).collect();
            let beside = parts.iter().cloned().map(part).collect();
            match how {
                0..6 => line.push(&message, beside),
                6..8 => line.push_large(part(message.clone()), beside),
                _ => {
                    line.push(&message, beside);
                    prop_assert_ne!(line.flush(), Flushed::Gone);
                    line.waiting()
                }
            };
            sent.push((message, parts));
        }
        let reader = std::thread::spawn(move || written(&mut page));
        while line.flush() == Flushed::Blocked {
            std::thread::yield_now();
        }
        prop_assert_eq!(line.waiting(), 0);
        drop(line);
        let mut got = Vec::new();
        for (text, parts) in reader.join().unwrap() {
            prop_assert_eq!((text[0], text[text.len() - 1]), (b'[', b']'));
            let inside = &text[1..text.len() - 1];
            let joined: Vec<_> = inside.split(|byte| *byte == b',').collect();
            prop_assert!(joined.len() == 1 || parts.is_empty(), "parts stand with one message");
            got.extend(joined.iter().map(|message| (message.to_vec(), parts.clone())));
        }
        prop_assert_eq!(got, sent);
    }
}
