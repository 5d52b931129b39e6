//! The floor of the benchmark: what the web view itself can do when Rust answers and no Python runs.
//!
//! It runs the same page as the peers. Linux only, as the benchmark is.

#[cfg(target_os = "linux")]
mod answers;
#[cfg(target_os = "linux")]
mod reply;
#[cfg(target_os = "linux")]
mod window;

#[cfg(target_os = "linux")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    window::run()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("the floor is measured on Linux only: it speaks to WebKitGTK directly");
    std::process::exit(2);
}
