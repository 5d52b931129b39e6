from html import escape

from pytron import App

app = App("Table")


@app.expose
async def copy_table(rows: list[list[str]]) -> None:
    cells = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) for row in rows)
    plain = "\n".join("\t".join(row) for row in rows)
    await app.clipboard.write_html(f"<table>{cells}</table>", plain)
