"""What is hidden, what is cut, and what is left as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytron import codec
from pytron.inspector.redaction import HIDDEN, Rule
from pytron.state import apply_ops


def shown(value: Any, **how: Any) -> Any:
    return json.loads(bytes(Rule().preview(codec.encode_plain(value), **how).json))


@pytest.mark.parametrize(
    "name",
    ["password", "userPassword", "API_KEY", "api-key", "accessToken", "pin", "PIN", "set_cookie"],
)
def test_names_that_say_secret_hide_their_value(name: str) -> None:
    assert shown({name: "x", "other": [{name: {"deep": 1}}]}) == {
        name: HIDDEN,
        "other": [{name: HIDDEN}],
    }


@pytest.mark.parametrize("name", ["spinner", "author", "key", "pinned", "passage", "cooking"])
def test_other_names_hide_nothing(name: str) -> None:
    assert shown({name: "x"}) == {name: "x"}


def test_words_of_the_app_count_too() -> None:
    rule = Rule(["IBAN", "tax-number", ""])
    assert rule.is_secret("customer_iban")
    assert rule.is_secret("taxNumber")
    assert not rule.is_secret("name")


def test_arguments_are_hidden_by_the_names_of_their_places() -> None:
    assert shown(["ann", "x", 3], names=["name", "password"]) == ["ann", HIDDEN, 3]
    assert shown("x", hidden=True) == HIDDEN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sent token=abc, ok", f"sent token={HIDDEN}, ok"),
        ("Authorization: Bearer abc", f"Authorization: {HIDDEN}"),
        ('{"apiKey": "a b"}', f'{{"apiKey": {HIDDEN}}}'),
        ("https://x/?access_token=a&n=1", f"https://x/?access_token={HIDDEN}&n=1"),
        ("nothing here", "nothing here"),
    ],
)
def test_text_is_hidden_behind_a_secret_name(text: str, expected: str) -> None:
    assert Rule().text(text) == expected


def test_long_values_are_cut_and_say_so() -> None:
    assert shown(list(range(60)))[-1] == "… 10 more"
    assert shown({str(i): i for i in range(60)})["…"] == "10 more"
    assert shown("x" * 1100) == "x" * 1000 + "… 100 more"
    deep: Any = 1
    for _ in range(20):
        deep = [deep]
    assert "1 items" in json.dumps(shown(deep), ensure_ascii=False)
    many = shown([[[i] * 50 for i in range(50)] for _ in range(50)])
    assert len(json.dumps(many)) < 60_000


def test_huge_values_are_named_not_read() -> None:
    text = codec.encode_plain("x" * 3_000_000)
    preview = Rule().preview(text)
    assert preview.size == 3_000_002
    assert json.loads(bytes(preview.json)) == "… text of 3,000,002 bytes"


def test_ops_fit_a_state_without_its_secrets() -> None:
    rule = Rule()
    before = {"user": {"name": "a", "token": {"value": "t"}}, "list": [1]}
    ops: list[Any] = [
        {"op": "set", "path": ["user", "token", "value"], "value": "u"},
        {"op": "set", "path": ["user", "token"], "value": {"value": "v"}},
        {"op": "splice", "path": ["list"], "index": 1, "remove": 0, "insert": [{"pin": 1}]},
        {"op": "set", "path": ["user", "name"], "value": "b"},
        {"op": "delete", "path": ["user", "token"]},
        {"op": "set", "path": [], "value": {"secret": 1, "rest": 2}},
    ]
    state = rule.whole(before)
    seen: list[Any] = []
    for op in rule.ops(ops):
        state = apply_ops(state, [op])  # type: ignore[list-item]
        seen.append(json.dumps(state))
    assert json.loads(seen[1])["list"] == [1, {"pin": HIDDEN}]
    assert state == {"secret": HIDDEN, "rest": 2}
    assert not any(f'"{secret}"' in text for text in seen for secret in "tuv")
