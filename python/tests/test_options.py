"""What a window can be opened with, a PDF's paper, and what is told of what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pytron import App, CallError, ConfigError
from pytron.options import OPTIONS, to_wire
from pytron.testing import TestClient

AppOf = App[Any]


def test_unknown_option_is_refused_where_it_is_written(app: AppOf) -> None:
    with pytest.raises(ConfigError, match="no option 'widht'; did you mean 'width'"):
        App("x", widht=3)  # type: ignore[call-overload]
    with TestClient(app), pytest.raises(ConfigError, match="there are: title, "):
        app.open_window("second", qqqq=1)  # type: ignore[call-arg]


def test_every_option_has_a_name_on_the_wire() -> None:
    assert len(set(OPTIONS.values())) == len(OPTIONS)
    chosen = {"theme": "dark", "context_menu": "none", "backdrop": "mica", "background": "#102030"}
    assert to_wire({**dict.fromkeys(OPTIONS, True), **chosen}).keys() == set(OPTIONS.values())


@pytest.mark.parametrize(
    ("given", "wire"), [(True, []), (False, None), (["de", "en_GB"], ["de", "en_GB"])]
)
def test_spelling_is_for_languages_the_users_own_or_none(given: object, wire: object) -> None:
    assert to_wire({"spellcheck": given}) == {"spellcheck": wire}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ({"context_menu": "all"}, "context_menu='all' is none of 'default', 'edit', 'none'"),
        ({"backdrop": "glass"}, "'mica', 'acrylic', 'vibrancy', None"),
        ({"theme": "blue"}, "theme='blue' is none of 'light', 'dark', None"),
        ({"spellcheck": "de"}, r"give a list: \['de'\]"),
        ({"width": "wide"}, "width='wide' is no number from 1 to 32767"),
        ({"min_height": 0}, "min_height=0 is no number from 1"),
        ({"height": None}, "height=None is no number"),
        ({"zoom": -1}, "zoom=-1 is no number from 0.1 to 10"),
        ({"background": "red"}, "background='red' is no colour; write it as '#rrggbb'"),
        ({"min_width": 500, "max_width": 400}, "min_width=500 is more than max_width=400"),
    ],
)
def test_what_an_option_cannot_have_is_said(option: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        to_wire(option)


def test_a_pdf_is_asked_for_in_millimetres_and_by_a_whole_path(
    app: AppOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Mapping[str, Any]] = []

    @app.expose
    def into(path: str, paper: dict[str, Any]) -> None:
        app.window("main").pdf(path, **paper).result()

    monkeypatch.chdir(tmp_path)
    with TestClient(app) as page:
        page.engine.services["window.pdf"] = asked.append
        page.call("into", "a.pdf", {"width_mm": 100, "height_mm": 50, "margin_mm": 0})
        page.call("services.windows.pdf", "b.pdf", {"landscape": True})
    usual = {"landscape": False}
    assert asked == [
        {**usual, "path": str(tmp_path / "a.pdf"), "width": 100, "height": 50, "margin": 0},
        {"path": str(tmp_path / "b.pdf"), "landscape": True},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("paper", "message"),
    [
        ({"width_mm": 100}, "give both, or none"),
        ({"width_mm": 0, "height_mm": 10}, "no such paper: width_mm=0, height_mm=10"),
        ({"width_mm": 10, "height_mm": float("nan")}, "no such paper"),
        ({"margin_mm": -1}, "no such paper: margin_mm=-1"),
        ({"width_mm": 40, "height_mm": 60, "margin_mm": 20}, "leaves nothing of the paper"),
    ],
)
def test_a_paper_that_cannot_be_is_refused(app: AppOf, paper: dict[str, Any], message: str) -> None:
    with TestClient(app), pytest.raises(CallError, match=message) as error:
        app.window("main").pdf("x.pdf", **paper)
    assert error.value.code == "invalid_arguments"


def test_data_of_no_such_kind_is_refused(app: AppOf) -> None:
    with (
        TestClient(app),
        pytest.raises(CallError, match="'cookie' is none of cookies, st") as error,
    ):
        app.window("main").clear_data(["cookie"])
    assert error.value.code == "invalid_arguments"
