from pytron import App, Event

app = App("Notes", app_id="org.example.notes", single_instance=True)


@app.on("links.opened")
def opened(event: Event) -> None:
    print(event.data["urls"], event.data["paths"])


@app.expose
async def register() -> None:
    await app.links.register_scheme("notes")  # notes:today starts the app
    await app.links.register_files(["note"], mime="application/x-notes", name="Note")
