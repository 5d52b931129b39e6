from pytron import App, Event
from pytron.services.notifications import Action

app = App("Exports", app_id="org.example.exports", single_instance=True)


@app.expose
async def finished(name: str) -> int:
    return await app.notifications.show(
        "Export is done",
        name,
        actions=[Action("reveal", "Show the file")],
        url="/exports",  # a click leads there
    )


@app.on("notifications.click")
def clicked(event: Event) -> None:
    if event.data["action"] == "reveal":
        print("show", event.data["key"])


@app.expose
async def show_unread(count: int) -> None:
    if app.can("badge.count"):
        await app.badge.count(count)  # 0 takes it away


@app.expose
async def outlive() -> bool:
    if app.can("notifications.register"):
        await app.notifications.register()  # once: the system remembers it
    return bool(app.can("notifications.launch"))
