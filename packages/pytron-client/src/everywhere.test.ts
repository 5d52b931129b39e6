import { describe, expect, test } from "vitest";
import { pageWith } from "../tests/page.js";
import { readable } from "./readable.js";

type Page = ReturnType<typeof pageWith>;

/** Each name of the client's own, and a use of it that ends. */
const USES: Record<string, (page: Page) => unknown> = {
  ready: ({ pytron }) => pytron.ready,
  call: ({ pytron }) => pytron.call("add", [1, 2]),
  on: ({ pytron }) => pytron.on("other", () => {})(),
  emit: ({ pytron }) => pytron.emit("other", 1),
  state: ({ pytron }) => {
    pytron.state.other = (pytron.state.other ?? 0) + 1;
  },
  subscribe: ({ pytron }) => pytron.subscribe("other", () => {})(),
  update: ({ pytron }) =>
    pytron.update((state: { n: number }) => {
      state.n += 1;
    }),
  "window.label": ({ pytron }) => pytron.window.label,
  "window.state": ({ pytron }) => {
    pytron.window.state.other = 1;
  },
  "window.subscribe": ({ pytron }) => pytron.window.subscribe("other", () => {})(),
  "window.update": ({ pytron }) =>
    pytron.window.update((state: { n?: number }) => {
      state.n = 1;
    }),
  "window.snapshot": ({ pytron }) => pytron.window.snapshot(""),
  api: ({ api }) => api.add(1, 2),
  withOptions: ({ withOptions }) => withOptions({ timeoutMs: 5_000 }).add(1, 2),
  snapshot: ({ snapshot }) => snapshot("n"),
  stream: async ({ pytron }) => {
    for await (const item of pytron.count()) if (item === 2) break;
  },
  readable: ({ pytron }) => new Response(readable(pytron.bytes())).text(),
};

/** Each place that the client calls back from; what is done there must end as anywhere else. */
const PLACES: Record<string, (page: Page, act: () => void) => unknown> = {
  "the page's script": (_page, act) => act(),
  "ready.then": ({ pytron }, act) => pytron.ready.then(act),
  "a listener to an event": ({ pytron, python }, act) => {
    pytron.on("go", act);
    return pytron.ready.then(() => python.emit("go"));
  },
  "a listener to the state": ({ pytron, python }, act) => {
    pytron.subscribe("go", act);
    return pytron.ready.then(() => python.change([{ op: "set", path: ["go"], value: 1 }]));
  },
  "onProgress and a result": ({ withOptions }, act) =>
    withOptions({ onProgress: () => {} })
      .add(1, 2)
      .then(act),
  "an update": ({ pytron }, act) => {
    let acted = false; // what is done here conflicts with the update itself, which is then run again
    const once = () => {
      if (!acted) act();
      acted = true;
    };
    return pytron.ready.then(() =>
      pytron.update((state: { go: number }) => {
        state.go = 1;
        once();
      }),
    );
  },
  "a stream": async ({ pytron }, act) => {
    for await (const item of pytron.count()) if (item === 1) act();
  },
  "an error": ({ pytron }, act) => pytron.nothing().catch(act),
  "an abort": ({ withOptions }, act) => {
    const control = new AbortController();
    control.signal.addEventListener("abort", act);
    withOptions({ signal: control.signal })
      .never()
      .catch(() => {});
    control.abort();
  },
};

function page(): Page {
  return pageWith({
    state: { n: 0 },
    functions: {
      add: (a: number, b: number) => a + b,
      never: () => new Promise(() => {}),
      *count() {
        for (let i = 0; i < 5; i++) yield i;
      },
      *bytes() {
        yield new Uint8Array([120]);
      },
    },
  });
}

describe("every name of the client, from every place it calls back from", () => {
  test("is in the table", () => {
    const { pytron } = page();
    const own = Object.keys(pytron).filter((name) => name !== "window");
    const inWindow = Object.keys(pytron.window).map((name) => `window.${name}`);
    const exported = ["api", "withOptions", "snapshot", "readable", "stream"];
    expect(Object.keys(USES).sort()).toEqual([...own, ...inWindow, ...exported].sort());
  });

  test.each(Object.keys(PLACES))("%s", async (place) => {
    const made = page();
    await made.pytron.ready;
    const ended = new Promise<void>((resolve, reject) => {
      void PLACES[place]?.(made, () => {
        const uses = Object.values(USES).map(async (use) => use(made));
        Promise.all(uses).then(() => resolve(), reject);
      });
    });
    await ended; // the runner's own deadline is that of a hang
  });
});
