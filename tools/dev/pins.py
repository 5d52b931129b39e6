"""Write the pinned hashes of Electron's releases, from the npm packages of these versions.

Run as `python -m tools.dev.pins 45.5.0 44.11.5 …`: all that `pytron engine install` shall know.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from tools.dev.machine import ROOT

PINS = ROOT / "python" / "pytron" / "electron" / "checksums.json"
_ZIP = re.compile(r"electron-v[\d.]+-((?:linux|win32|darwin)-\w+)\.zip")


def main() -> int:
    """Fetch the packages by npm and write the file."""
    pins: dict[str, dict[str, str]] = {}
    for version in sys.argv[1:]:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                ["npm", "pack", "--silent", f"electron@{version}"], cwd=folder, check=True
            )
            (packed,) = Path(folder).glob("*.tgz")
            with tarfile.open(packed) as archive:
                content = archive.extractfile("package/checksums.json")
                assert content is not None
                sums: dict[str, str] = json.loads(content.read())
        found = ((_ZIP.fullmatch(name), hash_) for name, hash_ in sorted(sums.items()))
        pins[version] = {match[1]: hash_ for match, hash_ in found if match}
    PINS.write_text(json.dumps(pins, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
