//! `_pytron_shield`: what the package's Python part asks of this program.

use std::ffi::{CStr, CString, c_char};
use std::ops::Range;
use std::sync::OnceLock;

use super::api::{Api, Method, Object, POSITIONAL};
use crate::failure::Failure;
use crate::natives::Natives;
use crate::vault::Vault;
use crate::{platform, worker};

/// All that its functions need.
pub struct Bridge {
    pub api: Api,
    pub vault: &'static Vault,
    pub natives: &'static Natives,
    /// What a child process is to run.
    pub order: Option<Vec<u8>>,
}

static BRIDGE: OnceLock<Bridge> = OnceLock::new();

/// The bridge, once it is there.
pub fn bridge() -> Option<&'static Bridge> {
    BRIDGE.get()
}

/// Makes it reachable for functions that Python calls.
pub fn set(bridge: Bridge) -> Result<&'static Bridge, Failure> {
    BRIDGE
        .set(bridge)
        .map_err(|_| Failure::refused("the interpreter was started twice"))?;
    BRIDGE
        .get()
        .ok_or_else(|| Failure::refused("the interpreter was not started"))
}

impl Bridge {
    /// Ends the process where something was tampered with: an exception could be caught, and the
    /// standard library would go on with its Python code instead.
    pub fn end_unless<T>(&self, result: Result<T, Failure>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(failure) => {
                crate::say(&failure);
                platform::end(failure.code);
            }
        }
    }

    /// A text in a tuple.
    pub fn text_at(&self, tuple: *mut Object, at: isize) -> Option<String> {
        // SAFETY: the interpreter gives a tuple, and holds it while we look.
        unsafe {
            let item = (self.api.item)(tuple, at);
            let mut size = 0;
            let text = if item.is_null() {
                std::ptr::null()
            } else {
                (self.api.text)(item, &raw mut size)
            };
            if text.is_null() {
                (self.api.clear)();
                return None;
            }
            let bytes = std::slice::from_raw_parts(text.cast::<u8>(), usize::try_from(size).ok()?);
            std::str::from_utf8(bytes).ok().map(str::to_owned)
        }
    }

    /// A number in a tuple; the largest for what is none.
    fn number_at(&self, tuple: *mut Object, at: isize) -> u64 {
        // SAFETY: the interpreter gives a tuple, and holds it while we look.
        unsafe { (self.api.number)((self.api.item)(tuple, at)) }
    }

    fn new_bytes(&self, content: &[u8]) -> *mut Object {
        let size = isize::try_from(content.len()).unwrap_or(0);
        // SAFETY: as many bytes as are said.
        unsafe { (self.api.new_bytes)(content.as_ptr().cast(), size) }
    }

    /// A part of a sealed entry, opened where Python keeps it: memory that is touched for the first
    /// time costs more than the cipher does.
    fn opened(&self, name: &str, range: Range<u64>) -> Option<*mut Object> {
        let length = self.vault.payload.length(name, &range).ok()?;
        // SAFETY: a new object with as much room as is asked for, which nobody else knows yet. What
        // stands in it comes from a foreign allocator, and is written before it is read.
        let (made, room) = unsafe {
            let made = (self.api.new_bytes)(std::ptr::null(), isize::try_from(length).ok()?);
            let (mut start, mut size) = (std::ptr::null_mut::<c_char>(), 0_isize);
            if made.is_null() || (self.api.bytes)(made, &raw mut start, &raw mut size) != 0 {
                return Some(std::ptr::null_mut()); // a MemoryError, which stands
            }
            (
                made,
                std::slice::from_raw_parts_mut(start.cast::<u8>(), length),
            )
        };
        let done = self.aside(|| {
            platform::soon_written(room);
            self.vault.payload.read_into(name, range.start, room)
        });
        self.end_unless(done.map_err(Failure::from))?;
        Some(made)
    }

    fn none(&self) -> *mut Object {
        // SAFETY: an empty format makes None.
        unsafe { (self.api.build)(c"".as_ptr()) }
    }

    /// Without the lock: whoever waits for the disk stops nobody.
    fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        // SAFETY: called by a thread that has the lock, and given back the same.
        let state = unsafe { (self.api.leave)() };
        let done = work();
        // SAFETY: as above.
        unsafe { (self.api.enter)(state) };
        done
    }

    fn is_there(&self, name: &str) -> bool {
        self.vault.payload.index().find(name).is_ok()
    }

    /// Puts the module among those that can be imported.
    pub fn install(&self) -> Option<()> {
        let name = c"_pytron_shield".as_ptr();
        // SAFETY: the interpreter runs, and this thread has its lock; methods live for ever.
        unsafe {
            let module = (self.api.add_module)(name);
            for (name, function) in FUNCTIONS {
                let method = Box::leak(Box::new(Method {
                    name: name.as_ptr(),
                    function: *function,
                    flags: POSITIONAL,
                    doc: std::ptr::null(),
                }));
                let made = (self.api.function)(method, std::ptr::null_mut(), std::ptr::null_mut());
                if made.is_null() || (self.api.set)(module, name.as_ptr(), made) != 0 {
                    return None;
                }
                (self.api.decrease)(made);
            }
        }
        Some(())
    }
}

