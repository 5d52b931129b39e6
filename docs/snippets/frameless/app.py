import pytron
from pytron import App

app = App("Player", frontend="page", frameless=True, remember=True, width=420, height=260)


@app.expose
def close_it() -> None:
    pytron.current().window.close()
