//! The icon beside the clock, or in the menu bar, through tray-icon.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use tray_icon::{Icon, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::image;
use crate::guard::guard;
use crate::menu::{self, Built, Item};
use crate::service::{self, Failure, Outcomes};

thread_local! {
    /// With its menu, whose items are known as long as it is shown.
    static SHOWN: RefCell<Option<(TrayIcon, Built)>> = const { RefCell::new(None) };
}

#[derive(Deserialize)]
struct Args {
    icon: PathBuf,
    #[serde(default)]
    tooltip: Option<String>,
    #[serde(default)]
    items: Vec<Item>,
}

/// Shows the icon, or changes what is shown.
pub fn show(args: Value) -> Outcomes {
    let args: Args = service::parse(args)?;
    let icon = picture(&args.icon)?;
    let built = menu::build(&args.items)?;
    let tooltip = args.tooltip.as_deref();
    let shown = SHOWN.take();
    let tray = match shown {
        Some((tray, _before)) => {
            tray.set_icon(Some(icon)).map_err(refused)?;
            tray.set_tooltip(tooltip).map_err(refused)?;
            tray
        }
        None => {
            TrayIconEvent::set_event_handler(Some(|event| {
                guard("the tray", (), || happened(&event))
            }));
            let builder = TrayIconBuilder::new()
                .with_icon(icon)
                // A press is the app's; the menu is under the other button.
                .with_menu_on_left_click(false);
            let builder = match tooltip {
                Some(tooltip) => builder.with_tooltip(tooltip),
                None => builder,
            };
            builder.build().map_err(refused)?
        }
    };
    let menu = (!args.items.is_empty()).then(|| Box::new(built.menu.clone()) as Box<_>);
    tray.set_menu(menu);
    SHOWN.set(Some((tray, built)));
    Ok(Value::Null)
}

/// Takes the icon away.
pub fn hide() -> Outcomes {
    SHOWN.take();
    Ok(Value::Null)
}

fn picture(path: &Path) -> Result<Icon, Failure> {
    let image = image::read(path).map_err(Failure::arguments)?;
    Icon::from_rgba(image.rgba, image.width, image.height)
        .map_err(|error| Failure::arguments(format!("{}: {error}", path.display())))
}

fn refused(error: tray_icon::Error) -> Failure {
    Failure::unsupported(format!("the tray icon was not shown: {error}"))
}

fn happened(event: &TrayIconEvent) {
    let TrayIconEvent::Click {
        button,
        button_state: MouseButtonState::Up,
        position,
        ..
    } = event
    else {
        return;
    };
    let button = match button {
        MouseButton::Left => "left",
        MouseButton::Middle => "middle",
        MouseButton::Right => return,
    };
    let (x, y) = (position.x.round(), position.y.round());
    let fields = json!({"button": button, "x": x as i64, "y": y as i64});
    service::happened("tray.click", fields);
}
