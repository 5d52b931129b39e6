//! Linker options of the program.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // Libraries that load others ask the program first (src/platform/loaded.rs).
        println!("cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol=dlopen");
    }
}
