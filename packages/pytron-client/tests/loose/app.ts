// Without a pytron.d.ts every name goes; checked by the compiler only.
import pytron, { api, type Call, configure, withOptions } from "pytron-client";
import { type MockPython, mockPython } from "pytron-client/testing";

export async function everything(): Promise<void> {
  const call: Call<number> = pytron.add(1, 2);
  const sum: number = await call;
  await api.notes.deep.rename(sum, "x");
  await pytron.call("add", [1, 2]);
  await pytron.call("add", { a: 1, b: 2 }, { timeoutMs: 5 });
  await withOptions({ timeoutMs: 5 }).search("x");
  for await (const line of pytron.tail("log.txt")) line.text.trim();
  pytron.on("saved", (note, name) => note.id + name);
  pytron.emit("saved", { id: 3 }, { to: "main" });
  pytron.state.count = 5;
  await pytron.update((state) => {
    state.count += 1;
  });
  pytron.window.state.tab = pytron.window.label;
  configure({ readyTimeoutMs: 1_000 });
  const python: MockPython = mockPython({ functions: { add: (a, b) => a + b }, state: {} });
  python.emit("saved", 1);

  const label: string = pytron.window.label;
  // @ts-expect-error a name beside the functions keeps its type
  const wrong: number = pytron.window.label;
  void [label, wrong];
  // @ts-expect-error options by another name
  withOptions({ timeout: 5 });
  // @ts-expect-error ready is not to be replaced
  pytron.ready = Promise.resolve();

  // Services are the same in every app.
  const path: string | null = await pytron.services.dialogs.open_file();
  pytron.on("tray.click", (click) => click.button?.trim());
  // @ts-expect-error an unknown service
  await pytron.services.dialog.open_file();
  void path;
}
