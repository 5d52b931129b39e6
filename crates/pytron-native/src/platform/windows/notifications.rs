//! Notifications as toasts. An app without an installer has a name there once the registry knows
//! it, which it does from its first notification on.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};
use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::TypedEventHandler;
use windows::UI::Notifications::{
    ToastActivatedEventArgs, ToastDismissedEventArgs, ToastNotification, ToastNotificationManager,
};
use windows::Win32::System::Registry::{HKEY_CURRENT_USER, REG_SZ, RegSetKeyValueW};
use windows::Win32::UI::Shell::SetCurrentProcessExplicitAppUserModelID;
use windows::core::{HSTRING, IInspectable, Interface, w};

use super::toast;
use crate::event::Event;
use crate::notice::Notice;
use crate::service::{self, Failure, Outcomes, Reply};
use crate::shared::Shared;

/// The app's id and name.
static WHO: OnceLock<(HSTRING, HSTRING)> = OnceLock::new();
/// Those that are shown: without a reference their events are lost.
static SHOWN: Mutex<Vec<(u64, ToastNotification)>> = Mutex::new(Vec::new());

/// Remembers whose notifications they are; windows in the taskbar are grouped by the same id.
pub fn meet(app_id: &str, name: &str) {
    let _ = WHO.set((HSTRING::from(app_id), HSTRING::from(name)));
    // SAFETY: the text is copied. Without it notifications work all the same.
    let _ = unsafe { SetCurrentProcessExplicitAppUserModelID(&HSTRING::from(app_id)) };
}

/// Whether it works. `launch` is the kit's, by an address that it registers.
pub fn can(_feature: &str) -> (bool, String) {
    (true, "Windows shows them".to_owned())
}

pub fn serve(shared: &Arc<Shared>, name: &str, args: Value, reply: Reply) {
    let outcome = match name {
        "notifications.show" => service::parse(args).and_then(|notice| show(shared, &notice)),
        "notifications.withdraw" => withdraw(args["key"].as_u64().unwrap_or(0)),
        _ => Err(Failure::unsupported(format!("Windows has no {name}"))),
    };
    reply.give(outcome);
}

fn show(shared: &Arc<Shared>, notice: &Notice) -> Outcomes {
    let (id, name) = WHO
        .get()
        .ok_or_else(|| Failure::unsupported("the app has no id yet"))?;
    introduce(id, name);
    make(shared, notice)
        .and_then(|toast| {
            ToastNotificationManager::CreateToastNotifierWithId(id)?.Show(&toast)?;
            let mut shown = shown();
            shown.retain(|(key, _)| *key != notice.key);
            shown.push((notice.key, toast));
            Ok(Value::Null)
        })
        .map_err(|error| Failure::unsupported(format!("Windows did not show it: {error}")))
}

/// Says what the app is called, for the notifications' headings.
fn introduce(id: &HSTRING, name: &HSTRING) {
    let key = HSTRING::from(format!(r"Software\Classes\AppUserModelId\{id}"));
    let mut text: Vec<u16> = name.to_vec();
    text.push(0);
    let size = u32::try_from(text.len() * 2).unwrap_or(0);
    // SAFETY: the text lives through the call, and has this many bytes.
    let set = unsafe {
        let data = Some(text.as_ptr().cast());
        RegSetKeyValueW(
            HKEY_CURRENT_USER,
            &key,
            w!("DisplayName"),
            REG_SZ.0,
            data,
            size,
        )
    };
    if set.is_err() {
        crate::stage::log(
            "warning",
            format!("notifications will have no name: {set:?}"),
        );
    }
}

fn make(shared: &Arc<Shared>, notice: &Notice) -> windows::core::Result<ToastNotification> {
    let document = XmlDocument::new()?;
    document.LoadXml(&HSTRING::from(toast::xml(notice)))?;
    let made = ToastNotification::CreateToastNotification(&document)?;
    made.SetTag(&HSTRING::from(notice.key.to_string()))?; // one with the same is replaced
    let key = notice.key;
    let told = Arc::clone(shared);
    made.Activated(&TypedEventHandler::<ToastNotification, IInspectable>::new(
        move |_, args| {
            let args = args.as_ref().and_then(|args| args.cast().ok());
            let chosen = match args {
                Some(args) => ToastActivatedEventArgs::Arguments(&args)?.to_string(),
                None => toast::ITSELF.to_owned(),
            };
            if chosen.contains(':') {
                return Ok(()); // an address: it comes by the app's next start
            }
            forget(key);
            let action = chosen.strip_prefix('a');
            tell(
                &told,
                "notifications.click",
                json!({"key": key, "action": action}),
            );
            Ok(())
        },
    ))?;
    let told = Arc::clone(shared);
    made.Dismissed(&TypedEventHandler::<
        ToastNotification,
        ToastDismissedEventArgs,
    >::new(move |_, _| {
        forget(key);
        tell(&told, "notifications.closed", json!({"key": key}));
        Ok(())
    }))?;
    Ok(made)
}

fn withdraw(key: u64) -> Outcomes {
    let id = WHO.get().map(|(id, _)| id.clone()).unwrap_or_default();
    let found = shown().iter().find(|(one, _)| *one == key).cloned();
    if let Some((_, toast)) = found {
        let hidden = ToastNotificationManager::CreateToastNotifierWithId(&id)
            .and_then(|notifier| notifier.Hide(&toast));
        hidden.map_err(|error| Failure::unsupported(format!("it was not taken away: {error}")))?;
        forget(key);
    }
    Ok(Value::Null)
}

fn forget(key: u64) {
    shown().retain(|(one, _)| *one != key);
}

fn shown() -> std::sync::MutexGuard<'static, Vec<(u64, ToastNotification)>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tell(shared: &Shared, name: &'static str, fields: Value) {
    shared.tell(&Event::Service { name, fields });
}
