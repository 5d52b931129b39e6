//! Linux: variables by which others bring code into this program.

use std::ffi::{CString, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use super::syscall;
use crate::failure::Failure;
use crate::seat::Options;

/// Variables by which the loader, Python, or libraries below the window are led to further code, or
/// made to tell what they do. A name that ends with `_`, and `PYTHON`, stand for all that begin so.
const LEADING: &[&str] = &[
    "LD_",
    "PYTHON",
    "MALLOC_",
    "GST_",
    "VK_",
    "JSC_",
    "LIBVA_",
    "GBM_BACKEND",
    "GBM_BACKENDS_PATH",
    "ALSA_CONFIG_",
    "OCL_ICD_",
    "SPA_PLUGIN_DIR",
    "PIPEWIRE_MODULE_DIR",
    "PULSE_DLPATH",
    "QT_PLUGIN_",
    "QT_QPA_PLATFORM_PLUGIN_",
    "GLIBC_TUNABLES",
    "GCONV_PATH",
    "LOCPATH",
    "NLSPATH",
    "OPENSSL_CONF",
    "OPENSSL_MODULES",
    "OPENSSL_ENGINES",
    "SSLKEYLOGFILE",
    "GIO_EXTRA_MODULES",
    "GIO_MODULE_DIR",
    "GTK_MODULES",
    "GTK3_MODULES",
    "GTK_PATH",
    "GTK_DEBUG",
    "GDK_DEBUG",
    "G_DEBUG",
    "GSETTINGS_SCHEMA_DIR",
    "GTK_EXE_PREFIX",
    "GTK_IM_MODULE_FILE",
    "GDK_PIXBUF_MODULE_FILE",
    "GDK_PIXBUF_MODULEDIR",
    "GI_TYPELIB_PATH",
    "WEBKIT_EXEC_PATH",
    "WEBKIT_DEBUG",
    "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS",
    "WEBKIT_GST_",
    "WEBKIT_INJECTED_BUNDLE_PATH",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "LIBGL_DRIVERS_PATH",
    "MESA_LOADER_DRIVER_OVERRIDE",
    "VDPAU_DRIVER",
    "VDPAU_DRIVER_PATH",
    "EGL_DRIVERS_PATH",
    "__GLX_VENDOR_LIBRARY_NAME",
    "__GLX_FORCE_VENDOR_LIBRARY_0",
    "__EGL_VENDOR_LIBRARY_FILENAMES",
    "__EGL_VENDOR_LIBRARY_DIRS",
    "PYTRON_FRONTEND",
    "PYTRON_ELECTRON_PATH",
    "PYTRON_ENGINES_FOLDER",
    "TCL_LIBRARY",
    "TK_LIBRARY",
];
/// Of these not even `keep_environment` keeps any.
const ALWAYS: &[&str] = &["LD_", "PYTHON", "GLIBC_TUNABLES", "GCONV_PATH"];

fn is_leading(name: &[u8], list: &[&str]) -> bool {
    list.iter().any(|item| {
        let group = item.ends_with('_') || *item == "PYTHON";
        name == item.as_bytes() || (group && name.starts_with(item.as_bytes()))
    })
}

/// Starts this program anew without the variables that lead libraries astray.
pub fn clean(options: &Options) -> Result<(), Failure> {
    let list = if options.keep_environment {
        ALWAYS
    } else {
        LEADING
    };
    let all: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    let count = all.len();
    let kept: Vec<CString> = all
        .into_iter()
        .filter(|(name, _)| !is_leading(name.as_bytes(), list))
        .filter_map(|(name, value)| {
            CString::new([name.into_vec(), value.into_vec()].join(&b'=')).ok()
        })
        .collect();
    if kept.len() == count {
        return Ok(());
    }
    let arguments: Vec<CString> = std::env::args_os()
        .filter_map(|argument| CString::new(argument.into_vec()).ok())
        .collect();
    let pointers = |list: &[CString]| -> Vec<*const libc::c_char> {
        let ends = std::iter::once(std::ptr::null());
        list.iter().map(|text| text.as_ptr()).chain(ends).collect()
    };
    let (arguments, variables) = (pointers(&arguments), pointers(&kept));
    let program = c"/proc/self/exe".as_ptr() as usize;
    let words = [
        program,
        arguments.as_ptr() as usize,
        variables.as_ptr() as usize,
        0,
        0,
    ];
    // SAFETY: a path, and two lists of strings that end with NULL.
    unsafe { syscall::call(libc::SYS_execve, words) };
    Err(Failure::refused(
        "the program could not start anew without the variables that lead libraries astray",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_lead_to_code_are_known_by_name_or_by_their_beginning() {
        for name in [
            "LD_PRELOAD",
            "LD_AUDIT",
            "PYTHONPATH",
            "PYTHONINSPECT",
            "GLIBC_TUNABLES",
            "GCONV_PATH",
            "LOCPATH",
            "OPENSSL_CONF",
            "GTK_MODULES",
            "GIO_MODULE_DIR",
            "GST_PLUGIN_PATH_1_0",
            "GST_REGISTRY",
            "WEBKIT_INSPECTOR_SERVER",
            "JSC_useDollarVM",
            "MESA_LOADER_DRIVER_OVERRIDE",
            "PYTRON_FRONTEND",
        ] {
            assert!(is_leading(name.as_bytes(), LEADING), "{name}");
        }
        for name in [
            "HOME",
            "PATH",
            "LANG",
            "GTK_THEME",
            "PYTRON_ENGINE",
            "PYTRON_LICENCE",
            "OLD_X",
        ] {
            assert!(!is_leading(name.as_bytes(), LEADING), "{name}");
        }
        assert!(ALWAYS.iter().all(|name| LEADING.contains(name)));
    }
}
