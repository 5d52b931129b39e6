"""The services in the client's types: the same names as in Python, and never behind them."""

from __future__ import annotations

from pathlib import Path

from pytron.services.desk import SERVICES
from pytron.services.exposed import events_of_services, functions_of
from pytron.typegen.services import module
from pytron.typegen.tsnames import key

PLACE = Path(__file__).parents[3] / "packages" / "pytron-client" / "src" / "services.ts"
WRITE = f"python -m pytron.typegen.services {PLACE.relative_to(PLACE.parents[3]).as_posix()}"


def test_client_has_the_types_of_the_services_as_they_are() -> None:
    assert PLACE.read_text("utf-8") == module(), f"the services have changed; run: {WRITE}"


def test_every_function_and_event_stands_there() -> None:
    text = module()
    for name in functions_of(None):
        plain = name.removeprefix("services.")
        assert f"    {key(plain)}: " in text
        assert f"{name.rpartition('.')[2]}(" in text
    for name in events_of_services():
        assert f'"{name}": ' in text


def test_what_pages_must_not_have_is_not_there() -> None:
    text = module()
    for service in ("secrets", "autostart", "instance", "folders"):
        assert SERVICES.find(service).pages == ()
        assert f"    {service}: {{" not in text
    assert "unregister(): " not in text.partition("    links: {")[2].partition("    };")[0]
