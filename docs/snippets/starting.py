from pytron import App, Event

app = App("Notes", app_id="org.example.notes", single_instance=True)


@app.on("links.opened")
def opened(event: Event) -> None:
    print(event.data["urls"], event.data["paths"])


@app.expose
async def register() -> None:
    await app.links.register_scheme("notes")  # notes:today starts the app
    await app.links.register_files(["note"], mime="application/x-notes", name="Note")


@app.expose
async def start_with_the_session(on: bool) -> bool:
    if on:
        await app.autostart.enable(["--hidden"])
    else:
        await app.autostart.disable()
    return await app.autostart.enabled()


@app.expose
async def sign_in(token: str) -> None:
    await app.secrets.set("token", token)  # pages cannot read it back
    (app.folders.data / "signed-in").touch()


@app.expose
async def machine() -> dict[str, object]:
    await app.system.watch()  # from now on changes are told
    power, online = await app.system.power(), await app.system.online()
    return {**power, "online": online, "language": await app.system.locale()}


@app.on("system.network")
def network(event: Event) -> None:
    print("back again" if event.data["online"] else "away")
