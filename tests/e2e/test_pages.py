"""What windows do beyond showing: printing."""

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
