//! What items of menus do by themselves, and the menu of an app that has none of its own.

use serde_json::json;

use crate::menu::Item;

/// The menu that the platform expects of every app; most expect none.
pub fn standard() -> Option<Vec<Item>> {
    if !cfg!(target_os = "macos") {
        return None;
    }
    let menu = |label: &str, roles: &[&str]| {
        let item = |role: &&str| match *role {
            "" => json!({"kind": "line"}),
            role => json!({"kind": "role", "role": role}),
        };
        let items: Vec<_> = roles.iter().map(item).collect();
        json!({"kind": "menu", "label": label, "items": items})
    };
    let menus = json!([
        // The first is the app's own: the system writes its name.
        menu(
            "",
            &[
                "about",
                "",
                "services",
                "",
                "hide",
                "hideothers",
                "showall",
                "",
                "quit"
            ]
        ),
        // Without these Cmd-C does nothing.
        menu(
            "Edit",
            &["undo", "redo", "", "cut", "copy", "paste", "selectall"]
        ),
        menu("Window", &["minimize", "fullscreen", "", "close"]),
    ]);
    serde_json::from_value(menus).ok()
}

/// What a role is called and which keys it has.
pub fn usual(role: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match role {
        "undo" => ("Undo", Some("CmdOrCtrl+Z")),
        "redo" => ("Redo", Some("CmdOrCtrl+Shift+Z")),
        // Without keys where the page has them already: it must see its own Ctrl-C.
        "cut" => ("Cut", None),
        "copy" => ("Copy", None),
        "paste" => ("Paste", None),
        "selectall" => ("Select All", None),
        "reload" => ("Reload", Some("CmdOrCtrl+R")),
        "zoomin" => ("Zoom In", Some("CmdOrCtrl+=")),
        "zoomout" => ("Zoom Out", Some("CmdOrCtrl+-")),
        "zoomreset" => ("Actual Size", Some("CmdOrCtrl+0")),
        "fullscreen" => ("Full Screen", Some("F11")),
        "minimize" => ("Minimize", None),
        "close" => ("Close", Some("CmdOrCtrl+W")),
        "quit" => ("Quit", Some("CmdOrCtrl+Q")),
        "about" => ("About", None),
        _ => return None,
    })
}
