"""What PyInstaller cannot see of `pytron`: engines by name, and the client that pages load."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

from pytron.platforms import SYSTEM

_OTHERS = tuple(
    f"pytron.services.{name}" for name in ("linux", "macos", "windows") if name != SYSTEM
)
hiddenimports = [
    *collect_submodules("pytron.engines.native"),  # some are imported by name, where they are used
    *collect_submodules("pytron.services", lambda name: not name.startswith(_OTHERS)),  # likewise
    "pytron.proof",
    "multiprocessing.spawn",  # executor="process"
    "multiprocessing.resource_tracker",
]
# What only tools need, and what Pytron understands when the app brings it along.
excludedimports = [
    *("pytron.cli", "pytron.packager", "pytron.testing", "pytron.typegen", "click"),
    *("numpy", "pydantic", "attr", "attrs", "typing_extensions"),
]
datas = collect_data_files("pytron", includes=["_bundled/client.js"])
