import { act, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { usePytron, usePytronEvent } from "../../src/bindings/react.js";
import { type MockPython, mockPython } from "../../src/testing.js";
import { drawn, freshPython, set } from "./page.js";

let python: MockPython;
let root: Root;
let host: HTMLElement;

beforeEach(async () => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  python = await freshPython();
  host = document.createElement("main");
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

const drawings = vi.fn();

function Counter({ path }: { path: string | string[] }) {
  const [value, setValue] = usePytron(path);
  drawings(value);
  return createElement(
    "button",
    { type: "button", onClick: () => setValue((n: number) => n + 1) },
    `${value}`,
  );
}

describe("usePytron", () => {
  test("draws the value, and again when Python changes it, and only then", async () => {
    act(() => root.render(createElement(Counter, { path: "count" })));
    expect(host.textContent).toBe("1");
    drawings.mockClear();
    act(() => set(python, ["items", 0, "done"], true));
    expect(drawings).not.toHaveBeenCalled();
    act(() => set(python, ["count"], 5));
    expect(host.textContent).toBe("5");
    expect(drawings).toHaveBeenCalledTimes(1);
  });

  test("sets from what is there, in the page and in Python", async () => {
    act(() => root.render(createElement(Counter, { path: ["count"] })));
    await act(async () => {
      host.querySelector("button")?.click();
      await drawn();
    });
    expect(host.textContent).toBe("2");
    expect(python.state).toMatchObject({ count: 2 });
  });

  test("follows another path when it is given one", () => {
    act(() => root.render(createElement(Counter, { path: "count" })));
    act(() => root.render(createElement(Counter, { path: "items.0.text" })));
    expect(host.textContent).toBe("a");
    act(() => set(python, ["items", 0, "text"], "b"));
    expect(host.textContent).toBe("b");
  });

  test("draws nothing before Python is there, and the state when it is", async () => {
    act(() => root.render(createElement(Counter, { path: "count" })));
    await act(async () => {
      mockPython({ state: { count: 9 } });
      await drawn();
    });
    expect(host.textContent).toBe("9");
  });

  test("stops with its component", () => {
    act(() => root.render(createElement(Counter, { path: "count" })));
    act(() => root.render(null));
    drawings.mockClear();
    set(python, ["count"], 7);
    expect(drawings).not.toHaveBeenCalled();
  });
});

test("usePytronEvent calls the latest listener for as long as the component is there", async () => {
  const heard: unknown[] = [];
  function Listener({ tag }: { tag: string }) {
    usePytronEvent("saved", (data) => heard.push([tag, data]));
    return null;
  }
  act(() => root.render(createElement(Listener, { tag: "first" })));
  await drawn();
  python.emit("saved", 1);
  act(() => root.render(createElement(Listener, { tag: "second" })));
  python.emit("saved", 2);
  act(() => root.render(null));
  await drawn();
  python.emit("saved", 3);
  expect(heard).toEqual([
    ["first", 1],
    ["second", 2],
  ]);
});
