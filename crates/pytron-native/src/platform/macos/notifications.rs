//! Notifications of the user notification centre, which knows apps by their bundles: a program
//! that is none has no notifications.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use block2::{DynBlock, RcBlock};
use dispatch2::DispatchQueue;
use objc2::rc::Retained;
use objc2::runtime::{Bool, NSObject, NSObjectProtocol, ProtocolObject};
use objc2::{AnyThread, define_class, msg_send};
use objc2_foundation::{NSArray, NSBundle, NSError, NSSet, NSString};
use objc2_user_notifications::{
    UNAuthorizationOptions, UNMutableNotificationContent, UNNotification, UNNotificationAction,
    UNNotificationActionOptions, UNNotificationCategory, UNNotificationCategoryOptions,
    UNNotificationDefaultActionIdentifier, UNNotificationDismissActionIdentifier,
    UNNotificationPresentationOptions, UNNotificationRequest, UNNotificationResponse,
    UNUserNotificationCenter, UNUserNotificationCenterDelegate,
};
use serde_json::{Value, json};

use crate::guard::guard;
use crate::notice::Notice;
use crate::service::{self, Failure, Outcomes, Reply};
use crate::shared::Shared;

/// Sets of buttons that the centre knows: each call names all of them.
static CATEGORIES: Mutex<BTreeMap<String, Vec<(String, String)>>> = Mutex::new(BTreeMap::new());
/// What those that are shown are called there.
static NAMES: Mutex<BTreeMap<u64, String>> = Mutex::new(BTreeMap::new());

define_class!(
    // SAFETY: NSObject asks nothing of its subclasses, and this one has no `Drop`.
    #[unsafe(super(NSObject))]
    #[name = "PytronNotificationDelegate"]
    struct Delegate;

    unsafe impl NSObjectProtocol for Delegate {}

    unsafe impl UNUserNotificationCenterDelegate for Delegate {
        #[unsafe(method(userNotificationCenter:willPresentNotification:withCompletionHandler:))]
        fn present(
            &self,
            _center: &UNUserNotificationCenter,
            _notification: &UNNotification,
            done: &DynBlock<dyn Fn(UNNotificationPresentationOptions)>,
        ) {
            // Also while the app has the keyboard.
            done.call((UNNotificationPresentationOptions::Banner
                | UNNotificationPresentationOptions::List
                | UNNotificationPresentationOptions::Sound,));
        }

        #[unsafe(method(userNotificationCenter:didReceiveNotificationResponse:withCompletionHandler:))]
        fn received(
            &self,
            _center: &UNUserNotificationCenter,
            response: &UNNotificationResponse,
            done: &DynBlock<dyn Fn()>,
        ) {
            guard("a notification", (), || clicked(response));
            done.call(());
        }
    }
);

fn bundled() -> bool {
    NSBundle::mainBundle().bundleIdentifier().is_some()
}

/// Hears of clicks, also of the one that started the app: for that it must be there before the app
/// has launched.
pub fn meet(_app_id: &str, _name: &str) {
    if !bundled() {
        return;
    }
    // SAFETY: NSObject's own `init`.
    let delegate: Retained<Delegate> = unsafe { msg_send![Delegate::alloc(), init] };
    let center = UNUserNotificationCenter::currentNotificationCenter();
    center.setDelegate(Some(ProtocolObject::from_ref(&*delegate)));
    // The centre holds it weakly, and needs it as long as the process lives.
    std::mem::forget(delegate);
}

/// Whether it works.
pub fn can(_feature: &str) -> (bool, String) {
    if bundled() {
        return (true, "the notification centre shows them".to_owned());
    }
    let reason = "macOS shows notifications of apps in a bundle only; package the app";
    (false, reason.to_owned())
}

pub fn serve(_shared: &Arc<Shared>, name: &str, args: Value, reply: Reply) {
    let (possible, reason) = can(name);
    if !possible {
        return reply.give(Err(Failure::unsupported(reason)));
    }
    match name {
        "notifications.show" => match service::parse::<Notice>(args) {
            Ok(notice) => show(notice, reply),
            Err(failure) => reply.give(Err(failure)),
        },
        "notifications.withdraw" => reply.give(withdraw(args["key"].as_u64().unwrap_or(0))),
        _ => reply.give(Err(Failure::unsupported(format!("macOS has no {name}")))),
    }
}

