"""The app's folders, where each system wants them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Final

from pytron.platforms import chosen_folder
from pytron.services.service import Service

#: Kinds that belong to the app, not to the user.
_OWN: Final = ("data", "config", "cache", "log")


class Folders(Service):
    """`app.folders`: paths of this app's own; each is made when it is asked for."""

    name: ClassVar[str] = "folders"

    def _of(self, kind: str) -> Path:
        """The system's folder for it, unless PYTRON_DATA_FOLDER has all that is the app's."""
        chosen = chosen_folder()
        if chosen is not None and kind in _OWN:
            own = chosen / self._desk.app.id
            place = own if kind == "data" else own / kind
            place.mkdir(parents=True, exist_ok=True)
            return place
        import platformdirs  # knows every system's names

        dirs: Any = platformdirs.PlatformDirs(
            self._desk.app.id, appauthor=False, ensure_exists=True
        )
        return Path(getattr(dirs, f"user_{kind}_dir"))

    @property
    def data(self) -> Path:
        """What the app keeps."""
        return self._of("data")

    @property
    def config(self) -> Path:
        """Its settings."""
        return self._of("config")

    @property
    def cache(self) -> Path:
        """What it could make again."""
        return self._of("cache")

    @property
    def logs(self) -> Path:
        """Its logs."""
        return self._of("log")

    @property
    def documents(self) -> Path:
        """The user's documents."""
        return self._of("documents")

    @property
    def downloads(self) -> Path:
        """The user's downloads."""
        return self._of("downloads")
