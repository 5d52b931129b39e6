//! A notification as Windows' XML.
//!
//! Source: <https://learn.microsoft.com/windows/apps/develop/notifications/app-notifications/adaptive-interactive-toasts>

use crate::notice::Notice;

/// What names the notification itself; ids of buttons come behind the letter `a`.
pub const ITSELF: &str = "n";

/// With `launch` a click opens an address, which starts the app if need be.
pub fn xml(notice: &Notice) -> String {
    let long = if notice.urgent {
        " duration=\"long\" scenario=\"reminder\""
    } else {
        ""
    };
    let picture = notice.icon.as_deref().map(|icon| {
        let place = escaped(icon);
        format!("<image placement=\"appLogoOverride\" src=\"{place}\"/>")
    });
    let buttons: String = notice
        .actions
        .iter()
        .map(|action| {
            let id = format!("a{}", action.id);
            let way = way("arguments", &id, action.launch.as_deref());
            format!("<action content=\"{}\"{way}/>", escaped(&action.label))
        })
        .collect();
    let buttons = match (buttons.is_empty(), notice.urgent) {
        // A reminder without any button is shown as if it were none.
        (true, true) => "<actions><action activationType=\"system\" arguments=\"dismiss\" content=\"\"/></actions>".to_owned(),
        (true, false) => String::new(),
        _ => format!("<actions>{buttons}</actions>"),
    };
    format!(
        "<toast{}{long}><visual><binding template=\"ToastGeneric\"><text>{}</text><text>{}</text>{}\
         </binding></visual>{buttons}</toast>",
        way("launch", ITSELF, notice.launch.as_deref()),
        escaped(&notice.title),
        escaped(&notice.body),
        picture.unwrap_or_default(),
    )
}

fn way(attribute: &str, id: &str, launch: Option<&str>) -> String {
    match launch {
        Some(address) => format!(
            " activationType=\"protocol\" {attribute}=\"{}\"",
            escaped(address)
        ),
        None => format!(
            " activationType=\"foreground\" {attribute}=\"{}\"",
            escaped(id)
        ),
    }
}

/// Text for an element or an attribute. XML has no way to write control characters.
fn escaped(text: &str) -> String {
    let mut found = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => found.push_str("&amp;"),
            '<' => found.push_str("&lt;"),
            '>' => found.push_str("&gt;"),
            '"' => found.push_str("&quot;"),
            '\n' => found.push_str("&#10;"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            letter => found.push(letter),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notice::Action;

    #[test]
    fn text_cannot_become_markup() {
        let notice = Notice {
            title: "<b> & \"it\"\u{0}".to_owned(),
            body: "two\nlines</text>".to_owned(),
            ..Notice::default()
        };
        let xml = xml(&notice);
        assert!(xml.contains("<text>&lt;b&gt; &amp; &quot;it&quot;</text>"));
        assert!(xml.contains("<text>two&#10;lines&lt;/text&gt;</text>"));
        assert!(xml.contains("activationType=\"foreground\" launch=\"n\""));
        assert!(!xml.contains("<actions>"));
    }

    #[test]
    fn a_click_starts_the_app_by_its_address() {
        let notice = Notice {
            launch: Some("x-pytron-app:click?key=1&run=2".to_owned()),
            actions: vec![Action {
                id: "reply".to_owned(),
                label: "Reply".to_owned(),
                launch: None,
            }],
            ..Notice::default()
        };
        let xml = xml(&notice);
        assert!(xml.contains(
            "<toast activationType=\"protocol\" launch=\"x-pytron-app:click?key=1&amp;run=2\">"
        ));
        assert!(xml.contains(
            "<action content=\"Reply\" activationType=\"foreground\" arguments=\"areply\"/>"
        ));
    }
}
