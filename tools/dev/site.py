"""What makes a site of docs/: its order, and what of the pages a site cannot show.

Called by mkdocs, whose hooks these functions are.
"""

import re
from pathlib import Path, PurePosixPath
from typing import Any

_ROW = re.compile(r"^\| \[([^\]]+)\]\((\w[\w-]*\.md)\)", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)((?:#[^)]*)?)\)")
_FENCE = re.compile(r"^(```\w+) file=\S+$", re.MULTILINE)


def on_config(config: Any) -> Any:
    """The order of the pages is that of the table in the first one."""
    first = Path(config["docs_dir"]) / "getting-started.md"
    rows = _ROW.findall(first.read_text("utf-8"))
    config["nav"] = [{"Getting started": first.name}, *({title: page} for title, page in rows)]
    return config


def on_files(files: Any, config: Any) -> Any:
    """A site begins at index.html."""
    del config
    first = files.get_file_from_path("getting-started.md")
    first.dest_uri = "index.html"
    first.url = "index.html"
    first.abs_dest_path = str(Path(first.dest_dir) / "index.html")
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Links to files of the repository become their names; fences keep their language only."""
    return _LINK.sub(_shown, _FENCE.sub(r"\1", markdown))


def _shown(link: re.Match[str]) -> str:
    text, target, _ = link.groups()
    if "://" in target or (PurePosixPath(target).suffix == ".md" and "/" not in target):
        return link[0]
    return text if "`" in text else f"{text} (`{target.removeprefix('../')}`)"