type Function = extern "C" fn(*mut Object, *mut Object) -> *mut Object;

const FUNCTIONS: &[(&CStr, Function)] = &[
    (c"find", find),
    (c"entries", entries),
    (c"read", read),
    (c"part", part),
    (c"code", code),
    (c"prepare", prepare),
    (c"loaded", loaded),
    (c"facts", facts),
    (c"order", order),
    (c"hand", hand),
    (c"share", share),
    (c"starter", starter),
];

/// `find(name)`: the kind, size and digest of an entry, or None.
extern "C" fn find(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        let name = bridge.text_at(arguments, 0)?;
        let Ok((_, entry)) = bridge.vault.payload.index().find(&name) else {
            return Some(bridge.none());
        };
        let digest: String = entry.hash[..15]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let digest = CString::new(digest).ok()?;
        let kind = i32::from(entry.kind.number());
        // SAFETY: what the format says: an int, an unsigned long long, a text.
        Some(unsafe { (bridge.api.build)(c"iKs".as_ptr(), kind, entry.size, digest.as_ptr()) })
    })
}

/// `entries(start)`: the names that begin so.
extern "C" fn entries(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        let start = bridge.text_at(arguments, 0)?;
        let all = bridge.vault.payload.index().entries();
        let first = all.partition_point(|entry| entry.name.as_str() < start.as_str());
        // SAFETY: a new list, and texts of the lengths that are said.
        unsafe {
            let list = (bridge.api.new_list)(0);
            for entry in all[first..]
                .iter()
                .take_while(|entry| entry.name.starts_with(&start))
            {
                let name = entry.name.as_bytes();
                let size = isize::try_from(name.len()).ok()?;
                let text = (bridge.api.new_text)(name.as_ptr().cast::<c_char>(), size);
                let kind = i32::from(entry.kind.number());
                let made = (bridge.api.build)(c"(Ni)".as_ptr(), text, kind); // takes the text
                (bridge.api.append)(list, made);
                (bridge.api.decrease)(made);
            }
            Some(list)
        }
    })
}

/// `read(name)`: the whole of a sealed entry.
extern "C" fn read(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| bridge.opened(&bridge.text_at(arguments, 0)?, 0..u64::MAX))
}

/// `part(name, start, end)`: a part of a sealed entry.
extern "C" fn part(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        let (start, end) = (
            bridge.number_at(arguments, 1),
            bridge.number_at(arguments, 2),
        );
        if start > end {
            return None;
        }
        bridge.opened(&bridge.text_at(arguments, 0)?, start..end)
    })
}

/// `code(name)`: the code object of a sealed module. Its bytes are wiped when it is made.
extern "C" fn code(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        let name = bridge.text_at(arguments, 0)?;
        bridge.end_unless(bridge.natives.look_again())?;
        if !bridge.is_there(&name) {
            return None;
        }
        let content = bridge.end_unless(bridge.vault.payload.read(&name).map_err(Failure::from))?;
        let size = isize::try_from(content.len()).ok()?;
        // SAFETY: as many bytes as are said.
        Some(unsafe { (bridge.api.unmarshal)(content.as_ptr().cast(), size) })
    })
}

