"""An app whose user can report a problem."""

import pytron
from pytron import App

app = App("Report")


@app.expose
def report_problem() -> str:
    """For a menu item: where the file to send is."""
    return str(pytron.report())


if __name__ == "__main__":
    raise SystemExit(app.run())
