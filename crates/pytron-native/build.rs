//! Builds the web process extension (`webext/`) on Linux, where its headers are.
//!
//! It is a library of its own that WebKit's process loads, so Cargo has no crate type for it. It
//! stands where maturin puts it into the wheel; without it the page uses the slower transport.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const HEADERS: &str = "webkit2gtk-web-extension-4.1";
/// Relative to the crate; `pyproject.toml` includes it, `extension.rs` looks beside the module.
const LIBRARY: &str = "python/pytron_native/webext/libpytronwebext.so";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=webext");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("linux")
        || env::var("HOST") != env::var("TARGET")
    {
        return;
    }
    if let Err(reason) = build() {
        println!("cargo::warning=the web process extension was not built: {reason}");
    }
}

fn build() -> Result<(), String> {
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|error| error.to_string())?);
    let script = fs::read_to_string("webext/port.js").map_err(|error| error.to_string())?;
    fs::write(out.join("port_script.h"), header(&script)).map_err(|error| error.to_string())?;
    let library = Path::new(LIBRARY);
    if let Some(folder) = library.parent() {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    }
    let _ = fs::remove_file(library); // that of an earlier build must not pass for this one's
    let flags = output(Command::new("pkg-config").args(["--cflags", HEADERS]))?;
    let compiler = env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    output(
        Command::new(compiler)
            .args(["-std=c11", "-O2", "-Wall", "-Wextra", "-fPIC", "-shared"])
            .args(["-fvisibility=hidden", "-Wl,-z,relro,-z,now", "-s"])
            .arg(format!("-I{}", out.display()))
            .args(flags.split_whitespace())
            .arg("-o")
            .arg(library)
            .args(sources()?),
    )?;
    Ok(())
}

fn sources() -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir("webext").map_err(|error| error.to_string())?;
    let mut sources: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "c"))
        .collect();
    sources.sort();
    Ok(sources)
}

/// The script as a C string, a line for each of its lines.
fn header(script: &str) -> String {
    let lines: Vec<String> = script
        .lines()
        .map(|line| {
            let escaped = line.replace('\\', "\\\\").replace('"', "\\\"");
            format!("    \"{escaped}\\n\"")
        })
        .collect();
    format!("#define PORT_SCRIPT \\\n{}\n", lines.join(" \\\n"))
}

fn output(command: &mut Command) -> Result<String, String> {
    let done = command
        .output()
        .map_err(|error| format!("{command:?}: {error}"))?;
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned());
    }
    String::from_utf8(done.stdout).map_err(|error| error.to_string())
}
