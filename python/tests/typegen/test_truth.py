"""What is declared is true: real answers have the declared shapes, as the compiler sees them.

Each function of the sample app is called over the wire, and its answer written into a TypeScript
file as a literal of the declared result, its arguments as those of a call.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from pytron.testing import Blob, RemoteError, TestClient
from pytron.typegen import declarations
from pytron.typegen.contract import Function
from typegen.compiler import errors_of, needs_node, settings
from typegen.sample import sample_app, sample_contract

_NOTE = {"id": 1, "title": "a", "created": "2024-05-01T12:00:00Z"}
_WHOLE = {**_NOTE, "colour": "red", "tags": ["x"], "parent": _NOTE, "rating": 5, "checked": True}
_EVERYTHING = {
    "texts": ["a"],
    "by_name": {"a": {"x": 1, "y": 2.5}},
    "by_number": {"1": "a"},
    "by_colour": {"red": 1},
    "by_day": {"2024-05-01": 1.5},
    "kinds": ["a"],
    "fixed": [1],
    "pair": [1, "a"],
    "many": [1.5],
    "level": "low",
    "maybe": None,
    "anything": {"a": [1]},
    "something": 1,
}
_UUID = "123e4567-e89b-12d3-a456-426614174000"
_FLOATS = np.array([0.25, 4], np.float32)

#: Arguments for each function: a list by position, an object by name; several calls for some.
CALLS: list[tuple[str, Any]] = [
    ("add", [1]),
    ("add", {"a": 1, "b": 3}),
    ("address", [{"street": "a"}]),
    ("address", [{"street": "a", "city": "b"}]),
    ("any_array", [_FLOATS]),
    ("any_array", [[[1, 2], [3, 4]]]),
    ("anything", [{"a": [1, None]}]),
    ("author", [{"fullName": "A B"}]),
    ("author", [{"fullName": "A", "born": "2000-01-01", "portrait": b"ab", "more": [1]}]),
    ("bare", [[1, "a"], {"a": 1}]),
    ("book", [{"bookTitle": "a", "authors": [{"fullName": "A"}], "secret": "b", "price": "1.5"}]),
    ("box", [{"content": [1, 2]}]),
    ("by_colour", [{"dark green": 2}]),
    ("by_day", [{"2024-05-01": 2.5}]),
    ("by_number", [{"7": "a"}]),
    ("car", [{"wheels": 4, "parts": ["door"]}]),
    ("chunks", [b"abcde", 2]),
    ("count_to", [3]),
    ("counter", ["aab"]),
    ("doubled", ["1.25"]),
    ("either", [None]),
    ("either", ["a"]),
    ("everything", [_EVERYTHING]),
    ("extras", [1]),
    ("filled", [b"abc"]),
    ("first", [["a"]]),
    ("first", [[]]),
    ("group.announce", [[3]]),
    ("half", [3]),
    ("invert", [True]),
    ("joined", ["-", "a", 1]),
    ("journal.write", ["abc"]),
    ("large", [np.array([2**60], np.int64)]),
    ("lasts", ["PT1H"]),
    ("later", ["2024-05-01T12:00:00Z", "PT1H"]),
    ("lengths", [{"a": ["b", "c"]}]),
    ("level", [3]),
    ("limited", [2, ["a"]]),
    ("many", [[1, 2.5]]),
    ("measured", [{"values": _FLOATS}]),
    ("measured", [{"values": [1, 2], "mask": np.array([1], np.uint8)}]),
    ("middle", [{"x": 1, "y": 2}, {"x": 3, "y": 4}]),
    ("moments", []),
    ("names", [["a"]]),
    ("nested", [[[1, None], []]]),
    ("next_day", ["2024-05-01"]),
    ("noon", ["12:00:00"]),
    ("normalise", [_FLOATS]),
    ("normalise", [[1, 2]]),
    ("notes.find", ["a"]),
    ("notes.find", {"text": "a", "limit": 3, "colour": "red"}),
    ("notes.merge", {"first": 1, "second": 2}),
    ("notes.save", [_NOTE]),
    ("notes.save", [_WHOLE]),
    ("notes.sounds.play", [{"pitch": 3}]),
    ("nothing", [{}]),
    ("nothing_in_it", []),
    ("numbers", [[1, 2]]),
    ("opposite", ["red"]),
    ("options", [{}]),
    ("options", [{"depth": 3, "follow": True}]),
    ("ordered", []),
    ("page_again", [{"items": [1]}]),
    ("page_of", [[_NOTE, _WHOLE]]),
    ("parent_folder", ["a/b"]),
    ("perhaps", []),
    ("perhaps", [{"x": 1, "y": 2}]),
    ("picture", [{"name": "a", "pixels": b"ab", "thumbnails": {"s": b"c"}}]),
    ("ping", []),
    ("placed", [1, 2]),
    ("plain_array", []),
    ("rank", [2]),
    ("result", [{"value": 3}]),
    ("reverse", [b"abc"]),
    ("keep", [Blob(b"abc"), [Blob(b"")], None]),
    ("reverse", [_FLOATS]),
    ("rights", [2]),
    ("row", [["a"]]),
    ("row", [["a", 2]]),
    ("same_id", [_UUID]),
    ("scalar", []),
    ("scale", [0.5, "a-b"]),
    ("shape", [{"type": "circle", "borderWidth": 1}]),
    ("shape", [{"type": "square", "side": 1}]),
    ("shout", ["a"]),
    ("shout", {"text": "a", "times": 2}),
    ("size", [[3]]),
    ("size", [[3, 4]]),
    ("slowly", ["a"]),
    ("something", ["a"]),
    ("sorted_set", [[3, 1]]),
    ("sparse", [{"id": 1}]),
    ("sparse", [{"id": 1, "count": 2, "note": "a"}]),
    ("state_of", [{"on": True}]),
    ("sum_of", [1, 2.5]),
    ("swap", [[1, "a"]]),
    ("tail", ["a"]),
    ("threshold", [_FLOATS, 1]),
    ("tree", [{"value": {"x": 1, "y": 2}, "children": [{"value": {"x": 1, "y": 2}}]}]),
    ("untyped", [1]),
    ("untyped_stream", []),
    ("user", [7]),
    ("viewed", [b"abc"]),
    ("viewed", [_FLOATS]),
    ("words", ["a"]),
    ("words", {"function": "a", "new": True}),
]
_NEVER_ANSWER = {"fail"}
_CLASSES = {
    "b": "Int8Array", "B": "Uint8Array", "h": "Int16Array", "H": "Uint16Array", "i": "Int32Array",
    "I": "Uint32Array", "q": "BigInt64Array", "Q": "BigUint64Array", "l": "BigInt64Array",
    "L": "BigUint64Array", "f": "Float32Array", "d": "Float64Array",
}  # fmt: skip


def written(value: Any) -> str:
    """A value as a page would write it, binary too."""
    if isinstance(value, Blob):
        return "new Blob()"
    if isinstance(value, bytes):
        return f"new ArrayBuffer({len(value)})"
    if isinstance(value, (np.ndarray, memoryview)):
        view: Any = memoryview(cast("Any", value))
        return f"new {_CLASSES[view.format]}({view.nbytes // view.itemsize})"
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(k)}: {written(v)}' for k, v in value.items())} }}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(written, value))}]"
    return json.dumps(value)


def answers() -> Iterator[tuple[Function, Any, Any]]:
    """Each call with what came over the wire for it; of streams, the items."""
    functions = {function.name: function for function in sample_contract().functions}
    with TestClient(sample_app()) as page:
        for name, arguments in CALLS:
            by_name = isinstance(arguments, dict)
            given, named = ([], arguments) if by_name else (arguments, {})
            if functions[name].stream:
                yield functions[name], arguments, list(page.stream(name, *given, **named))
            else:
                yield functions[name], arguments, page.call(name, *given, **named)


def lines() -> Iterator[str]:
    """The TypeScript that the compiler must agree with."""
    yield 'import pytron, { type Functions } from "pytron-client";'
    yield "type Item<T> = T extends AsyncIterable<infer I> ? I : never;"
    yield "type Null<T> = 0 extends 1 & T ? T : [T] extends [void] ? null : T;"
    yield "export async function calls(): Promise<void> {"
    for index, (function, arguments, answer) in enumerate(answers()):
        of = "Functions" + "".join(f"[{json.dumps(part)}]" for part in function.name.split("."))
        if isinstance(arguments, dict):
            call = f"pytron.call({json.dumps(function.name)}, {written(arguments)})"
        else:
            call = f"pytron.{function.name}({written(list(arguments))[1:-1]})"
        yield f"  void {call};"
        if function.stream:
            yield f"  const r{index}: Item<ReturnType<{of}>>[] = {written(answer)};"
        else:
            yield f"  const r{index}: Null<Awaited<ReturnType<{of}>>> = {written(answer)};"
        yield f"  void r{index};"
    yield "}"


def test_every_function_is_called() -> None:
    names = {function.name for function in sample_contract().functions}
    assert {name for name, _ in CALLS} == names - _NEVER_ANSWER


@needs_node
def test_answers_over_the_wire_have_the_declared_types(tmp_path: Path) -> None:
    (tmp_path / "pytron.d.ts").write_text(declarations(sample_contract()), "utf-8")
    text = "\n".join(lines()) + "\n"
    (tmp_path / "answers.ts").write_text(text, "utf-8")
    assert errors_of(tmp_path, settings()) == []


@needs_node
def test_a_wrong_answer_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "pytron.d.ts").write_text(declarations(sample_contract()), "utf-8")
    wrong = {
        "notes.save": {**_NOTE, "created": 1},
        "by_colour": {"blue": 1},
        "size": [3],
        "normalise": np.zeros(1),
        "author": {"fullName": "A"},
        "doubled": 2.5,
    }
    text = ['import type { Functions } from "pytron-client";']
    for index, (name, answer) in enumerate(wrong.items()):
        of = "Functions" + "".join(f"[{json.dumps(part)}]" for part in name.split("."))
        text.append(f"export const r{index}: Awaited<ReturnType<{of}>> = {written(answer)};")
    (tmp_path / "answers.ts").write_text("\n".join(text), "utf-8")
    found = {re.sub(r",.*", "", line) for line in errors_of(tmp_path, settings())}
    assert found == {f"answers.ts({number}" for number in range(2, len(wrong) + 2)}


def test_declared_errors_have_the_declared_codes() -> None:
    functions = {function.name: function for function in sample_contract().functions}
    assert [failure.code for failure in functions["add"].raises] == [
        "refused", "exception", "note_missing",
    ]  # fmt: skip
    with TestClient(sample_app()) as page:
        for name, arguments in (("fail", []), ("add", [2000])):
            with pytest.raises(RemoteError) as raised:
                page.call(name, *arguments)
            declared = functions[name].raises[0]
            assert (raised.value.name, raised.value.code) == (declared.name, declared.code)


def test_initial_state_is_that_of_the_page() -> None:
    state = sample_contract().state
    assert state is not None
    with TestClient(sample_app()) as page:
        assert page.state == state.initial
