"""What makes a site of docs/: its order, and what of the pages a site cannot show.

Called by mkdocs, whose hooks these functions are.
"""

import re
import shutil
import subprocess
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

_ROOT = Path(__file__).parents[2]
#: Where typedoc writes the client's reference, as tools/reference/typedoc.json says.
_CLIENT = _ROOT / "build" / "reference"

_ROW = re.compile(r"^\| \[([^\]]+)\]\((\w[\w-]*\.md)\)", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)((?:#[^)]*)?)\)")
_FENCE = re.compile(r"^(```\w+) file=\S+$", re.MULTILINE)


def on_config(config: Any) -> Any:
    """The order of the pages is that of the table in the first one."""
    first = Path(config["docs_dir"]) / "getting-started.md"
    rows = _ROW.findall(first.read_text("utf-8"))
    config["nav"] = [{"Getting started": first.name}, *({title: page} for title, page in rows)]
    _describe_client()
    pages = [{_title(name): f"client/{name}"} for name in _client_pages()]
    config["nav"].append({"Reference of the client": pages})
    return config


def _describe_client() -> None:
    """Make the reference of the page's side from its sources."""
    node = shutil.which("node")
    if node is None:
        raise PluginError("node is not on the PATH: run `python3 dev.py setup`, then nox by dev.py")
    program = _ROOT / "tools" / "reference" / "node_modules" / "typedoc" / "bin" / "typedoc"
    options = _ROOT / "tools" / "reference" / "typedoc.json"
    done = subprocess.run(
        [node, str(program), "--options", str(options)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise PluginError(f"typedoc failed:\n{done.stdout}{done.stderr}")


def _client_pages() -> list[str]:
    """The pages about the client, the one of `pytron-client` itself first."""
    found = [path.relative_to(_CLIENT).as_posix() for path in _CLIENT.rglob("*.md")]
    return sorted(set(found) - {"README.md"}, key=lambda name: (not name.startswith("index"), name))


def _title(name: str) -> str:
    """What a module is imported as, or what a namespace is called."""
    module = name.removesuffix(".md").removesuffix("/README")
    if "/namespaces/" in module:
        return f"pytron.{module.rpartition('/')[2]}"
    return f"pytron-client/{module.removeprefix('bindings/')}".removesuffix("/index")


def on_files(files: Any, config: Any) -> Any:
    """A site begins at index.html, and has the client's reference beside the pages of docs/."""
    for name in _client_pages():
        text = (_CLIENT / name).read_text("utf-8")
        text = re.sub(r"\A# .*", f"# {_title(name)}", text)
        files.append(File.generated(config, f"client/{name}", content=text))
    first = files.get_file_from_path("getting-started.md")
    first.dest_uri = "index.html"
    first.url = "index.html"
    first.abs_dest_path = str(Path(first.dest_dir) / "index.html")
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links to files of the repository become their names; fences keep their language only."""
    if page.file.src_uri.startswith("client/"):
        return markdown
    return _LINK.sub(_shown, _FENCE.sub(r"\1", markdown))


def _shown(link: re.Match[str]) -> str:
    text, target, _ = link.groups()
    if "://" in target or (PurePosixPath(target).suffix == ".md" and "/" not in target):
        return link[0]
    return text if "`" in text else f"{text} (`{target.removeprefix('../')}`)"
