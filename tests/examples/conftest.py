"""Loads an example's app as a fresh module, with its own folder first on the path."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
LoadExample = Callable[[str], ModuleType]


@pytest.fixture
def load_example(monkeypatch: pytest.MonkeyPatch) -> Iterator[LoadExample]:
    """Import `examples/NAME/app.py`; what it imports from beside itself is forgotten afterwards."""
    before = set(sys.modules)

    def load(name: str) -> ModuleType:
        folder = EXAMPLES / name
        monkeypatch.syspath_prepend(str(folder))
        spec = importlib.util.spec_from_file_location(f"example_{name}", folder / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        return module

    yield load
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file is not None and Path(file).is_relative_to(EXAMPLES):
            del sys.modules[name]
