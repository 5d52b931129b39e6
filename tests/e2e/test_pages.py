"""What windows do beyond showing: printing, downloads, forgetting, files dropped, bounds kept."""

from __future__ import annotations

import subprocess
from pathlib import Path

from e2e.driver import RunApp


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


def test_stored_data_is_forgotten(run_app: RunApp) -> None:
    python = """
@app.expose
async def forget() -> None:
    await app.window().clear_data(["storage"])
"""
    page = """
    if (!sessionStorage.seen && !location.search) {
      localStorage.kept = "yes";
      await pytron.forget();
      location.search = "?again";
      await new Promise(() => {});
    }
    await report(localStorage.kept ?? null);
    """
    assert run_app(page, python).reports == [None]


def test_kiosk_fills_the_screen_and_bounds_come_back(run_app: RunApp, tmp_path: Path) -> None:
    python = """
app = App("Test", app_id="dev.pytron.bounds", frontend="page", remember=True, width=500, height=300)

@app.expose
async def bounds() -> dict:
    return dict(await app.window().bounds())

@app.expose
def resize() -> None:
    app.window().resize(640, 410)
"""
    page = """
    const before = await pytron.bounds();
    const resized = new Promise((done) => addEventListener("resize", done, { once: true }));
    if (before.width === 500) { await pytron.resize(); await resized; }
    const { width, height } = await pytron.bounds();
    await report([before.width, width, height]);
    """
    environment = {"XDG_DATA_HOME": str(tmp_path / "data")}
    assert run_app(page, python, environment=environment).reports == [[500, 640, 410]]
    assert run_app(page, python, environment=environment).reports == [[640, 640, 410]]
