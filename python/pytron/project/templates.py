"""The templates that `pytron init` makes projects from: plain files, layer over layer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from pytron.errors import ConfigError

FOLDER: Final = Path(__file__).parents[1] / "templates"

#: What the files of the templates call the app; a project has its own names there.
SLUG: Final = "pytron-app"
TITLE: Final = "Pytron App"
PAGE: Final = "frontend/dist"
#: JSON of several layers becomes one; of every other file the last layer's is taken.
_MERGED: Final = frozenset({"package.json", "tsconfig.json"})
#: What tools leave in a checkout, beside caches with a dot.
_NOT_OURS: Final = frozenset({"__pycache__", "node_modules", "dist"})
_BINARY: Final = frozenset({".png", ".ico", ".woff2"})


_SHORT_LIST: Final = re.compile(r"\[\n([^\[\]{}]{1,80})\n\s*\]")


class Layer(NamedTuple):
    """A folder of templates/, and where its files go in the project."""

    source: str
    target: str = ""


class Template(NamedTuple):
    """A kind of project.

    Attributes:
        name: what `--template` takes.
        about: what it is, for the list.
        layers: the later ones win.
        page: the folder that the app serves.
        edit: the file of the page that a newcomer should open first.
        node: whether the page is built by Node.
    """

    name: str
    about: str
    layers: tuple[Layer, ...]
    page: str = PAGE
    edit: str = "frontend/index.html"
    node: bool = True


_BASE: Final = Layer("base")
_VITE: Final = (_BASE, Layer("node"), Layer("vite"), Layer("page", "frontend/src/"))


#: What the templates of React and of Next.js, which is React, have in common.
_REACT: Final = Layer("react-cards")


def _vite(name: str, about: str, edit: str, *more: Layer) -> Template:
    layers = (*_VITE, *more, Layer(name))
    return Template(name, about, layers, edit=f"frontend/src/{edit}")


TEMPLATES: Final[Mapping[str, Template]] = {
    template.name: template
    for template in (
        Template(
            "vanilla",
            "plain JavaScript, no Node and no build",
            (_BASE, Layer("page", "frontend/"), Layer("vanilla")),
            page="frontend",
            node=False,
        ),
        _vite("vanilla-ts", "TypeScript without a framework, built by Vite", "main.ts"),
        _vite("react", "React, built by Vite", "App.tsx", _REACT),
        _vite("vue", "Vue, built by Vite", "App.vue"),
        _vite("svelte", "Svelte, built by Vite", "App.svelte"),
        _vite("solid", "Solid, built by Vite", "App.tsx"),
        _vite("preact", "Preact, built by Vite", "App.tsx"),
        _vite("lit", "Lit, built by Vite", "main-view.ts"),
        Template(
            "next",
            "Next.js, exported as plain files",
            (
                _BASE,
                Layer("node"),
                Layer("page", "frontend/src/"),
                _REACT,
                Layer("next"),
            ),
            page="frontend/out",
            edit="frontend/src/app/page.tsx",
        ),
    )
}


def template_of(name: str) -> Template:
    """The template of a name.

    Raises:
        ConfigError: there is none.
    """
    if name not in TEMPLATES:
        raise ConfigError(f"there is no template {name!r}; take one of: {', '.join(TEMPLATES)}")
    return TEMPLATES[name]


def files_of(template: Template) -> dict[str, bytes]:
    """The files of a template by their path in the project, with the template's own names."""
    found: dict[str, bytes] = {}
    for layer in template.layers:
        for path, content in _read(layer):
            if path.rpartition("/")[2] in _MERGED and path in found:
                content = _merged(found[path], content)
            found[path] = content
    return found


def named(path: str, content: bytes, slug: str, title: str, template: Template) -> bytes:
    """A file with the names of a project instead of the template's."""
    if Path(path).suffix in _BINARY:
        return content
    text = content.decode("utf-8")
    quoted = json.dumps(title, ensure_ascii=False)
    text = text.replace(f'"{TITLE}"', quoted) if not path.endswith(".md") else text
    text = text.replace(TITLE, _fit(title, path)).replace(SLUG, slug)
    return text.replace(PAGE, template.page).encode()


def _fit(title: str, path: str) -> str:
    """A title where no quotes stand around it: it must not become markup or code."""
    from html import escape

    if path.endswith((".html", ".vue", ".svelte", ".tsx")):
        return escape(title).replace("{", "&#123;").replace("}", "&#125;")
    return title.replace("\\", "").replace('"', "'").replace("`", "'")


def _read(layer: Layer) -> Iterator[tuple[str, bytes]]:
    folder = FOLDER / layer.source
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_dir() or any(part.startswith(".") or part in _NOT_OURS for part in parts):
            continue
        # A dot at the front would make them files of this repository, or of the wheel's build.
        names = [f".{part[1:]}" if _is_hidden(part) else part for part in parts]
        yield layer.target + "/".join(names), path.read_bytes()


def _is_hidden(part: str) -> bool:
    return part.startswith("_") and not part.startswith("__")


def _merged(below: bytes, above: bytes) -> bytes:
    whole = _merge(json.loads(below), json.loads(above))
    text = json.dumps(whole, indent=2, ensure_ascii=False)
    return (_SHORT_LIST.sub(_on_one_line, text) + "\n").encode()


def _on_one_line(found: re.Match[str]) -> str:
    """As formatters write a list that is short."""
    return "[" + re.sub(r",\n\s*", ", ", found[1].strip()) + "]"


def _merge(below: Any, above: Any) -> Any:
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    both = dict(cast("dict[str, Any]", below))
    for key, value in cast("dict[str, Any]", above).items():
        both[key] = _merge(both[key], value) if key in both else value
    return both
