//! Files dragged out of a window: the shell's own drag.

use std::path::PathBuf;
use std::rc::Rc;

use tao::platform::windows::WindowExtWindows;
use windows::Win32::Foundation::HWND;
use windows::Win32::System::Com::IDataObject;
use windows::Win32::System::Ole::{DROPEFFECT_COPY, IDropSource, OleInitialize};
use windows::Win32::UI::Input::KeyboardAndMouse::{GetAsyncKeyState, VK_LBUTTON};
use windows::Win32::UI::Shell::Common::ITEMIDLIST;
use windows::Win32::UI::Shell::{
    BHID_DataObject, ILFree, SHCreateShellItemArrayFromIDLists, SHDoDragDrop, SHParseDisplayName,
};
use windows::core::HSTRING;

use crate::platform::portable::services::dropping::BEGUN;
use crate::service::{Failure, Reply};
use crate::window::Window;

/// Answers before it begins, for it ends with the user's drag.
pub fn carry(window: &Rc<Window>, paths: &[PathBuf], reply: Reply) {
    // SAFETY: it only reads the keyboard's state; the sign says whether the button is down.
    if unsafe { GetAsyncKeyState(VK_LBUTTON.0.into()) } >= 0 {
        let message =
            "no button is held: begin the drag in the page's own dragstart or pointerdown";
        return reply.give(Err(Failure::unsupported(message)));
    }
    let data = match data_of(paths) {
        Ok(data) => data,
        Err(error) => {
            let message = format!("the files cannot be dragged: {error}");
            return reply.give(Err(Failure::unsupported(message)));
        }
    };
    reply.give(BEGUN);
    let frame = HWND(window.frame().hwnd() as *mut _);
    // SAFETY: a living window, on its own thread, where COM is at home.
    let dragged =
        unsafe { SHDoDragDrop(Some(frame), &data, None::<&IDropSource>, DROPEFFECT_COPY) };
    if let Err(error) = dragged {
        crate::stage::log("warning", format!("a drag of files failed: {error}"));
    }
}

fn data_of(paths: &[PathBuf]) -> windows::core::Result<IDataObject> {
    let mut lists = Lists(Vec::new());
    // SAFETY: the names live through the calls; each list is ours, and freed below.
    unsafe {
        let _ = OleInitialize(None); // it may be at home here already
        for path in paths {
            let name = HSTRING::from(path.as_path());
            let mut list = std::ptr::null_mut();
            SHParseDisplayName(&name, None, &raw mut list, 0, None)?;
            lists.0.push(list);
        }
        let items = SHCreateShellItemArrayFromIDLists(&lists.0)?;
        items.BindToHandler(None, &BHID_DataObject)
    }
}

/// Lists of the shell, freed with this.
struct Lists(Vec<*const ITEMIDLIST>);

impl Drop for Lists {
    fn drop(&mut self) {
        for list in &self.0 {
            // SAFETY: the shell gave it to us, and nobody else has it.
            unsafe { ILFree(Some(*list)) };
        }
    }
}
