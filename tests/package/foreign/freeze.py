"""Run by that other Python: compiles its standard library and an app, for a sealed package.

    python freeze.py APP OUT

OUT gets one marshalled list of modules: name, whether it is a package, code.
"""

from __future__ import annotations

import marshal
import pathlib
import sys
import sysconfig
from collections.abc import Iterator

LEFT_OUT = {"test", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip", "site-packages"}


def modules(root: pathlib.Path) -> Iterator[tuple[str, bool, bytes]]:
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0] in LEFT_OUT or "tests" in parts or "__pycache__" in parts:
            continue
        package = parts[-1] == "__init__"
        name = "/".join(parts[:-1] if package else parts)
        code = compile(path.read_bytes(), f"{name}.py", "exec", dont_inherit=True)
        yield name, package, marshal.dumps(code)


app, out = map(pathlib.Path, sys.argv[1:3])
found = list(modules(pathlib.Path(sysconfig.get_path("stdlib"))))
for source in sorted(app.glob("*.py")):
    # Named so, Python leaves the importer's own frames out of tracebacks.
    name = "<frozen importlib._bootstrap>" if source.stem.startswith("_pytron") else source.name
    code = compile(source.read_bytes(), name, "exec", dont_inherit=True)
    found.append((source.stem, False, marshal.dumps(code)))
out.write_bytes(marshal.dumps(found))
