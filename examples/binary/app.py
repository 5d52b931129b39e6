"""Binary: bytes travel as they are, both ways, nested anywhere. Never as base64."""

from dataclasses import dataclass

from pytron import App

app = App("Binary", frontend="page", width=560, height=420)


@dataclass
class Picture:
    """Pixels as the page's canvas has them: red, green, blue and alpha of each."""

    width: int
    height: int
    pixels: bytes


@app.expose
def gradient(width: int, height: int) -> Picture:
    """A picture made here; `pixels` is an ArrayBuffer in the page."""
    rows = bytearray()
    for y in range(height):
        for x in range(width):
            rows += bytes((x * 255 // width, y * 255 // height, 160, 255))
    return Picture(width, height, bytes(rows))


@app.expose
def inverted(picture: Picture) -> Picture:
    """Takes the page's bytes and gives them back with the colours turned round."""
    pixels = bytearray(picture.pixels)
    for channel in range(3):
        pixels[channel::4] = bytes(255 - value for value in pixels[channel::4])
    return Picture(picture.width, picture.height, bytes(pixels))


if __name__ == "__main__":
    raise SystemExit(app.run())
