import { describe, expect, test, vi } from "vitest";
import { greet, pageAlone, settled } from "../tests/page.js";

const elements = (id: number, from: number, value: unknown) => ({
  kind: "elements",
  id,
  from,
  value,
});
const listed = (id: number, count: number) => ({ kind: "result", id, elements: count });

/** A page that has made the call 1. */
async function asking() {
  const page = pageAlone();
  await greet(page.transport);
  const call = page.pytron.rows();
  const came: unknown = call.catch((error: unknown) => error);
  await settled();
  return { ...page, call, came };
}

describe("a list that comes in pieces", () => {
  test("is the result, once all of it is there", async () => {
    const { came, transport } = await asking();
    transport.deliver([elements(1, 0, [{ id: 0 }, [1]])]);
    transport.deliver([elements(1, 2, ["2", null]), elements(1, 4, [[[4]]])]);
    await settled();
    const waiting = vi.fn();
    void Promise.resolve(came).then(waiting);
    await settled();
    expect(waiting).not.toHaveBeenCalled();
    transport.deliver([listed(1, 5)]);
    expect(await came).toEqual([{ id: 0 }, [1], "2", null, [[4]]]);
  });

  test("does not mix with that of another call, or with other answers", async () => {
    const { came, pytron, transport } = await asking();
    const other = pytron.rows();
    await settled();
    transport.deliver([elements(1, 0, ["a"]), elements(2, 0, ["b"]), elements(1, 1, ["c"])]);
    transport.deliver([listed(2, 1), listed(1, 2)]);
    expect(await came).toEqual(["a", "c"]);
    expect(await other).toEqual(["b"]);
  });

  test.each([
    ["the first piece", [elements(1, 1, ["b"])], 2],
    ["a piece in between", [elements(1, 0, ["a"]), elements(1, 2, ["c"])], 3],
    ["the last piece", [elements(1, 0, ["a"])], 2],
    ["every piece", [], 2],
    ["the order", [elements(1, 1, ["b"]), elements(1, 0, ["a"])], 2],
    ["a piece, where another came twice", [elements(1, 0, ["a"]), elements(1, 0, ["a"])], 2],
  ])("rejects where %s is missing", async (_what, pieces, count) => {
    const { came, transport } = await asking();
    transport.deliver(pieces);
    transport.deliver([listed(1, count)]);
    expect(await came).toMatchObject({
      code: "protocol",
      message: "a part of the list that rows gives is missing: call again",
    });
  });

  test("is dropped when a whole value or an error comes after all", async () => {
    const { came, pytron, transport } = await asking();
    const failing = pytron.rows().catch((error: unknown) => error);
    await settled();
    const error = { name: "CallError", code: "encode_failed", message: "cannot send value[9]" };
    transport.deliver([elements(1, 0, ["a"]), { kind: "result", id: 1, value: ["b"] }]);
    transport.deliver([elements(2, 0, ["a"]), { kind: "error", id: 2, error }]);
    expect(await came).toEqual(["b"]);
    expect(await failing).toMatchObject({ code: "encode_failed" });
  });

  test("is ignored when nobody waits for it any more", async () => {
    const { transport, withOptions } = await asking();
    const stop = new AbortController();
    const aborted = withOptions({ signal: stop.signal }).rows();
    transport.deliver([elements(2, 0, ["a"])]);
    stop.abort("enough");
    await expect(aborted).rejects.toBe("enough");
    transport.deliver([elements(2, 1, ["b"]), listed(2, 2), elements(99, 0, [1]), listed(99, 1)]);
    await settled();
  });

  test("is no stream", async () => {
    const { pytron, transport } = await asking();
    const items = pytron.rows()[Symbol.asyncIterator]();
    const first = items.next();
    await settled();
    transport.deliver([elements(2, 0, ["a"]), listed(2, 1)]);
    await expect(first).rejects.toMatchObject({ code: "not_stream" });
  });
});
