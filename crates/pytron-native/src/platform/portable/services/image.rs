//! Pictures: PNG files on the wire, bare pixels for the system.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::Path;

use png::{BitDepth, ColorType, Decoder, Encoder, Transformations};

/// More pixels than any screen has: a file says how many it has before it has them.
const PIXELS_MAX: usize = 1 << 27;

/// Red, green, blue, alpha of every pixel, row by row.
pub struct Image {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// Reads a PNG of any kind.
pub fn read(path: &Path) -> Result<Image, String> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| said(&error))?;
    let mut decoder = Decoder::new(BufReader::new(file));
    // Palettes, grey and 16 bits become 8 bits of each colour.
    decoder.set_transformations(Transformations::normalize_to_color8() | Transformations::ALPHA);
    let mut reader = decoder.read_info().map_err(|error| said(&error))?;
    let (width, height) = (reader.info().width, reader.info().height);
    let pixels = width as usize * height as usize;
    if pixels > PIXELS_MAX {
        return Err(said(&format!("{width} × {height} pixels are too many")));
    }
    let mut data = vec![0; pixels * 4];
    let frame = reader.next_frame(&mut data).map_err(|error| said(&error))?;
    let data = &data[..frame.buffer_size()];
    let rgba = match frame.color_type {
        ColorType::Rgba => data.to_vec(),
        ColorType::GrayscaleAlpha => spread(data),
        kind => return Err(said(&format!("{kind:?} was not expected"))),
    };
    Ok(Image {
        width,
        height,
        rgba,
    })
}

fn spread(grey: &[u8]) -> Vec<u8> {
    grey.chunks_exact(2)
        .flat_map(|pair| [pair[0], pair[0], pair[0], pair[1]])
        .collect()
}

/// Writes a PNG.
pub fn write(path: &Path, image: &Image) -> Result<(), String> {
    let said = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = File::create(path).map_err(|error| said(&error))?;
    let mut encoder = Encoder::new(BufWriter::new(file), image.width, image.height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(|error| said(&error))?;
    writer
        .write_image_data(&image.rgba)
        .and_then(|()| writer.finish())
        .map_err(|error| said(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> std::path::PathBuf {
        std::env::temp_dir().join(format!("pytron-image-{}-{name}.png", std::process::id()))
    }

    #[test]
    fn what_is_written_is_read() {
        let path = place("same");
        let image = Image {
            width: 2,
            height: 1,
            rgba: vec![1, 2, 3, 4, 250, 251, 252, 253],
        };
        write(&path, &image).unwrap();
        let found = read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!((found.width, found.height), (2, 1));
        assert_eq!(found.rgba, image.rgba);
    }

    #[test]
    fn grey_and_opaque_pictures_become_four_colours() {
        for (kind, data, pixel) in [
            (ColorType::Grayscale, vec![7], [7, 7, 7, 255]),
            (ColorType::GrayscaleAlpha, vec![7, 9], [7, 7, 7, 9]),
            (ColorType::Rgb, vec![1, 2, 3], [1, 2, 3, 255]),
        ] {
            let path = place(&format!("{kind:?}"));
            let file = File::create(&path).unwrap();
            let mut encoder = Encoder::new(file, 1, 1);
            encoder.set_color(kind);
            let mut writer = encoder.write_header().unwrap();
            writer.write_image_data(&data).unwrap();
            writer.finish().unwrap();
            let found = read(&path).unwrap();
            std::fs::remove_file(&path).unwrap();
            assert_eq!(found.rgba, pixel, "{kind:?}");
        }
    }

    #[test]
    fn what_is_no_picture_is_an_error_with_its_name() {
        let path = place("none");
        std::fs::write(&path, b"hello").unwrap();
        let error = read(&path).err().unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(error.contains("pytron-image"), "{error}");
        assert!(read(Path::new("/nowhere/at/all.png")).is_err());
    }
}
