"""`import pytron` stays light: what takes long is imported where it is used."""

import subprocess
import sys

#: Each takes a noticeable part of the time that the whole of Pytron may take.
HEAVY = (
    "argparse", "asyncio", "concurrent.futures", "ctypes", "dataclasses", "difflib", "email",
    "http.client", "inspect", "json", "multiprocessing", "numpy", "pydantic", "pytron_native",
    "secrets", "socket", "sqlite3", "subprocess", "tempfile", "tomllib", "zipfile",
)  # fmt: skip


def test_importing_pytron_imports_nothing_heavy() -> None:
    # msgspec takes typing_extensions where it is there, and that takes inspect.
    code = (
        "import sys; sys.modules['typing_extensions'] = None; from pytron import App; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
