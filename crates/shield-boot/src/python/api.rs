//! The functions of CPython's C interface that are used, by name.
//!
//! Source: CPython's manual, "Python/C API Reference Manual"; all of them exist from 3.10 to 3.14.

use std::ffi::{CStr, c_char, c_int, c_void};

use crate::failure::Failure;
use crate::platform::Library;

/// A Python object; only pointers to it are passed around.
#[repr(C)]
pub struct Object {
    _private: [u8; 0],
}

/// How initialisation went.
#[repr(C)]
pub struct Status {
    kind: c_int,
    function: *const c_char,
    message: *const c_char,
    code: c_int,
}

impl Status {
    /// The message of a failure.
    pub fn failure(&self) -> Option<String> {
        if self.kind == 0 {
            return None;
        }
        if self.message.is_null() {
            return Some("it gives no reason".to_owned());
        }
        // SAFETY: where there is one it is a constant of the interpreter.
        let text = unsafe { CStr::from_ptr(self.message) };
        Some(text.to_string_lossy().into_owned())
    }
}

/// A method of a module.
#[repr(C)]
pub struct Method {
    pub name: *const c_char,
    pub function: extern "C" fn(*mut Object, *mut Object) -> *mut Object,
    pub flags: c_int,
    pub doc: *const c_char,
}

/// `METH_VARARGS`.
pub const POSITIONAL: c_int = 1;

pub type Hook = extern "C" fn(*const c_char, *mut Object, *mut c_void) -> c_int;

macro_rules! api {
    ($($field:ident = $name:literal: fn($($argument:ty),* $(; $more:tt)?) $(-> $result:ty)?;)*) => {
        /// The functions, found in the loaded library.
        pub struct Api {
            $(pub $field: unsafe extern "C" fn($($argument),* $(, $more)?) $(-> $result)?,)*
            /// `PyImport_FrozenModules`, a variable.
            pub frozen: *mut *const c_void,
            /// `PyExc_KeyError`, a variable.
            pub key_error: *const *mut Object,
        }

        impl Api {
            /// Finds them.
            pub fn of(library: Library) -> Result<Self, Failure> {
                let find = |name: &CStr| library.symbol(name).ok_or_else(|| {
                    Failure::refused(format!("this Python has no {}", name.to_string_lossy()))
                });
                Ok(Self {
                    $($field: {
                        let found = find($name)?;
                        // SAFETY: the signature is the manual's.
                        unsafe { std::mem::transmute::<
                            *mut c_void,
                            unsafe extern "C" fn($($argument),* $(, $more)?) $(-> $result)?,
                        >(found) }
                    },)*
                    frozen: find(c"PyImport_FrozenModules")?.cast(),
                    key_error: find(c"PyExc_KeyError")?.cast_const().cast(),
                })
            }
        }
    };
}

api! {
    preconfig = c"PyPreConfig_InitIsolatedConfig": fn(*mut c_int);
    preinitialize = c"Py_PreInitialize": fn(*const c_int) -> Status;
    config = c"PyConfig_InitIsolatedConfig": fn(*mut u64);
    initialize = c"Py_InitializeFromConfig": fn(*const u64) -> Status;
    finalize = c"Py_FinalizeEx": fn() -> c_int;
    add_hook = c"PySys_AddAuditHook": fn(Hook, *mut c_void) -> c_int;
    add_module = c"PyImport_AddModule": fn(*const c_char) -> *mut Object;
    execute = c"PyImport_ExecCodeModule": fn(*const c_char, *mut Object) -> *mut Object;
    unmarshal = c"PyMarshal_ReadObjectFromString": fn(*const c_char, isize) -> *mut Object;
    function = c"PyCFunction_NewEx": fn(*mut Method, *mut Object, *mut Object) -> *mut Object;
    set = c"PyObject_SetAttrString": fn(*mut Object, *const c_char, *mut Object) -> c_int;
    number = c"PyLong_AsUnsignedLongLong": fn(*mut Object) -> u64;
    bytes = c"PyBytes_AsStringAndSize": fn(*mut Object, *mut *mut c_char, *mut isize) -> c_int;
    new_text = c"PyUnicode_FromStringAndSize": fn(*const c_char, isize) -> *mut Object;
    build = c"Py_BuildValue": fn(*const c_char; ...) -> *mut Object;
    new_bytes = c"PyBytes_FromStringAndSize": fn(*const c_char, isize) -> *mut Object;
    new_list = c"PyList_New": fn(isize) -> *mut Object;
    append = c"PyList_Append": fn(*mut Object, *mut Object) -> c_int;
    item = c"PyTuple_GetItem": fn(*mut Object, isize) -> *mut Object;
    text = c"PyUnicode_AsUTF8AndSize": fn(*mut Object, *mut isize) -> *const c_char;
    clear = c"PyErr_Clear": fn();
    print = c"PyErr_Print": fn();
    raise = c"PyErr_SetString": fn(*mut Object, *const c_char);
    decrease = c"Py_DecRef": fn(*mut Object);
    leave = c"PyEval_SaveThread": fn() -> *mut c_void;
    enter = c"PyEval_RestoreThread": fn(*mut c_void);
}

// SAFETY: addresses of functions and of one variable, which only the starting thread writes.
unsafe impl Send for Api {}
// SAFETY: as above.
unsafe impl Sync for Api {}