/// `prepare(name)`: checks a library, and loads what it needs of the package.
extern "C" fn prepare(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        let name = bridge.text_at(arguments, 0)?;
        let prepared = bridge.aside(|| bridge.natives.prepare(&name));
        bridge.end_unless(prepared)?;
        Some(bridge.none())
    })
}

/// `loaded(name)`: refuses a library that was swapped, and code that has come from elsewhere.
extern "C" fn loaded(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        let name = bridge.text_at(arguments, 0)?;
        bridge.end_unless(bridge.natives.check(&name))?;
        bridge.end_unless(bridge.natives.look_again())?;
        Some(bridge.none())
    })
}

/// `facts()`: the package's folder, then the program and its arguments, as the system spells them.
extern "C" fn facts(_: *mut Object, _: *mut Object) -> *mut Object {
    answer(|bridge| {
        let program = crate::platform::program()
            .unwrap_or_default()
            .into_os_string();
        let words = [bridge.vault.root.clone().into_os_string(), program];
        // SAFETY: a new list, to which new objects are added.
        unsafe {
            let list = (bridge.api.new_list)(0);
            for word in words.into_iter().chain(std::env::args_os().skip(1)) {
                let made = bridge.new_bytes(word.as_encoded_bytes());
                (bridge.api.append)(list, made);
                (bridge.api.decrease)(made);
            }
            Some(list)
        }
    })
}

/// `order()`: what this child process is to run, or None in the app itself.
extern "C" fn order(_: *mut Object, _: *mut Object) -> *mut Object {
    answer(|bridge| {
        let order = bridge.order.as_deref();
        Some(order.map_or_else(|| bridge.none(), |order| bridge.new_bytes(order)))
    })
}

/// `hand(order)`: the word by which a child process finds what it is to run.
extern "C" fn hand(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        // SAFETY: the tuple holds the bytes while they are read.
        let body = unsafe {
            let (mut start, mut size) = (std::ptr::null_mut::<c_char>(), 0_isize);
            let item = (bridge.api.item)(arguments, 0);
            if item.is_null() || (bridge.api.bytes)(item, &raw mut start, &raw mut size) != 0 {
                return None;
            }
            std::slice::from_raw_parts(start.cast::<u8>(), usize::try_from(size).ok()?)
        };
        let frame = worker::frame(bridge.vault, body)?;
        let word = CString::new(platform::hand(frame, &bridge.vault.seat.options)?).ok()?;
        // SAFETY: what the format says: a text.
        Some(unsafe { (bridge.api.build)(c"s".as_ptr(), word.as_ptr()) })
    })
}

/// `share(word, handle)`: what the child of that word may know this process by.
extern "C" fn share(_: *mut Object, arguments: *mut Object) -> *mut Object {
    answer(|bridge| {
        let word = bridge.text_at(arguments, 0)?;
        platform::share(&word, bridge.number_at(arguments, 1));
        Some(bridge.none())
    })
}

/// `starter()`: the handle by which this child knows its parent, or 0.
extern "C" fn starter(_: *mut Object, _: *mut Object) -> *mut Object {
    // SAFETY: what the format says: an unsigned long long.
    answer(|bridge| Some(unsafe { (bridge.api.build)(c"K".as_ptr(), platform::starter()) }))
}

/// What a function gives Python: its value, else an exception. A panic ends here.
fn answer(work: impl FnOnce(&'static Bridge) -> Option<*mut Object>) -> *mut Object {
    let Some(bridge) = bridge() else {
        return std::ptr::null_mut();
    };
    let work = std::panic::AssertUnwindSafe(|| work(bridge));
    let done = std::panic::catch_unwind(work).ok().flatten();
    done.unwrap_or_else(|| {
        bridge.raise();
        std::ptr::null_mut()
    })
}

impl Bridge {
    fn raise(&self) {
        // SAFETY: the interpreter's own class, by its exported variable, and a constant text.
        unsafe {
            (self.api.clear)();
            (self.api.raise)(
                *self.api.key_error,
                c"the package has no such entry".as_ptr(),
            );
        }
    }
}
