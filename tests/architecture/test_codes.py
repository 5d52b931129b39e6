"""The error codes of spec/ipc.md, section 8, are the codes of Python and of the client."""

import re
from functools import cache

from pytron import errors
from test_every_code import CAUSES

from tools.dev.machine import ROOT

CLIENT = ROOT / "packages" / "pytron-client" / "src"

# `new PytronError("code", …)` and the client's own shorthands for it take the code first.
RAISED = re.compile(r"""new PytronError\(\s*["'](\w+)["']""")


@cache
def specified() -> dict[str, str]:
    """Code → what its row says, from the table of section 8."""
    text = (ROOT / "spec" / "ipc.md").read_text("utf-8")
    section = re.search(r"^## 8\. Error codes\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert section is not None
    rows = re.findall(r"^\| (`.*?`) \| (.*)$", section[1], re.MULTILINE)
    return {code: row for codes, row in rows for code in re.findall(r"`(\w+)`", codes)}


def raised_by_client() -> set[str]:
    sources = [path for path in CLIENT.rglob("*.ts") if not path.name.endswith(".test.ts")]
    return {code for path in sources for code in RAISED.findall(path.read_text("utf-8"))}


def test_table_is_read() -> None:
    codes = specified()
    assert {"protocol", "too_deep", "not_stream", "unsupported"} <= set(codes)
    assert "client only" in codes["no_backend"]


def test_python_knows_exactly_the_codes_of_the_spec() -> None:
    assert set(errors.CODES) == set(specified())


def test_default_codes_of_classes_that_reach_pages_are_specified() -> None:
    reaching = (errors.ProtocolError, errors.CallError, errors.StateError, errors.EngineError)
    for error in reaching:
        assert error.default_code in specified(), error.__name__


def test_every_code_has_a_test_that_causes_it() -> None:
    """python/tests/test_every_code.py and the client's codes.test.ts run these tables."""
    by_client = re.search(
        r"const CAUSES.*?= \{\n(.*?)^\};",
        (CLIENT / "codes.test.ts").read_text("utf-8"),
        re.DOTALL | re.MULTILINE,
    )
    assert by_client is not None
    of_client = set(re.findall(r"^  (\w+): async", by_client[1], re.MULTILINE))
    assert of_client & set(CAUSES) == set()
    assert of_client | set(CAUSES) == set(specified())


def test_client_raises_only_specified_codes() -> None:
    assert raised_by_client() - set(specified()) == set()


def test_client_raises_every_code_that_only_a_client_can() -> None:
    only_client = {code for code, row in specified().items() if "client only" in row}
    assert only_client - raised_by_client() == set()
