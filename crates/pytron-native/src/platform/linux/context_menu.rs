//! WebKit's own context menu, cut down to what is of use in an app.

use webkit2gtk::{
    ContextMenu as Menu, ContextMenuAction as Action, ContextMenuExt, ContextMenuItem,
    ContextMenuItemExt, WebView, WebViewExt,
};

use super::view::number_of;
use crate::command::ContextMenu;
use crate::guard::guard;
use crate::stage;

/// What a window with `edit` keeps. The inspector is only there with developer tools.
const KEPT: [Action; 17] = [
    Action::Copy,
    Action::CopyImageToClipboard,
    Action::CopyImageUrlToClipboard,
    Action::CopyLinkToClipboard,
    Action::Cut,
    Action::Delete,
    Action::IgnoreGrammar,
    Action::IgnoreSpelling,
    Action::InputMethods,
    Action::InsertEmoji,
    Action::InspectElement,
    Action::LearnSpelling,
    Action::NoGuessesFound,
    Action::Paste,
    Action::PasteAsPlainText,
    Action::SelectAll,
    Action::SpellingGuess,
];

/// Looks at each menu before it is shown.
pub fn connect(web: &WebView) {
    web.connect_context_menu(|web, menu, _, _| {
        guard("a context menu", false, || match wanted(web) {
            ContextMenu::Default => false,
            ContextMenu::None => true,
            ContextMenu::Edit => {
                cut_down(menu);
                menu.items().is_empty()
            }
        })
    });
}

fn wanted(web: &WebView) -> ContextMenu {
    let window = stage::current().zip(number_of(web));
    let window = window.and_then(|(stage, number)| stage.window(number));
    window.map_or(ContextMenu::default(), |window| {
        window.options().contextmenu
    })
}

fn cut_down(menu: &Menu) {
    for item in menu.items() {
        if !item.is_separator() && !KEPT.contains(&item.stock_action()) {
            menu.remove(&item);
        }
    }
    let mut after_separator = true; // none at the top
    let mut last: Option<ContextMenuItem> = None;
    for item in menu.items() {
        if item.is_separator() && after_separator {
            menu.remove(&item);
            continue;
        }
        after_separator = item.is_separator();
        last = Some(item);
    }
    if let Some(last) = last.filter(ContextMenuItemExt::is_separator) {
        menu.remove(&last);
    }
}
