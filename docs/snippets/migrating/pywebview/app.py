from pytron import Api, App, Event

app = App("Words", frontend="page", width=420, height=260)
words = Api("words")


@words.expose
def count(text: str) -> dict[str, int]:
    found = text.split()
    for done, word in enumerate(found, start=1):
        app.emit("progress", {"done": done, "of": len(found), "word": word})
    return {"words": len(found), "letters": sum(map(len, found))}


app.include(words)


@app.on("window.closing")
async def closing(event: Event) -> None:
    print("closed", event.window)


if __name__ == "__main__":
    raise SystemExit(app.run())