/// Asks the user the first time; macOS remembers the answer.
fn show(notice: Notice, reply: Reply) {
    let wanted = UNAuthorizationOptions::Alert | UNAuthorizationOptions::Sound;
    let once = Mutex::new(Some((notice, reply)));
    let answered = RcBlock::new(move |agreed: Bool, _error: *mut NSError| {
        guard("a notification", (), || {
            let taken = once.lock().unwrap_or_else(PoisonError::into_inner).take();
            let Some((notice, reply)) = taken else {
                return;
            };
            if agreed.as_bool() {
                request(&notice, reply);
            } else {
                let message = "the user does not want notifications of this app; \
                               System Settings, Notifications";
                reply.give(Err(Failure::unsupported(message)));
            }
        });
    });
    UNUserNotificationCenter::currentNotificationCenter()
        .requestAuthorizationWithOptions_completionHandler(wanted, &answered);
}

fn request(notice: &Notice, reply: Reply) {
    let content = UNMutableNotificationContent::new();
    content.setTitle(&NSString::from_str(&notice.title));
    content.setBody(&NSString::from_str(&notice.body));
    if !notice.actions.is_empty() {
        content.setCategoryIdentifier(&NSString::from_str(&category(notice)));
    }
    let name = name_of(notice);
    names(|all| all.insert(notice.key, name.clone()));
    let request = UNNotificationRequest::requestWithIdentifier_content_trigger(
        &NSString::from_str(&name),
        &content,
        None,
    );
    let once = Mutex::new(Some(reply));
    let added = RcBlock::new(move |error: *mut NSError| {
        let reply = once.lock().unwrap_or_else(PoisonError::into_inner).take();
        // SAFETY: valid or null for the time of this call.
        let error = unsafe { error.as_ref() };
        if let Some(reply) = reply {
            reply.give(match error {
                None => Ok(Value::Null),
                Some(error) => Err(Failure::unsupported(
                    error.localizedDescription().to_string(),
                )),
            });
        }
    });
    UNUserNotificationCenter::currentNotificationCenter()
        .addNotificationRequest_withCompletionHandler(&request, Some(&added));
}

/// All that a later run needs to know of it.
fn name_of(notice: &Notice) -> String {
    json!([notice.key, notice.launch]).to_string()
}

/// A set of buttons that the centre knows.
fn category(notice: &Notice) -> String {
    let pair = |action: &crate::notice::Action| (action.id.clone(), action.label.clone());
    let buttons: Vec<_> = notice.actions.iter().map(pair).collect();
    let name = json!(buttons).to_string();
    let mut all = CATEGORIES.lock().unwrap_or_else(PoisonError::into_inner);
    all.insert(name.clone(), buttons);
    let made: Vec<_> = all
        .iter()
        .map(|(name, buttons)| set(name, buttons))
        .collect();
    UNUserNotificationCenter::currentNotificationCenter()
        .setNotificationCategories(&NSSet::from_retained_slice(&made));
    name
}

fn set(name: &str, buttons: &[(String, String)]) -> Retained<UNNotificationCategory> {
    let actions: Vec<_> = buttons
        .iter()
        .map(|(id, label)| {
            UNNotificationAction::actionWithIdentifier_title_options(
                &NSString::from_str(id),
                &NSString::from_str(label),
                UNNotificationActionOptions::Foreground,
            )
        })
        .collect();
    UNNotificationCategory::categoryWithIdentifier_actions_intentIdentifiers_options(
        &NSString::from_str(name),
        &NSArray::from_retained_slice(&actions),
        &NSArray::new(),
        UNNotificationCategoryOptions::CustomDismissAction,
    )
}

fn withdraw(key: u64) -> Outcomes {
    if let Some(name) = names(|all| all.remove(&key)) {
        let name = NSString::from_str(&name);
        UNUserNotificationCenter::currentNotificationCenter()
            .removeDeliveredNotificationsWithIdentifiers(&NSArray::from_slice(&[&*name]));
    }
    Ok(Value::Null)
}

fn clicked(response: &UNNotificationResponse) {
    let name = response.notification().request().identifier().to_string();
    let Ok((key, launch)) = serde_json::from_str::<(u64, Option<String>)>(&name) else {
        return;
    };
    names(|all| all.remove(&key));
    let chosen = response.actionIdentifier().to_string();
    // SAFETY: names that the framework defines, for as long as the process lives.
    let (itself, gone) = unsafe {
        (
            UNNotificationDefaultActionIdentifier.to_string(),
            UNNotificationDismissActionIdentifier.to_string(),
        )
    };
    let (event, fields) = if chosen == gone {
        ("notifications.closed", json!({"key": key}))
    } else {
        let action = (chosen != itself).then_some(chosen);
        let fields = json!({"key": key, "action": action, "launch": launch});
        ("notifications.click", fields)
    };
    // The stage is the main thread's.
    DispatchQueue::main().exec_async(move || service::happened(event, fields));
}

fn names<T>(work: impl FnOnce(&mut BTreeMap<u64, String>) -> T) -> T {
    work(&mut NAMES.lock().unwrap_or_else(PoisonError::into_inner))
}
