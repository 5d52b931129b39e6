import { beforeEach, describe, expect, test } from "vitest";
import { type App, createApp, defineComponent, h, nextTick } from "vue";
import { usePytron, usePytronEvent } from "../../src/bindings/vue.js";
import type { MockPython } from "../../src/testing.js";
import type { Loose } from "../../src/types.js";
import { drawn, freshPython, set } from "./page.js";

let python: MockPython;

beforeEach(async () => {
  python = await freshPython();
});

function mount(setup: () => () => unknown): { host: HTMLElement; app: App } {
  const host = document.createElement("main");
  const app = createApp(defineComponent({ setup: setup as Loose }));
  app.mount(host);
  return { host, app };
}

describe("usePytron", () => {
  test("draws the value, and again when Python changes it", async () => {
    const { host, app } = mount(() => {
      const items = usePytron("items");
      return () => h("p", items.value.map((item: { text: string }) => item.text).join());
    });
    expect(host.textContent).toBe("a");
    set(python, ["items", 0, "text"], "b");
    await nextTick();
    expect(host.textContent).toBe("b");
    app.unmount();
  });

  test("writes by assignment, seen at once", async () => {
    let value: Loose;
    const { host, app } = mount(() => {
      value = usePytron("count");
      return () => h("p", value.value);
    });
    value.value = 4;
    expect(value.value).toBe(4);
    await drawn();
    expect(host.textContent).toBe("4");
    expect(python.state).toMatchObject({ count: 4 });
    value.value = (count: number) => count * 2;
    await drawn();
    expect(host.textContent).toBe("8");
    app.unmount();
  });

  test("stops with its component", async () => {
    let value: Loose;
    const { app } = mount(() => {
      value = usePytron("count");
      return () => null;
    });
    app.unmount();
    set(python, ["count"], 7);
    expect(value.value).toBe(1);
  });
});

test("usePytronEvent listens for as long as the component is there", async () => {
  const heard: unknown[] = [];
  const { app } = mount(() => {
    usePytronEvent("saved", (data) => heard.push(data));
    return () => null;
  });
  await drawn();
  python.emit("saved", 1);
  app.unmount();
  await drawn();
  python.emit("saved", 2);
  expect(heard).toEqual([1]);
});
