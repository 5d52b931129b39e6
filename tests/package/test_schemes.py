"""Key schemes end to end: what opens a package, and what its user is told when nothing does."""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from package.attacked import DEADLINE_S, NEEDLE, Place, as_stranger, assert_refused, linux_only
from package.sealing import start
from pytron.errors import PackagingError
from pytron.packager.pipeline import Build
from pytron.packager.prove import Prove
from pytron.packager.settings import Product
from pytron.packager.shield.keyserver import Question, serving
from pytron.packager.shield.licences import ProductKey, issue

pytestmark = linux_only
PASSPHRASE = "Größe und 7 Möwen"


def test_a_passphrase_opens_it_and_nothing_else_does(
    build: Callable[..., Build], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTRON_SHIELD_PASSPHRASE", PASSPHRASE)
    made = build(scheme="passphrase")
    Prove().run(made)
    assert "child" in made.facts["proof"]["seen"]  # type: ignore[index]
    good = start(made, f"{PASSPHRASE}\n".encode(), PYTRON_PASSPHRASE_FD="0")
    assert good.stdout.startswith("ready"), good.stderr
    # typed in another Unicode form of the same text
    import unicodedata

    apart = unicodedata.normalize("NFD", PASSPHRASE).encode()
    assert start(made, apart, PYTRON_PASSPHRASE_FD="0").stdout.startswith("ready")
    wrong = start(made, b"wrong\n", PYTRON_PASSPHRASE_FD="0")
    assert_refused(wrong, "the passphrase is wrong", 4)
    assert_refused(start(made, b"", PYTRON_PASSPHRASE_FD="7"), "names no descriptor", 4)
    assert_offline_recovery_fails(made)


def assert_offline_recovery_fails(made: Build) -> None:
    """With all that lies in the package, the payload opens for nobody."""
    from pytron_shield import Payload, ShieldError

    assert made.frozen is not None
    assert made.program is not None
    program = made.program.read_bytes()
    from pytron.packager.shield.seat import MARK

    seat = program[program.index(MARK) :][:512]
    with pytest.raises(ShieldError):
        Payload(made.frozen / "_internal" / "app.sealed", seat[24:56], program=seat[80:112])


def test_the_embedded_key_is_found_by_who_looks_for_it(place: Place) -> None:
    """What the docs say: sixteen lines and the package are enough."""
    from pytron.packager.shield.seat import MARK
    from pytron_shield import Payload

    program = place.sealed.program.read_bytes()
    seat = program[program.index(MARK) :][:512]
    payload = place.sealed.folder / "_internal" / "app.sealed"
    opened = Payload(payload, seat[24:56], program=seat[80:112])
    assert NEEDLE.encode() in opened.read("app")


@pytest.fixture
def licensed(
    build: Callable[..., Build], product: Product
) -> Iterator[tuple[Build, ProductKey, Path]]:
    key = ProductKey.new()
    path = product.folder / "test.key"
    key.write(path)
    made = build(scheme="licence", product="test.key")
    place = made.out / "licence.json"
    yield made, key, place
    path.unlink()


def day(offset: int) -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    return f"{now + datetime.timedelta(days=offset):%Y-%m-%d}"


def with_licence(made: Build, path: Path, text: str) -> subprocess.CompletedProcess[str]:
    path.write_text(text, "utf-8")
    path.chmod(0o644)
    return start(made, PYTRON_LICENCE=str(path))


def fingerprints(done: subprocess.CompletedProcess[str]) -> Mapping[str, str]:
    """What an app without a licence has said of its machine and user."""
    assert_refused(done, "there is no licence", 4)
    said = re.search(r"this machine is (\w{64}), this user (\w{64})$", done.stderr.strip())
    assert said is not None, done.stderr
    return {"machine": said[1], "user": said[2]}


def test_a_licence_opens_it(licensed: tuple[Build, ProductKey, Path]) -> None:
    made, key, path = licensed
    Prove().run(made)
    for expires in (None, day(0), day(9)):
        done = with_licence(made, path, issue(key, holder="Möwe & Co", expires=expires))
        assert done.stdout.startswith("ready"), done.stderr
    assert_offline_recovery_fails(made)


def test_a_licence_that_does_not_fit_is_refused_in_one_line(
    licensed: tuple[Build, ProductKey, Path],
) -> None:
    made, key, path = licensed
    good = issue(key, holder="Möwe & Co")
    older = with_licence(made, path, issue(key, holder="x", expires=day(-1)))
    assert_refused(older, f"the licence has expired on {day(-1)}", 4)
    members = json.loads(good)
    changed = json.dumps({**members, "holder": "someone else"})
    assert_refused(with_licence(made, path, changed), "changed or is not from this publisher", 4)
    longer = json.dumps({**json.loads(issue(key, holder="x", expires=day(-9))), "expires": None})
    assert_refused(with_licence(made, path, longer), "changed or is not from this publisher", 4)
    stranger = ProductKey.new()
    other = issue(stranger, holder="x")
    assert_refused(with_licence(made, path, other), "not from this publisher", 4)
    product = issue(replace(key, product=os.urandom(16)), holder="x")
    assert_refused(with_licence(made, path, product), "the licence is for another product", 4)
    for text in ("", "{}", "[]", "{" * 70_000, '{"signature": 3}'):
        assert_refused(with_licence(made, path, text), "licence", 4)


@pytest.fixture
def machines(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The settings of two machines, which differ in their id."""
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    if os.geteuid() != 0 or tried.returncode:
        pytest.skip("only root can show an app another machine's id")
    root = tmp_path_factory.mktemp("machines")
    made: list[Path] = []
    for number in "12":
        etc = root / number
        subprocess.run(["cp", "-a", "/etc", etc], check=True)
        (etc / "machine-id").unlink(missing_ok=True)
        (etc / "machine-id").write_text(number * 32 + "\n", "utf-8")
        made.append(etc)
    return made


def on(machine: Path, made: Build, licence: Path) -> subprocess.CompletedProcess[str]:
    """Starts the app where /etc is that machine's."""
    assert made.program is not None
    return subprocess.run(
        [
            *("unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc && exec "$@"', machine),
            *as_stranger(made.program, "watched"),
        ],
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "PYTRON_LICENCE": str(licence)},
        input="",
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


@pytest.mark.parametrize("kind", ["machine", "user"])
def test_a_licence_is_bound(
    licensed: tuple[Build, ProductKey, Path], machines: list[Path], kind: str
) -> None:
    made, key, path = licensed
    first, second = machines
    prints = fingerprints(on(first, made, path))
    path.write_text(issue(key, holder="x", **{kind: prints[kind]}), "utf-8")
    path.chmod(0o644)
    opened = on(first, made, path)
    assert opened.stdout.startswith("ready"), opened.stderr
    assert_refused(on(second, made, path), f"is for another {kind}", 4)
    path.write_text(issue(key, holder="x", **{kind: "00" * 32}), "utf-8")
    assert_refused(on(first, made, path), f"is for another {kind}", 4)


def test_a_licence_is_found_where_it_belongs(
    licensed: tuple[Build, ProductKey, Path],
) -> None:
    made, key, path = licensed
    folder = path.parent / "config" / "org.example.attacked"
    folder.mkdir(parents=True)
    (folder / "licence.json").write_text(issue(key, holder="x"), "utf-8")
    assert start(made, XDG_CONFIG_HOME=str(folder.parent)).stdout.startswith("ready")


def test_code_that_names_no_lines_and_files_that_stay(
    build: Callable[..., Build], place: Place
) -> None:
    made = build(tracebacks="bare", keep=["page"], faulthandler=True)
    assert made.frozen is not None
    assert (made.frozen / "_internal" / "page" / "index.html").is_file()
    assert start(made).stdout.startswith("ready")
    (made.frozen / "_internal" / "page" / "index.html").write_text("other", "utf-8")
    assert_refused(start(made), "was changed since the package was made")
    assert place.plain.program.is_file()


def test_the_command_makes_keys_and_licences(tmp_path: Path) -> None:
    def pytron(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pytron", "licence", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert pytron("issue", "--holder", "x").returncode == 5
    assert pytron("new").returncode == 0
    assert (tmp_path / "product.key").stat().st_mode & 0o077 == 0
    again = pytron("new")
    assert again.returncode == 5
    assert "exists" in again.stderr
    assert pytron("issue", "--holder", "x", "--expires", day(3)).returncode == 0
    assert json.loads((tmp_path / "licence.json").read_text("utf-8"))["expires"] == day(3)
    for wrong in (["--expires", "soon"], ["--machine", "xyz"], ["--machine", "00"]):
        done = pytron("issue", "--holder", "x", *wrong)
        assert done.returncode == 5, done.stderr
        assert "Traceback" not in done.stderr


@pytest.fixture
def served(build: Callable[..., Build], product: Product) -> Iterator[tuple[Build, ProductKey]]:
    key = ProductKey.new()
    path = product.folder / "served.key"
    key.write(path)
    # Nothing listens there: each test names a server of its own.
    yield build(scheme="server", product="served.key", server="http://127.0.0.1:9/"), key
    path.unlink()


def test_a_key_server_opens_it_for_whom_it_wants(served: tuple[Build, ProductKey]) -> None:
    made, key = served
    Prove().run(made)
    asked: list[Question] = []

    def decide(question: Question) -> str:
        asked.append(question)
        return "" if len(asked) == 1 else "your subscription has ended on 2026-11-30"

    with serving(key, decide) as address:
        good = start(made, PYTRON_KEY_SERVER=address)
        assert good.stdout.startswith("ready"), good.stderr
        ended = start(made, PYTRON_KEY_SERVER=address)
    assert_refused(ended, "your subscription has ended on 2026-11-30", 4)
    said = made.facts["shield"]
    assert isinstance(said, dict)
    assert {question.payload for question in asked} == {said["payload"]}
    assert {question.product for question in asked} == {key.product.hex()}
    assert all(re.fullmatch(r"(\w{64})?", question.machine) for question in asked)
    assert_offline_recovery_fails(made)


def test_without_network_and_from_strangers_there_is_no_key(
    served: tuple[Build, ProductKey],
) -> None:
    made, key = served
    assert_refused(start(made), "there is no network to the key server http://127.0.0.1:9/", 4)
    nowhere = start(made, PYTRON_KEY_SERVER="http://keys.invalid/")
    assert_refused(nowhere, "there is no network to the key server http://keys.invalid/", 4)
    # Another product's server has nothing for this one; another publisher's is not believed.
    with serving(ProductKey.new()) as address:
        assert_refused(start(made, PYTRON_KEY_SERVER=address), "with an error (400)", 4)
    stranger = replace(key, seed=os.urandom(32))
    with serving(stranger) as address:
        done = start(made, PYTRON_KEY_SERVER=address)
        assert_refused(done, "has not answered as this publisher's does", 4)


@pytest.mark.parametrize(
    "address", ["", "keys.example.org", "https://keys.example.org/", "http://"]
)
def test_a_key_server_has_an_address_of_http(
    build: Callable[..., Build], product: Product, address: str
) -> None:
    path = product.folder / "address.key"
    ProductKey.new().write(path)
    try:
        with pytest.raises(PackagingError, match="http://"):
            build(scheme="server", product="address.key", server=address)
    finally:
        path.unlink()


def test_a_missing_passphrase_is_said_before_anything_is_sealed(
    build: Callable[..., Build], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTRON_SHIELD_PASSPHRASE", raising=False)
    with pytest.raises(PackagingError, match="PYTRON_SHIELD_PASSPHRASE"):
        build(scheme="passphrase")
