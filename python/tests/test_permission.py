"""What windows may do: the app's own pages everything, foreign ones what they are granted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytron import App, ConfigError
from pytron.config import foreign_origin
from pytron.testing import Page, RemoteError, TestClient

FOREIGN = "https://docs.example.org/start"
OWN = "/second.html"
AppOf = App[Any]


@pytest.fixture
def app() -> AppOf:
    """An app with something to reach for."""
    app: AppOf = App("test", ephemeral=True, allow=None)
    app.state.secret = "S"
    app.expose(lambda a, b: a + b, name="add")
    app.expose(lambda: "kept", name="notes.read")
    app.expose(lambda: "gone", name="vault.open")
    app.asset("/picture")(lambda: "a picture")
    return app


def opened(client: TestClient, app: AppOf, allow: list[str] | None, url: str = FOREIGN) -> Page:
    app.open_window("docs", url=url, trust=url == FOREIGN, allow=allow)
    return client.page("docs")


def refusal(act: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act()
    assert caught.value.code == "not_allowed"
    return caught.value


def test_foreign_page_is_not_shown_without_trust(app: AppOf) -> None:
    with TestClient(app) as client:
        for url in (FOREIGN, "HTTP://127.0.0.1:8000/", "http://localhost/"):
            with pytest.raises(ConfigError, match=r"give trust=True .* and allow="):
                app.open_window("docs", url=url)
        assert len(client.engine.windows) == 1


def test_only_a_foreign_window_tells_the_engine_of_the_foreign_origin(app: AppOf) -> None:
    with TestClient(app) as client:
        first = app.open_window("docs", url="HTTPS://Docs.Example.org:443/start", trust=True)
        second = app.open_window("own", url=OWN, trust=True)
        assert client.engine.windows[first.id]["trust"] == ["https://docs.example.org"]
        assert "trust" not in client.engine.windows[second.id]
        assert "allow" not in client.engine.windows[first.id]


def test_foreign_page_may_do_nothing_by_default(app: AppOf) -> None:
    seen: list[Any] = []
    app.on("*", lambda event: seen.append(event))
    with TestClient(app) as client:
        seen.clear()
        page = opened(client, app, None)
        assert "allow=['add']" in str(refusal(lambda: page.call("add", 1, 2)))
        refusal(lambda: page.change([{"op": "set", "path": ["secret"], "value": "X"}]))
        refusal(lambda: page.change([{"op": "set", "path": ["a"], "value": 1}], scope="window"))
        assert page.state == {}
        assert page.scope("window") == (0, {})
        page.emit("saved", 1)
        assert "allow=['events:saved']" in str(page.wait_for_fault())
        page.emit("saved", 1, to="*")
        assert page.wait_for_fault().code == "not_allowed"
        page.subscribe("*")
        assert "allow=['events:*']" in str(page.wait_for_fault())
        for asks in ({"kind": "sync"}, {"kind": "watch", "path": ["secre"]}):
            page.send({**asks, "scope": "app"})
            assert "allow=['state:app']" in str(page.wait_for_fault())
        assert page.get("/picture").status == 403
        assert client.get("/picture").text == "a picture"
    assert app.state.secret == "S"
    assert [event for event in seen if event.name == "saved"] == []


def test_hidden_state_sends_no_patches(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, ["add"])
        app.state.secret = "T"
        client.wait_for_state(lambda state: state["secret"] == "T")
        assert page.call("add", 1, 2) == 3  # comes after whatever was sent before it
        assert page.state == {}


def test_name_that_is_not_granted_is_refused_whether_or_not_it_exists(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, ["notes.*"])
        for name in ("vault.open", "vault.opn"):
            error = refusal(lambda name=name: page.call(name))
            assert str(error).startswith(f"window 'docs' may not call {name!r};")
        with pytest.raises(RemoteError) as caught:
            page.call("notes.opn")
        assert caught.value.code == "unknown_function"
        assert "vault" not in str(caught.value)


def test_refusal_names_the_grant_that_is_missing_and_keeps_the_others(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, ["add", "state:window"])
        assert str(refusal(lambda: page.call("vault.open"))) == (
            "window 'docs' may not call 'vault.open'; to allow it, open the window with "
            "allow=['add', 'state:window', 'vault.open']"
        )


@pytest.mark.parametrize("grant", ["notes.read", "notes.*", "*"])
def test_granted_functions_are_called(app: AppOf, grant: str) -> None:
    with TestClient(app) as client:
        assert opened(client, app, [grant]).call("notes.read") == "kept"


def test_granted_state_is_seen_and_changed(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, ["state"])
        assert page.state == {"secret": "S"}
        page.change([{"op": "set", "path": ["secret"], "value": "T"}])
        assert app.state.secret == "T"
        page.sync()


def test_state_of_the_window_can_be_granted_alone(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, ["state:window"])
        page.change([{"op": "set", "path": ["draft"], "value": 1}], scope="window")
        assert app.window("docs").state.draft == 1
        assert page.state == {}
        refusal(lambda: page.change([{"op": "set", "path": ["secret"], "value": "T"}]))


def test_granted_events_pass_and_wider_patterns_do_not(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, ["events:note.*", "state:window"])
        page.subscribe("note.saved")
        page.subscribe("note.*")
        page.sync()
        app.emit("note.saved", 1)
        assert page.event() == ("note.saved", 1)
        for pattern in ("note*", "*", "other"):
            page.subscribe(pattern)
            assert f"events:{pattern}" in str(page.wait_for_fault())


def test_granted_assets_are_loaded(app: AppOf) -> None:
    with TestClient(app) as client:
        assert opened(client, app, ["assets"]).get("/picture").text == "a picture"


def test_own_window_is_narrowed_by_allow(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, ["add"], OWN)
        assert page.call("add", 1, 2) == 3
        refusal(lambda: page.call("vault.open"))
        assert page.state == {}
        assert page.get("/picture").status == 200  # without them the page itself could not be


def test_first_window_is_narrowed_by_allow() -> None:
    app: AppOf = App("test", ephemeral=True, allow=[])
    app.expose(lambda: 1, name="one")
    with TestClient(app) as client:
        refusal(lambda: client.call("one"))


def test_grant_and_windows_must_both_allow(app: AppOf) -> None:
    app.expose(lambda: 1, name="mine", windows=["main"])
    with TestClient(app) as client:
        page = opened(client, app, ["*"])
        assert "windows=['main', 'docs']" in str(refusal(lambda: page.call("mine")))


def test_grants_are_checked_before_arguments_are_decoded(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, [])
        call: dict[str, Any] = {"kind": "call", "id": 7, "name": "add", "args": ["no", "numbers"]}
        bad = [{"at": ["args", 0], "part": 9, "type": "bytes"}]  # a part that is not there
        page.send({**call, "bin": bad})
        refusal(lambda: page.result(7))
        ops = [{"op": "set", "path": ["a"], "value": None}]
        place = [{"at": ["ops", 0, "value"], "part": 9, "type": "bytes"}]
        page.send({"kind": "change", "id": 8, "scope": "app", "ops": ops, "bin": place})
        refusal(lambda: page.result(8))
        place = [{"at": ["data"], "part": 9, "type": "bytes"}]
        page.send({"kind": "event", "name": "saved", "data": None, "bin": place})
        assert page.wait_for_fault().code == "not_allowed"


def test_grants_hold_for_every_document_of_the_window(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, None)
        app.window("docs").navigate("/")
        page.hello()
        refusal(lambda: page.call("add", 1, 2))


def test_window_opened_anew_has_its_own_grants(app: AppOf) -> None:
    with TestClient(app) as client:
        page = opened(client, app, None)
        closed = app.window("docs")
        with pytest.raises(ConfigError, match="allow can only be given"):
            closed.set(allow=["add"])
        refusal(lambda: page.call("add", 1, 2))
        app.open_window("other", url=OWN)
        assert client.page("other").call("add", 1, 2) == 3


@pytest.mark.parametrize("allow", ["add", [""], ["events:"], ["state:all"], ["calls:add"]])
def test_what_is_no_grant_is_refused_when_the_window_is_opened(app: AppOf, allow: Any) -> None:
    with TestClient(app), pytest.raises(ConfigError, match="allow="):
        app.open_window("docs", url=OWN, allow=allow)


@pytest.mark.parametrize("url", ["http://name:99999/", "http://[::1/", "file:///etc/passwd"])
def test_what_is_no_address_is_refused(app: AppOf, url: str) -> None:
    with TestClient(app), pytest.raises(ConfigError, match=r"no address|cannot show"):
        app.open_window("docs", url=url, trust=True)


def test_frontend_url_is_the_apps_own(app: AppOf) -> None:
    app = App("test", ephemeral=True, frontend="http://localhost:5173")
    app.expose(lambda: 1, name="one")
    with TestClient(app) as client:
        app.open_window("second", url="http://localhost:5173/second")
        assert client.page("second").call("one") == 1
        with pytest.raises(ConfigError, match="trust=True"):
            app.open_window("third", url="http://localhost:5174/")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://[::1]:80/", "http://[::1]"),
        ("http://[::1]:81/", "http://[::1]:81"),
        ("https://Name:443", "https://name"),
        ("https://user@name:80/", "https://name:80"),
    ],
)
def test_origin_is_written_as_the_web_view_writes_it(url: str, origin: str) -> None:
    assert foreign_origin(url, [], trust=True) == origin


@pytest.mark.parametrize(
    ("grant", "hint"),
    [
        ("ad", "no function of that name; did you mean 'add'"),
        ("note.read", "did you mean 'notes.read'"),
        ("note.*", "no group of functions of that name; did you mean 'notes.*'"),
        ("vault.shut*", "did you mean 'vault."),
        ("stat", "did you mean 'state'"),
        ("services:dialog", "no service of that name; did you mean 'services:dialogs'"),
        ("services:dialogs.open_file", "did you mean 'services:dialogs'"),
        ("services.dialogs.open_file", "a service is granted by 'services:dialogs'"),
        ("xyzzy", "there are: 'add', 'notes.read', 'vault.open'"),
    ],
)
def test_grant_of_what_does_not_exist_is_refused_with_the_near_miss(
    app: AppOf, grant: str, hint: str
) -> None:
    with TestClient(app):
        with pytest.raises(ConfigError, match="grants nothing") as refused:
            app.open_window("docs", url=OWN, allow=[grant])
        assert hint in str(refused.value)
        assert [window.label for window in app.windows] == ["main"]


def test_grants_of_what_is_there_are_taken(app: AppOf) -> None:
    every = ["add", "ad*", "notes.*", "*", "events:anything", "state", "assets"]
    with TestClient(app):
        app.open_window("docs", url=OWN, allow=[*every, "services:dialogs", "services:*"])


def test_wrong_grant_of_the_first_window_is_found_before_it_opens() -> None:
    app: AppOf = App("test", ephemeral=True, allow=["notes.*"])
    app.expose(lambda: "kept", name="note.read")
    with pytest.raises(ConfigError, match=r"did you mean 'note\.\*'"):
        app.check()
    with pytest.raises(ConfigError, match=r"did you mean 'note\.\*'"), TestClient(app):
        pass
