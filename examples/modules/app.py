"""An app of many files: each has an `Api` of its own, and none imports the app."""

from files import files
from pytron import App
from sums import sums

app = App("Modules", frontend="page", width=520, height=360)
app.include(files)
app.include(sums)

if __name__ == "__main__":
    raise SystemExit(app.run())
