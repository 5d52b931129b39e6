from pathlib import Path

from pytron import App, Event

app = App("Shelf", frontend="desktop/page")
shelf: list[Path] = []


@app.on("files.dropped")
def dropped(event: Event) -> None:
    if event.data["element"] == "shelf":  # its id in the page
        shelf.extend(file["path"] for file in event.data["files"] if not file["folder"])
