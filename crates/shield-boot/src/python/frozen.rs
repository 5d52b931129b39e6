//! The modules that Python needs before it can import by anything but its own: they enter as frozen.
//!
//! Source: CPython, Include/cpython/import.h, `struct _frozen`, of each version.

use std::ffi::{CStr, CString, c_char, c_int, c_void};

use shield_core::Kind;

use super::api::Api;
use crate::failure::Failure;
use crate::platform;
use crate::vault::Vault;

const EARLY: &[&str] = &[
    "abc",
    "codecs",
    "encodings",
    "encodings/_win_cp_codecs",
    "encodings/aliases",
    "encodings/ascii",
    "encodings/latin_1",
    "encodings/utf_8",
    "io",
];
/// In place of the one that looks for `site-packages`, `.pth` files and `sitecustomize`.
const SITE: &str = "=/site";

/// 3.10: a package has a negative size.
#[repr(C)]
#[derive(Clone, Copy)]
struct Row {
    name: *const c_char,
    code: *const u8,
    size: c_int,
    package: c_int,
}

/// 3.11 and 3.12 have a function more.
#[repr(C)]
#[derive(Clone, Copy)]
struct RowWithFunction {
    row: Row,
    function: *const c_void,
}

const END: Row = Row {
    name: std::ptr::null(),
    code: std::ptr::null(),
    size: 0,
    package: 0,
};

/// Puts them before the interpreter's own.
pub fn install(api: &Api, vault: &Vault, minor: u8) -> Result<(), Failure> {
    let mut rows = Vec::new();
    let of_system = platform::code_pages();
    let of_system = of_system.iter().map(String::as_str);
    for name in EARLY.iter().copied().chain(of_system).chain([SITE]) {
        let Ok((_, entry)) = vault.payload.index().find(name) else {
            continue; // encodings of another version
        };
        let package = entry.kind == Kind::Package;
        let dotted = if name == SITE {
            "site".to_owned()
        } else {
            name.replace('/', ".")
        };
        let failed = || Failure::refused(format!("{dotted} has no place in the interpreter"));
        // Both live as long as the interpreter may want them: to the end.
        let code: &'static [u8] = vault.payload.read(name)?.to_vec().leak();
        let size = c_int::try_from(code.len()).map_err(|_| failed())?;
        let dotted: &'static CStr = Box::leak(
            CString::new(dotted.clone())
                .map_err(|_| failed())?
                .into_boxed_c_str(),
        );
        rows.push(Row {
            name: dotted.as_ptr(),
            code: code.as_ptr(),
            size: if package && minor == 10 { -size } else { size },
            package: c_int::from(package && minor > 10),
        });
    }
    let table = match minor {
        11 | 12 => with_function(&rows),
        10 => with_old(api, rows),
        _ => {
            rows.push(END);
            rows.leak().as_ptr().cast()
        }
    };
    // SAFETY: the interpreter's variable for this purpose; it is not running yet.
    unsafe { *api.frozen = table };
    Ok(())
}

fn with_function(rows: &[Row]) -> *const c_void {
    let table: Vec<_> = rows
        .iter()
        .chain([&END])
        .map(|row| RowWithFunction {
            row: *row,
            function: std::ptr::null(),
        })
        .collect();
    table.leak().as_ptr().cast()
}

/// In 3.10 the importer itself stands in the same table.
fn with_old(api: &Api, mut rows: Vec<Row>) -> *const c_void {
    // SAFETY: the interpreter's table, of rows of this shape, up to one without a name.
    unsafe {
        let mut row: *const Row = (*api.frozen).cast();
        while !row.is_null() && !(*row).name.is_null() {
            rows.push(*row);
            row = row.add(1);
        }
    }
    rows.push(END);
    rows.leak().as_ptr().cast()
}
