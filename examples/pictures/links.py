"""Links to pictures: `lightbox://picture/NAME`."""

from urllib.parse import quote, unquote

from library import Picture, app, shown

SCHEME = "lightbox"
_START = f"{SCHEME}://picture/"


def link_to(one: Picture) -> str:
    """The link that opens a picture."""
    return _START + quote(one.name, safe="")


def linked(words: list[str]) -> int | None:
    """The number of the picture that a link among these words names."""
    names = [unquote(word.removeprefix(_START)) for word in words if word.startswith(_START)]
    return next((one.id for one in shown() if one.name in names), None)


async def register() -> None:
    """Let the system open such links with this app."""
    await app.links.register_scheme(SCHEME)
    await app.dialogs.message(f"Links such as {_START}Dawn open in Lightbox now.", title="Lightbox")
