"""What is written for the sample app: always the same, and what TypeScript makes of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from pytron import App, bundled
from pytron.typegen import declarations, describe
from typegen.compiler import HERE, errors_of, needs_node, settings
from typegen.sample import SAMPLE, sample_app, sample_contract

WRITTEN = HERE / "sample.d.ts"


def test_sample_is_written_as_it_was() -> None:
    text = declarations(sample_contract())
    again = "pytron types python/tests/typegen/sample_app.py --out python/tests/typegen/sample.d.ts"
    assert text == WRITTEN.read_text("utf-8"), f"if the change is meant: {again}"


def test_sample_covers_much() -> None:
    assert len(sample_contract().functions) > 80
    assert len(sample_contract().types) > 25


def test_order_of_declaration_does_not_matter() -> None:
    turned = App("Sample", state=sample_app().state_type)
    for function in reversed(list(sample_app().functions.values())):
        turned.expose(name=function.name)(function.target)
    for event in reversed(list(sample_app().events.values())):
        turned.event(event.name, event.kind)
    assert declarations(describe(turned)) == declarations(sample_contract())


def test_another_process_writes_the_same(tmp_path: Path) -> None:
    out = tmp_path / "pytron.d.ts"
    subprocess.run(
        [sys.executable, "-m", "pytron", "types", str(SAMPLE), "--out", str(out)],
        env={**os.environ, "PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo"},
        cwd=tmp_path,
        check=True,
        timeout=60,
    )
    assert out.read_text("utf-8") == WRITTEN.read_text("utf-8")


@needs_node
def test_strict_typescript_agrees_with_every_use(tmp_path: Path) -> None:
    shutil.copy(WRITTEN, tmp_path / "pytron.d.ts")
    shutil.copy(HERE / "uses.ts", tmp_path)
    assert errors_of(tmp_path, settings()) == []


@needs_node
def test_uses_are_wrong_without_the_declarations(tmp_path: Path) -> None:
    """Else the test above would prove nothing."""
    nothing = 'declare module "pytron-client" { interface Functions { nothing(): void } }'
    (tmp_path / "pytron.d.ts").write_text(f'import "pytron-client";\n{nothing}')
    shutil.copy(HERE / "uses.ts", tmp_path)
    assert len(errors_of(tmp_path, settings())) > 50


@needs_node
def test_one_file_of_declarations_serves_pages_without_node(tmp_path: Path) -> None:
    shutil.copy(WRITTEN, tmp_path / "pytron.d.ts")
    shutil.copy(HERE / "uses.ts", tmp_path)
    client = tmp_path / "pytron-client.d.ts"
    client.write_bytes(bundled.client_types())
    assert errors_of(tmp_path, settings(**{"pytron-client": client})) == []
