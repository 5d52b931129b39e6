"""Pages on paper: by the print dialog, and as PDF."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from e2e.driver import RunApp
from e2e.printer import printer
from e2e.test_dialogs import PRESS


def test_pdf_is_written_and_can_be_read(run_app: RunApp, tmp_path: Path) -> None:
    file = tmp_path / "page.pdf"
    page = f"""
    document.body.innerHTML = "<h1>Printed by Pytron</h1>";
    await pytron.services.windows.pdf({str(file)!r}, {{ width_mm: 100, height_mm: 150, margin_mm: 10 }});
    const wrong = await failure(pytron.services.windows.pdf("/nonexistent/x.pdf"));
    await report(wrong.code);
    """
    assert run_app(page).reports == ["unsupported"]
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True)
    assert text.stdout.split() == ["Printed", "by", "Pytron"]
    info = subprocess.run(["pdfinfo", str(file)], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1" in info
    (size,) = [line for line in info.splitlines() if line.startswith("Page size")]
    width, height = size.split()[2], size.split()[4]
    assert (round(float(width) / 72 * 25.4), round(float(height) / 72 * 25.4)) == (100, 150)


@pytest.mark.skipif(sys.platform != "linux", reason="CUPS is Linux's, and its paper a pipe")
def test_a_page_is_printed_unless_the_user_dismisses_it(run_app: RunApp, tmp_path: Path) -> None:
    page = """
    document.body.innerHTML = "<h1>Printed by Pytron</h1>";
    const dismissed = pytron.services.windows.print();
    await pytron.press("Print", "Escape");
    await report(await dismissed);
    const printed = pytron.services.windows.print();
    await pytron.press("Print", "Return");
    await report(await printed);
    await pytron.keep_paper();
    """
    python = (
        PRESS
        + """
import os
from pathlib import Path

@app.expose
def keep_paper() -> None:
    Path(os.environ["COPY"]).write_bytes(Path(os.environ["PAPER"]).read_bytes())
"""
    )
    copy = tmp_path / "copy"
    with printer() as (paper, variables):
        environment = {**variables, "PAPER": str(paper), "COPY": str(copy)}
        assert run_app(page, python, environment=environment).reports == [False, True]
    text = subprocess.run(["pdftotext", str(copy), "-"], capture_output=True, text=True, check=True)
    assert text.stdout.split() == ["Printed", "by", "Pytron"]


@pytest.mark.parametrize("end", ["app.quit()", "app.window('other').close()"])
def test_an_open_dialog_keeps_nothing_from_ending(run_app: RunApp, end: str) -> None:
    page = """
    await pytron.ready;
    if (pytron.window.label === "other") {
      pytron.services.windows.print().catch(() => {});
      await new Promise(() => {});
    }
    await pytron.open_other();
    await pytron.press("Print");
    const gone = event("gone");
    await pytron.end();
    await gone;
    """
    python = (
        PRESS
        + f"""
@app.expose
def open_other() -> None:
    app.open_window("other")

@app.expose
def end() -> None:
    {end}

@app.on("window.closed")
def closed(event) -> None:
    if event.window == "other":
        report("closed")
        app.emit("gone")
"""
    )
    with printer() as (_, environment):
        assert set(run_app(page, python, environment=environment).reports) <= {"closed"}
