from pytron import App, Event

app = App("Reports")


@app.asset("report/{year}.csv")
def report(year: int) -> bytes:
    return f"year,sum\n{year},42\n".encode()


@app.on("download.finished")
def finished(event: Event) -> None:
    app.opener.reveal(event.data["path"])


@app.expose
def keep_quietly() -> None:
    app.downloads.folder = app.folders.downloads  # no question from now on


@app.expose
async def save_year(year: int) -> int:
    return await app.downloads.save(f"/report/{year}.csv", name=f"{year}.csv")
