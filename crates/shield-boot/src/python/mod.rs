//! The app's own Python, loaded at run time: no version of it is compiled in.

mod api;
mod audit;
mod bridge;
mod frozen;
mod start;

pub use start::run;
