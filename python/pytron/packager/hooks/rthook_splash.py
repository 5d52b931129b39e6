"""Shows the picture of a packaged app before its own code is imported.

Only in packages that have a picture, and whose second start does not go to the app that runs.
"""

from pytron import packaged
from pytron.config import Origin
from pytron.engine import is_the_app


def _show() -> None:
    folder = packaged.folder()
    if folder is not None and is_the_app():
        from pytron.engines.native import early

        early.show(Origin(folder, None))


_show()
