"""The private album: out of sight until its passcode is given, which the keychain keeps.

It hides, it does not encrypt: the files stay where they are.
"""

import hmac

from library import app, picture
from pytron import Event

KEY = "passcode"
ALBUM = "Private pictures"


@app.expose
async def unlock() -> bool:
    """Show the private pictures to who knows the passcode."""
    kept = await app.secrets.get(KEY)
    if kept is None:
        raise LookupError("the keychain has lost the passcode; choose one with another picture")
    given = await app.dialogs.prompt("Passcode:", title=ALBUM, secret=True, yes="Unlock")
    if given is None:
        return False
    if not hmac.compare_digest(given.encode(), kept.encode()):
        await app.dialogs.message("That is not the passcode.", title=ALBUM)
        return False
    app.state.unlocked = True
    await app.system.watch()  # for system.lock
    return True


@app.expose
def lock() -> None:
    """Hide them again."""
    app.state.unlocked = False


@app.on("system.lock")
def away(_event: Event) -> None:
    """The user has locked the screen."""
    lock()


async def make_private(id: int, private: bool) -> None:
    """Put a picture into the album, or take it out; the first one asks for a passcode."""
    if private and await app.secrets.get(KEY) is None:
        passcode = await app.dialogs.prompt("Choose a passcode:", title=ALBUM, secret=True)
        if not passcode:
            return
        await app.secrets.set(KEY, passcode)
    picture(id).private = private
