"""Shows the picture of a packaged app before its own code is imported.

Only in packages that have a picture, and whose second start does not go to the app that runs.
"""

from contextlib import suppress

from pytron import packaged
from pytron.config import Origin, choose
from pytron.errors import PytronError
from pytron.packaged import is_the_app


def _show() -> None:
    folder = packaged.folder()
    if folder is None or not is_the_app():
        return
    origin = Origin(folder, None)
    with suppress(PytronError):  # the run says what is wrong
        if picture := choose("splash", None, origin, None):
            from pytron.engines.native import early

            early.show(origin, picture)


_show()
