//! A notification as the kit describes it.

use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Notice {
    pub key: u64,
    pub title: String,
    pub body: String,
    pub icon: Option<String>,
    pub actions: Vec<Action>,
    pub urgent: bool,
    /// The address by which a click starts the app that has ended.
    pub launch: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Action {
    pub id: String,
    pub label: String,
    /// The same of this button.
    pub launch: Option<String>,
}
