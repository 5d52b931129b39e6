//! Printing a page: on paper by the dialog, and into a PDF.

use std::fs;
use std::rc::Rc;

use serde_json::Value;

use crate::printing::{Pdf, end_turn, in_turn};
use crate::service::{Failure, Reply};
use crate::window::Window;

/// Shows the print dialog.
pub fn print(window: &Rc<Window>, reply: Reply) {
    in_turn(window, move |window| {
        let number = window.number();
        window.view().print(number, move |printed| {
            end_turn(number);
            reply.give(printed.map_err(|error| {
                Failure::unsupported(format!("it could not be printed: {error}"))
            }));
        });
    });
}

/// Prints into a file.
pub fn pdf(window: &Rc<Window>, args: Value, reply: Reply) {
    let asked = match Pdf::parse(args) {
        Ok(asked) => asked,
        Err(failure) => return reply.give(Err(failure)),
    };
    in_turn(window, move |window| {
        let number = window.number();
        let path = asked.path.clone();
        window.view().pdf(number, &asked, move |printed| {
            end_turn(number);
            let written = printed.and_then(|_| match fs::metadata(&path) {
                Ok(file) if file.len() > 0 => Ok(Value::Null),
                Ok(_) => Err("it came out empty".to_owned()),
                Err(error) => Err(error.to_string()),
            });
            reply.give(written.map_err(|error| {
                Failure::unsupported(format!("the PDF was not written: {error}"))
            }));
        });
    });
}
