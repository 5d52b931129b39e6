from datetime import datetime
from threading import Event

from pytron import App

app = App("Beside", frontend="page", ephemeral=True)
asked = Event()


@app.expose
def hour() -> int:
    asked.set()
    return datetime.now().hour


if __name__ == "__main__":
    with app.running() as window:
        window.title = "Beside a script"
        asked.wait(timeout=20)
        print("the page has asked")
