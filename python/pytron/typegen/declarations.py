"""The contract as `pytron.d.ts`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from pytron.errors import CODES
from pytron.typegen import tsdoc
from pytron.typegen.contract import Contract, Fixed, Function, Parameter, Record
from pytron.typegen.tsnames import key, parameter, quoted
from pytron.typegen.tstypes import EXTRAS, Printer

#: Functions by name, namespaces as further such trees.
Tree = Mapping[str, "Function | Tree"]

_HEAD: Final = """\
// Written by `pytron types` from the Python of {app}: run it again instead of changing this file.
/* eslint-disable */
// biome-ignore-all lint: written by a program
// biome-ignore-all format: written by a program
"""


def declarations(contract: Contract) -> str:
    """The text of `pytron.d.ts`."""
    module, types = interfaces(contract)
    return "\n".join(
        [
            head(contract),
            'import "pytron-client";',
            "",
            *types,
            *_codes(contract),
            "",
            'declare module "pytron-client" {',
            indented(module),
            "}",
            "",
        ]
    )


def interfaces(contract: Contract) -> tuple[list[str], list[str]]:
    """The lines of what pages use, and of the types that it names."""
    printer = Printer(contract)
    module = [
        *_functions(contract, printer),
        *_arguments(contract, printer),
        *_events(contract, printer),
        *_state(contract, printer),
    ]
    types = _types(contract, printer)
    extras = [
        line
        for name, (doc, text) in EXTRAS.items()
        if name in printer.used
        for line in [*tsdoc.comment([doc]), text, ""]
    ]
    return module, [*extras, *types]


def indented(lines: Sequence[str]) -> str:
    """The text of lines that stand inside of something."""
    return "\n".join(f"  {line}".rstrip() for line in lines).rstrip()


def head(contract: Contract) -> str:
    """The first lines of a written file."""
    return _HEAD.format(app=" ".join(contract.app.split()))


def tree_of(functions: Sequence[Function]) -> Tree:
    """The functions as nested namespaces."""
    root: dict[str, Function | Tree] = {}
    for function in functions:
        *path, name = function.name.split(".")
        node: dict[str, Function | Tree] = root
        for part in path:
            node = node.setdefault(part, {})  # type: ignore[assignment] # names do not collide
        node[name] = function
    return root


def signature(function: Function, printer: Printer, *, by_name: bool = False) -> str:
    """The parameters of a function as a page gives them by position.

    With `by_name` those follow that can only be given by name: so a mock gets them.
    """
    named = [p for p in function.parameters if p.by == "name"]
    if by_name:
        rest_last = sorted(function.parameters, key=lambda p: p.by == "rest")
        optional = False
        texts: list[str] = []
        for given in rest_last:
            optional = optional or not given.required
            texts.append(_by_position(replace(given, required=not optional), printer))
        return ", ".join(texts)
    if any(p.required for p in named):
        return "...args: never"
    return ", ".join(_by_position(p, printer) for p in function.parameters if p.by != "name")


def _by_position(given: Parameter, printer: Printer) -> str:
    name, text = parameter(given.name), printer.accepted(given.type)
    if given.by == "rest":
        return f"...{name}: ({text})[]" if " | " in text else f"...{name}: {text}[]"
    return f"{name}{'' if given.required else '?'}: {text}"


def _functions(contract: Contract, printer: Printer) -> Iterator[str]:
    if contract.functions:
        yield "interface Functions {"
        yield from _members(tree_of(contract.functions), printer, "  ")
        yield from ["}", ""]


def _members(tree: Tree, printer: Printer, indent: str) -> Iterator[str]:
    for name, member in tree.items():
        if isinstance(member, Function):
            yield from _function(name, member, printer, indent)
        else:
            yield f"{indent}{key(name)}: {{"
            yield from _members(member, printer, f"{indent}  ")
            yield f"{indent}}};"


def _function(name: str, function: Function, printer: Printer, indent: str) -> Iterator[str]:
    takes = signature(function, printer)
    yield from tsdoc.comment(tsdoc.of_function(function), indent)
    result = printer.result(function.result)
    gives = f"AsyncIterable<{printer.sent(function.result)}>"
    yield f"{indent}{key(name)}({takes}): {gives if function.stream else f'Promise<{result}>'};"


def _arguments(contract: Contract, printer: Printer) -> Iterator[str]:
    if not contract.functions:
        return
    yield "interface Arguments {"
    for function in contract.functions:
        fields = "; ".join(
            f"{key(p.name)}{'' if p.required else '?'}: {printer.accepted(p.type)}"
            for p in function.parameters
            if p.by != "rest"
        )
        yield f"  {key(function.name)}: {f'{{ {fields} }}' if fields else 'Record<string, never>'};"
    yield from ["}", ""]


def _events(contract: Contract, printer: Printer) -> Iterator[str]:
    if contract.events:
        yield "interface Events {"
        for event in contract.events:
            yield from tsdoc.comment([tsdoc.prose(event.doc)], "  ")
            yield f"  {key(event.name)}: {printer.sent(event.type)};"
        yield from ["}", ""]


def _state(contract: Contract, printer: Printer) -> Iterator[str]:
    if contract.state is None or contract.state.type.kind != "named":
        return
    record = contract.types[contract.state.type.id]
    if isinstance(record, Record):
        yield "interface State {"
        yield from _fields(record, printer, accepted=False)
        yield from ["}", ""]


# --- declared types -------------------------------------------------------------------------------


def _types(contract: Contract, printer: Printer) -> list[str]:
    """The declarations of all types that have been printed, and of those that they need."""
    done: dict[tuple[str, bool], tuple[str, list[str]]] = {}
    while rest := sorted(printer.wanted - set(done)):
        for identity, accepted in rest:
            name = printer.name_of(identity, accepted=accepted)
            lines = list(_declaration(contract, identity, printer, accepted=accepted))
            done[identity, accepted] = name, lines
    return [line for _, lines in sorted(done.values()) for line in lines]


def _declaration(
    contract: Contract, identity: str, printer: Printer, *, accepted: bool
) -> Iterator[str]:
    declared = contract.types[identity]
    name = printer.name_of(identity, accepted=accepted)
    given = f"<{', '.join(declared.parameters)}>" if declared.parameters else ""
    text = tsdoc.prose(declared.doc)
    if accepted:
        text = f"{text}\n\nAs Python accepts it." if text else "As Python accepts it."
    yield from tsdoc.comment([text])
    if not isinstance(declared, Record):
        target = printer.print(declared.type, accepted=accepted)
        if isinstance(declared.type, Fixed):
            target = target.removeprefix("readonly ")
        yield f"export type {name}{given} = {target};"
    elif not any(True for _ in _fields(declared, printer, accepted=accepted)):
        yield f"export type {name}{given} = Record<string, never>;"
    else:
        yield f"export interface {name}{given} {{"
        yield from _fields(declared, printer, accepted=accepted)
        yield "}"
    yield ""


def _fields(record: Record, printer: Printer, *, accepted: bool) -> Iterator[str]:
    for field in record.fields:
        name = field.accepted_as if accepted else field.sent_as
        if name is None:
            continue
        optional = not field.required if accepted else field.optional
        type = field.accepts or field.type if accepted else field.type
        yield from tsdoc.comment(tsdoc.of_field(field, accepted=accepted), "  ")
        text = printer.print(type, accepted=accepted)
        yield f"  {key(name)}{'?' if optional else ''}: {text};"
    if record.extra is not None:
        yield "  [key: string]: unknown;"


def _codes(contract: Contract) -> Iterator[str]:
    own = {failure.code for function in contract.functions for failure in function.raises}
    codes = [*sorted(own - CODES), *sorted(CODES)]
    yield "/** What `code` of a PytronError may be: the app's own errors first. */"
    yield "export type ErrorCode ="
    for index, code in enumerate(codes):
        yield f"  | {quoted(code)}{';' if index == len(codes) - 1 else ''}"
