"""Adding parts to an app's file: the code goes where it belongs, and nothing else is touched."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

from pytron.errors import ConfigError
from pytron.project.naming import title_of

_WINDOW = '''

@{app}.expose
def open_{name}() -> None:
    """Open the window {label!r}, or bring it to the front."""
    if any(window.label == "{label}" for window in {app}.windows):
        {app}.window("{label}").focus()
    else:
        {app}.open_window("{label}", url="{url}", title="{title}", width=480, height=360)
'''
_ROUTE = '''

@{app}.asset("{pattern}")
def {name}({parameters}) -> str:
    """What the page gets from /{pattern}: text here; bytes, a path or a Response will do too."""
    return f"{shown}"
'''
_STATE = '''@dataclass
class {kind}:
    """A part of the state that Python and every window share."""

    value: int = 0


'''
_PAGE = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>{title}</title>
    <link rel="stylesheet" href="{style}" />
  </head>
  <body>
    <main class="app">
      <h1>{title}</h1>
      <p>Edit <code>{file}</code>.</p>
    </main>
  </body>
</html>
"""


class AppFile:
    """A file that makes an app, and where new code goes in it."""

    def __init__(self, path: Path) -> None:
        """Read it.

        Raises:
            ConfigError: it is no Python, or makes no `App` at its top level.
        """
        self.path = path
        self.text = path.read_text("utf-8")
        try:
            self.tree = ast.parse(self.text)
        except SyntaxError as error:
            raise ConfigError(f"{path} is no Python: {error.msg} (line {error.lineno})") from error
        found = next(filter(None, map(_app_of, self.tree.body)), None)
        if found is None:
            raise ConfigError(
                f"{path} has no line such as app = App(…) at its top level, so it is not clear "
                "where the code belongs; give the file that has it"
            )
        self.app, self.call, self.statement = found

    def names(self) -> set[str]:
        """What the file defines or imports at its top level."""
        found: set[str] = set()
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.add(node.name)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                found |= {alias.asname or alias.name for alias in node.names}
            elif isinstance(node, ast.Assign):
                found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        return found

    def require_free(self, name: str) -> None:
        """Raise where a name is taken.

        Raises:
            ConfigError: it is.
        """
        if name in self.names():
            raise ConfigError(f"{self.path.name} has {name!r} already; choose another name")

    def last_line(self) -> int:
        """The line before which new functions go: that of the guard, else the end."""
        for node in self.tree.body:
            if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
                return node.lineno - 1
        return len(self.text.splitlines())

    def insert(self, line: int, code: str) -> None:
        """Put code after so many lines."""
        lines = self.text.splitlines(keepends=True)
        before = "".join(lines[:line]).rstrip("\n") + "\n" if code.startswith("\n") else None
        head = before if before is not None else "".join(lines[:line])
        rest = "".join(lines[line:])
        gap = "\n\n" if code.startswith("\n") and rest.strip() else ""
        self.text = head + code + gap + rest
        self.tree = ast.parse(self.text)

    def write(self) -> None:
        """Write it back."""
        self.path.write_text(self.text, "utf-8", newline="\n")


class _Found(NamedTuple):
    name: str
    call: ast.Call
    statement: ast.stmt


def _app_of(node: ast.stmt) -> _Found | None:
    target, value = None, None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
    elif isinstance(node, ast.AnnAssign):
        target, value = node.target, node.value
    if isinstance(target, ast.Name) and isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else value.func
        if called == "App" or (isinstance(called, ast.Name) and called.id == "App"):
            return _Found(target.id, value, node)
    return None


def add_window(file: AppFile, label: str, page: Path) -> list[Path]:
    """A window with a page of its own; the files that were written.

    Raises:
        ConfigError: the name is no good, or taken.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", label):
        raise ConfigError(f"{label!r} is no label: use lower-case letters, digits and dashes")
    name, title = label.replace("-", "_"), title_of(label)
    file.require_free(f"open_{name}")
    document = page / f"{label}.html"
    if document.exists():
        raise ConfigError(f"{document} is there already; choose another name")
    style = "src/style.css" if (page / "src" / "style.css").is_file() else "style.css"
    code = _WINDOW.format(app=file.app, name=name, label=label, title=title, url=f"/{label}.html")
    file.insert(file.last_line(), code)
    shown = f"{page.name}/{document.name}"
    document.write_text(_PAGE.format(title=title, style=style, file=shown), "utf-8")
    file.write()
    return [file.path, document]


def add_route(file: AppFile, pattern: str) -> list[Path]:
    """A path of the app's origin that Python answers.

    Raises:
        ConfigError: the pattern is no good, or its function's name taken.
    """
    pattern = pattern.strip("/")
    if not re.fullmatch(r"[\w.{}:/-]+", pattern) or pattern.startswith("_pytron"):
        raise ConfigError(f"{pattern!r} is no path; for example: thumb/{{id}}")
    name = re.sub(r"\W+", "_", pattern.split("{")[0].strip("/")).strip("_") or "route"
    if not name.isidentifier():
        name = f"route_{name}"
    file.require_free(name)
    parameters = [match.split(":")[0] for match in re.findall(r"\{([^}]*)\}", pattern)]
    if not all(parameter.isidentifier() for parameter in parameters):
        raise ConfigError(f"{pattern!r} has a part that is no name; for example: thumb/{{id}}")
    shown = f"{name}: " + ", ".join(f"{{{parameter}}}" for parameter in parameters)
    file.insert(
        file.last_line(),
        _ROUTE.format(
            app=file.app,
            pattern=pattern,
            name=name,
            parameters=", ".join(f"{parameter}: str" for parameter in parameters),
            shown=shown.rstrip(": "),
        ).replace('f"' + name + '"', f'"{name}"'),
    )
    file.write()
    return [file.path]


def add_state(file: AppFile, kind: str) -> list[Path]:
    """A class for a part of the state, as a field of the state's class.

    Raises:
        ConfigError: the name is no good or taken, or the state's class is not in this file.
    """
    if not re.fullmatch(r"[A-Z]\w*", kind):
        raise ConfigError(f"{kind!r} is no name of a class; for example: Settings")
    file.require_free(kind)
    given = next((word.value for word in file.call.keywords if word.arg == "state"), None)
    classes = [node for node in file.tree.body if isinstance(node, ast.ClassDef)]
    whole = next(
        (node for node in classes if isinstance(given, ast.Name) and node.name == given.id), None
    )
    if whole is None:
        raise ConfigError(
            f"{file.path.name} does not have the class of the state: give the app one first, "
            "App(…, state=State), with State a dataclass in this file"
        )
    field = re.sub(r"(?<!^)(?=[A-Z])", "_", kind).lower()
    last = whole.body[-1].end_lineno or whole.body[-1].lineno
    first = min([whole.lineno, *(node.lineno for node in whole.decorator_list)])
    file.insert(last, f"    {field}: {kind} = field(default_factory={kind})\n")
    file.insert(first - 1, _STATE.format(kind=kind))
    _import(file, "dataclass", "field")
    file.write()
    return [file.path]


def _import(file: AppFile, *wanted: str) -> None:
    for node in file.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses":
            names = sorted({*(alias.name for alias in node.names), *wanted})
            lines = file.text.splitlines(keepends=True)
            end = node.end_lineno or node.lineno
            lines[node.lineno - 1 : end] = [f"from dataclasses import {', '.join(names)}\n"]
            file.text = "".join(lines)
            return
    at = next(n.lineno for n in file.tree.body if isinstance(n, ast.Import | ast.ImportFrom))
    file.insert(at - 1, f"from dataclasses import {', '.join(wanted)}\n")
