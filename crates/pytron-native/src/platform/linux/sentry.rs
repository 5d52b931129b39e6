//! Lets the web view's processes go on when this process has gone, by whatever end.
//!
//! They end by themselves when they see it go, and a process that is stopped sees nothing. Linux
//! continues stopped processes by itself only where they are the last of a terminal's job, so a
//! shell that outlives us for a moment does. That harms nobody, should one of the numbers be
//! another process's by then.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Its input ends with us; what it has read last are those that live.
const SCRIPT: &str = "while read -r line; do pids=$line; done; kill -s CONT $pids";

struct Sentry {
    input: ChildStdin,
    known: BTreeSet<u32>,
}

static SENTRY: Mutex<Option<Sentry>> = Mutex::new(None);

/// Looks, on a thread of its own, which processes the web view has now. Without a shell, or where
/// `/proc` is not to be read, there is nobody who could.
pub fn look() {
    thread::spawn(|| {
        let mut sentry = SENTRY.lock().unwrap_or_else(PoisonError::into_inner);
        let found = children(std::process::id());
        if found.is_empty() || sentry.as_ref().is_some_and(|sentry| sentry.known == found) {
            return;
        }
        if sentry.is_none() {
            *sentry = begin().ok();
        }
        if let Some(sentry) = sentry.as_mut() {
            // One that somebody has killed is not begun again.
            let _ = sentry.input.write_all(line(&found).as_bytes());
            sentry.known = found;
        }
    });
}

fn begin() -> io::Result<Sentry> {
    let mut shell = Command::new("sh")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0) // Ctrl-C is not for it
        .spawn()?;
    let input = shell.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    // Whenever it ends, no zombie of it is left.
    thread::spawn(move || shell.wait());
    let known = BTreeSet::new();
    Ok(Sentry { input, known })
}

fn line(pids: &BTreeSet<u32>) -> String {
    let words: Vec<String> = pids.iter().map(u32::to_string).collect();
    format!("{}\n", words.join(" "))
}

/// The processes that the web view has started here.
fn children(parent: u32) -> BTreeSet<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| {
            fs::read_to_string(format!("/proc/{pid}/stat"))
                .is_ok_and(|stat| is_view_of(&stat, parent))
        })
        .collect()
}

/// Source: proc(5): `pid (name) state parent …`, where the name may hold anything.
fn is_view_of(stat: &str, parent: u32) -> bool {
    let Some((head, tail)) = stat.rsplit_once(')') else {
        return false;
    };
    let named = head
        .split_once('(')
        .is_some_and(|(_, name)| name.starts_with("WebKit"));
    named && tail.split_whitespace().nth(1) == Some(parent.to_string().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_view_s_own_processes_are_meant() {
        assert!(is_view_of("12 (WebKitNetworkPr) T 7 7 7 0", 7));
        assert!(!is_view_of("12 (WebKitNetworkPr) T 8 7 7 0", 7));
        assert!(!is_view_of("12 (sh) S 7 7 7 0", 7));
        assert!(!is_view_of("12 (a) WebKit) S 7 7", 7));
        assert!(!is_view_of("", 7));
    }

    #[test]
    fn the_shell_gets_one_line() {
        assert_eq!(line(&BTreeSet::from([30, 4])), "4 30\n");
    }
}
