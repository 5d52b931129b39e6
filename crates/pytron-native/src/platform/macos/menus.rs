//! What is macOS' of the menus.

use std::rc::Rc;

use dispatch2::DispatchQueue;
use muda::dpi::LogicalPosition;
use muda::{ContextMenu, Menu, PredefinedMenuItem};
use tao::platform::macos::WindowExtMacOS;

use crate::guard::guard;
use crate::window::Window;

/// The system has one menu bar for all windows.
pub fn attach_menu(_window: &Rc<Window>, made: &Menu) -> muda::Result<()> {
    made.init_for_nsapp();
    Ok(())
}

pub fn remove_menu(_window: &Rc<Window>, made: &Menu) {
    made.remove_for_nsapp();
}

/// What the system does by itself.
pub fn system_role(role: &str, label: Option<&str>) -> Option<PredefinedMenuItem> {
    use PredefinedMenuItem as Own;
    Some(match role {
        "undo" => Own::undo(label),
        "redo" => Own::redo(label),
        "cut" => Own::cut(label),
        "copy" => Own::copy(label),
        "paste" => Own::paste(label),
        "selectall" => Own::select_all(label),
        "fullscreen" => Own::fullscreen(label),
        "minimize" => Own::minimize(label),
        "close" => Own::close_window(label),
        "about" => Own::about(label, None),
        "services" => Own::services(label),
        "hide" => Own::hide(label),
        "hideothers" => Own::hide_others(label),
        "showall" => Own::show_all(label),
        _ => return None,
    })
}

/// Shows a menu at a place of the page, or at the pointer; returns when it has gone.
pub fn popup(window: &Rc<Window>, made: &Menu, place: Option<(f64, f64)>) {
    let place = place.map(|(x, y)| LogicalPosition::new(x, y).into());
    // SAFETY: the view of a living window, on the main thread.
    unsafe { made.show_context_menu_for_nsview(window.frame().ns_view(), place) };
}

/// Runs once it is known what was chosen: AppKit may tell of it after the menu has gone, but in the
/// same turn of the loop.
pub fn afterwards(work: impl FnOnce() + Send + 'static) {
    DispatchQueue::main().exec_async(move || guard("a menu", (), work));
}
