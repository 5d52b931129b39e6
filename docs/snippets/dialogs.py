from pathlib import Path

from pytron import App
from pytron.services.dialogs import Filter

app = App("Editor")


@app.expose
def open_note() -> str | None:
    path = app.dialogs.open_file(title="Open a note", filters=[Filter("Notes", ["txt", "md"])])
    chosen = path.result(timeout_s=3600)  # a worker thread may wait for the user
    return chosen.read_text() if chosen else None


@app.expose
async def discard(path: Path) -> bool:
    answer = await app.dialogs.message(
        "Discard this note?",
        detail="It goes to the trash.",
        level="question",
        buttons=["Discard", "Show it", "Keep"],
    )
    if answer == "Discard":
        await app.opener.trash(path)
    elif answer == "Show it":
        await app.opener.reveal(path)
    return answer == "Discard"
