//! The first message of a frame whose parts travel beside it (spec/ipc.md, section 1).

const OPENING: &str = r#"{"kind":"head","parts":["#;
const CLOSING: &str = "]},";

/// A part as the head of our own frames names it: its id and its size.
pub type Part = (u64, usize);

/// The head, with the comma that the messages follow.
pub fn head(parts: &[Part]) -> String {
    list(parts.iter().map(|(id, size)| format!("[{id},{size}]")))
}

/// The parts that a frame of ours names, and what follows its head.
#[cfg_attr(
    not(windows),
    allow(dead_code, reason = "only WebView2 has shared memory")
)]
pub fn split(frame: &str) -> Option<(Vec<Part>, &str)> {
    let rest = frame.strip_prefix('[')?.strip_prefix(OPENING)?;
    let (pairs, messages) = rest.split_once(CLOSING)?;
    let pairs = pairs.strip_prefix('[')?.strip_suffix(']')?;
    let parts = pairs.split("],[").map(|pair| {
        let (id, size) = pair.split_once(',')?;
        Some((id.parse().ok()?, size.parse().ok()?))
    });
    Some((parts.collect::<Option<_>>()?, messages))
}

/// The frame again, with `"s…"` for the ids of parts that the page gets in shared memory.
#[cfg_attr(
    not(windows),
    allow(dead_code, reason = "only WebView2 has shared memory")
)]
pub fn join(parts: &[Part], shared: &[u64], messages: &str) -> String {
    let pairs = parts.iter().map(|(id, size)| {
        if shared.contains(id) {
            format!(r#"["s{id}",{size}]"#)
        } else {
            format!("[{id},{size}]")
        }
    });
    format!("[{}{messages}", list(pairs))
}

fn list(pairs: impl Iterator<Item = String>) -> String {
    let pairs: Vec<String> = pairs.collect();
    format!("{OPENING}{}{CLOSING}", pairs.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_is_split_again() {
        for parts in [vec![(9, 100)], vec![(9, 100), (u64::MAX >> 11, 0)]] {
            let frame = format!(r#"[{}{{"kind":"result"}}]"#, head(&parts));
            assert_eq!(
                split(&frame),
                Some((parts.clone(), r#"{"kind":"result"}]"#))
            );
            assert_eq!(join(&parts, &[], r#"{"kind":"result"}]"#), frame);
        }
    }

    #[test]
    fn shared_parts_have_other_names() {
        assert_eq!(
            join(&[(9, 100), (8, 2)], &[9], "1]"),
            r#"[{"kind":"head","parts":[["s9",100],[8,2]]},1]"#
        );
    }

    #[test]
    fn other_frames_are_left_alone() {
        for frame in [
            "[]",
            r#"[{"kind":"hello"}]"#,
            r#"[{"kind":"head","parts":[]},1]"#,
        ] {
            assert_eq!(split(frame), None, "{frame}");
        }
    }
}
