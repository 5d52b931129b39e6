//! Pictures of the page, through WebKit's own snapshot.

use std::fs::File;

use cairo::{Format, ImageSurface};
use gtk::gio::Cancellable;
use serde_json::{Value, json};
use webkit2gtk::{SnapshotOptions, SnapshotRegion, WebView, WebViewExt};

use crate::guard::guard;

/// Writes what is visible as a PNG.
pub fn write(web: &WebView, path: String, done: impl FnOnce(Result<Value, String>) + 'static) {
    take(web, done, move |surface| {
        let mut file = File::create(&path).map_err(|error| format!("{path}: {error}"))?;
        surface
            .write_to_png(&mut file)
            .map_err(|error| format!("{path}: {error}"))?;
        Ok(json!({"path": path, "width": surface.width(), "height": surface.height()}))
    });
}

/// Counts the colours of what is visible.
pub fn count(web: &WebView, done: impl FnOnce(Result<Value, String>) + 'static) {
    take(web, done, |mut surface| {
        let (width, height) = (surface.width(), surface.height());
        surface.flush();
        let data = surface.data().map_err(|error| error.to_string())?;
        let colours = crate::picture::colours(&data, 4);
        Ok(json!({"width": width, "height": height, "colours": colours}))
    });
}

fn take(
    web: &WebView,
    done: impl FnOnce(Result<Value, String>) + 'static,
    look: impl FnOnce(ImageSurface) -> Result<Value, String> + 'static,
) {
    web.snapshot(
        SnapshotRegion::Visible,
        SnapshotOptions::NONE,
        Cancellable::NONE,
        move |taken| {
            guard("a snapshot", (), || {
                done(
                    taken
                        .map_err(|error| error.to_string())
                        .and_then(|surface| {
                            let image = ImageSurface::try_from(surface)
                                .map_err(|_| "the snapshot is no image".to_owned())?;
                            if image.format() != Format::ARgb32 && image.format() != Format::Rgb24 {
                                return Err("the snapshot has an unknown format".to_owned());
                            }
                            look(image)
                        }),
                );
            });
        },
    );
}
