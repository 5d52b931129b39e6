"""The contract as a TypeScript mock: an app's Python for the unit tests of its page."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pytron.typegen.contract import Contract, Function
from pytron.typegen.declarations import Tree, head, signature, tree_of
from pytron.typegen.samples import Samples
from pytron.typegen.tsnames import key
from pytron.typegen.tstypes import EXTRAS, Printer

_TAIL = """\
type Some<T> = {
  [K in keyof T]?: T[K] extends (...args: never[]) => unknown ? T[K] : Some<T[K]>;
};

/** A mocked Python whose events and state are those of the app. */
export interface MockedPython extends Omit<MockPython, "emit" | "state"> {
  /** Sends an event to the page. */
  emit<Name extends keyof Events>(name: Name, data: Events[Name]): void;
  /** The state as Python has it. */
  readonly state: %(state)s;
}

/**
 * Puts a Python in the place of the app's: what is not given here answers with sample values.
 *
 * ```ts
 * const python = mockApp({ functions: { add: (a, b) => a + b } });
 * ```
 */
export function mockApp(
  options: { functions?: Some<MockedFunctions>; state?: Partial<%(state)s>; window?: string } = {},
): MockedPython {
  return mockPython({
    functions: over(samples, options.functions) as MockFunctions,
    parameters,
    state: structuredClone({ ...initial, ...options.state }),
    window: options.window ?? "main",
  }) as unknown as MockedPython;
}

function over(base: object, more: object = {}): object {
  const made: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(more))
    made[name] = typeof value === "object" ? over(made[name] as object, value) : value;
  return made;
}
"""


def mock(contract: Contract, types: str = "./pytron.js") -> str:
    """The text of `pytron.mock.ts`; `types` is where the declarations are, from there."""
    printer = Printer(contract)
    tree = tree_of(contract.functions)
    interface = list(_interface(tree, printer, "  "))
    typed = contract.state is not None
    names = sorted(
        {printer.name_of(identity, accepted=accepted) for identity, accepted in printer.wanted}
        | {name for name in EXTRAS if name in printer.used}
    )
    samples = Samples(contract)
    state = "State" if typed else "Record<string, unknown>"
    return "\n".join(
        [
            head(contract),
            f'import type {{ Events{", State" if typed else ""} }} from "pytron-client";',
            "import { type MockFunctions, type MockPython, mockPython } from "
            '"pytron-client/testing";',
            *([f'import type {{ {", ".join(names)} }} from "{types}";'] if names else []),
            "",
            "/** Python's functions as a test may give them: at once or later. */",
            "export interface MockedFunctions {",
            *interface,
            "}",
            "",
            "const samples: MockedFunctions = {",
            *_values(tree, samples, "  "),
            "};",
            "",
            "const parameters = {",
            *_parameters(contract),
            "};",
            "",
            f"const initial: {state} = {_initial(contract, samples)};",
            "",
            _TAIL % {"state": state},
        ]
    )


def _interface(tree: Tree, printer: Printer, indent: str) -> Iterator[str]:
    for name, member in tree.items():
        if not isinstance(member, Function):
            yield f"{indent}{key(name)}: {{"
            yield from _interface(member, printer, f"{indent}  ")
            yield f"{indent}}};"
            continue
        takes = signature(member, printer, by_name=True)
        yield f"{indent}{key(name)}({takes}): {_gives(member, printer)};"


def _gives(function: Function, printer: Printer) -> str:
    text = printer.sent(function.result)
    if function.stream:
        return f"Generator<{text}> | AsyncGenerator<{text}>"
    result = printer.result(function.result)
    return f"{result} | Promise<{result}>"


def _values(tree: Tree, samples: Samples, indent: str) -> Iterator[str]:
    for name, member in tree.items():
        if not isinstance(member, Function):
            yield f"{indent}{key(name)}: {{"
            yield from _values(member, samples, f"{indent}  ")
            yield f"{indent}}},"
        elif member.stream:
            yield f"{indent}async *{key(name)}() {{}},"
        elif member.result.kind == "scalar" and member.result.name == "never":
            yield f"{indent}{key(name)}: () => {{"
            yield f'{indent}  throw new Error("{member.name} never returns: give it in the test");'
            yield f"{indent}}},"
        elif samples.of(member.result) == "null" and member.result.kind == "scalar":
            yield f"{indent}{key(name)}: () => {'{}' if _is_void(member) else 'null'},"
        else:
            value = samples.of(member.result)
            yield f"{indent}{key(name)}: () => {f'({value})' if value.startswith('{') else value},"


def _initial(contract: Contract, samples: Samples) -> str:
    if contract.state is None:
        return "{}"
    if contract.state.initial is None:  # it has binary in it
        return samples.of(contract.state.type)
    return json.dumps(contract.state.initial, ensure_ascii=False)


def _is_void(function: Function) -> bool:
    return function.result.kind == "scalar" and function.result.name == "null"


def _parameters(contract: Contract) -> Iterator[str]:
    for function in contract.functions:
        names = ", ".join(json.dumps(p.name) for p in function.parameters if p.by != "rest")
        yield f"  {key(function.name)}: [{names}],"
