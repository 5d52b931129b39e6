import { describe, expect, test } from "vitest";
import { pageAlone, pageWith, settled } from "../tests/page.js";

describe("the proxies", () => {
  test.each(["pytron", "api"] as const)("%s is no promise, no iterable, no JSON", async (name) => {
    const proxy = pageAlone()[name];
    for (const one of [proxy, proxy.notes, proxy.notes.rename]) {
      expect(one.then).toBeUndefined();
      expect(one.toJSON).toBeUndefined();
      expect(one[Symbol.iterator]).toBeUndefined();
      expect(one[Symbol.toPrimitive]).toBeUndefined();
    }
    expect(await proxy).toBe(proxy);
    expect(await proxy.notes).toBe(proxy.notes);
    expect(() => JSON.stringify({ proxy })).not.toThrow();
  });

  test("a name gives the same function each time", () => {
    const { pytron } = pageAlone();
    expect(pytron.notes.rename).toBe(pytron.notes.rename);
    expect(typeof pytron.add).toBe("function");
  });

  test("functions can be handed on", async () => {
    const { pytron } = pageWith({ functions: { double: (n: number) => n * 2 } });
    expect(await Promise.all([1, 2].map((n) => pytron.double(n)))).toEqual([2, 4]);
    const { double } = pytron;
    expect(await double(4)).toBe(8);
  });

  test("services are functions by their full name", async () => {
    const { pytron, transport } = pageAlone();
    void pytron.services.dialogs.open({ title: "x" });
    await settled();
    expect(transport.messages.at(-1)).toMatchObject({ name: "services.dialogs.open" });
  });

  test("api has functions only: reserved names of pytron are plain there", async () => {
    const { api, transport } = pageAlone();
    void api.call("x");
    await settled();
    expect(transport.messages.at(-1)).toMatchObject({ name: "call", args: ["x"] });
  });

  test("nothing can be put over them", () => {
    const { pytron, api } = pageAlone();
    expect(() => {
      pytron.add = 1;
    }).toThrow(TypeError);
    expect(() => {
      pytron.ready = 1;
    }).toThrow(TypeError);
    expect(() => {
      api.notes.rename = 1;
    }).toThrow(TypeError);
    expect(() => {
      pytron.state = { count: 1 };
    }).toThrow("'state' can't be set: change what is in it");
    expect(() => delete pytron.call).toThrow(TypeError);
  });

  test("options go with every function of theirs", async () => {
    const { withOptions, transport } = pageAlone();
    const quick = withOptions({ timeoutMs: 500 });
    const all = Promise.allSettled([quick.search("x"), quick.notes.find("y")]);
    await settled();
    const sent = transport.messages.filter(({ kind }) => kind === "call");
    expect(sent).toMatchObject([
      { name: "search", timeout: 500 },
      { name: "notes.find", timeout: 500 },
    ]);
    transport.close("over");
    await all;
  });
});
