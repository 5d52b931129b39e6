// Checked by the compiler only: each @ts-expect-error is a test that the line below it is refused.
import pytron, { api, type PytronError, type services, snapshot, withOptions } from "pytron-client";

export async function calls(): Promise<void> {
  const sum: number = await pytron.add(1, 2);
  const same: number = await api.add(sum, 2);
  const named: number = await pytron.call("add", { a: same, b: 2 }, { timeoutMs: 500 });
  const placed: number = await pytron.call("add", [named, 2]);
  await withOptions({ signal: AbortSignal.timeout(1), onProgress: () => {} }).add(placed, 1);
  await pytron.notes.rename(1, "x");
  await pytron.call("notes.rename", [1, "x"]);
  await pytron.call("notes.rename", { id: 1, title: "x" });
  for await (const line of pytron.tail("log.txt")) line.text.trim();
  for await (const line of pytron.call("tail", ["log.txt"])) line.text.trim();

  // @ts-expect-error an argument of another type
  await pytron.add("1", 2);
  // @ts-expect-error an argument too few
  await pytron.add(1);
  // @ts-expect-error an unknown function
  await pytron.sub(1, 2);
  // @ts-expect-error an unknown function in a namespace
  await pytron.notes.remove(1);
  // @ts-expect-error an unknown name
  await pytron.call("sub", [1, 2]);
  // @ts-expect-error the wrong arguments by position
  await pytron.call("add", ["1", 2]);
  // @ts-expect-error an argument of another type by name
  await pytron.call("add", { a: 1, b: "2" });
  // @ts-expect-error an unknown argument by name
  await pytron.call("add", { a: 1, b: 2, c: 3 });
  // @ts-expect-error a result of another type
  const text: string = await pytron.add(1, 2);
  // @ts-expect-error a function that does not stream
  for await (const item of pytron.add(1, 2)) void item;
  void text;
}

export function events(): void {
  const stop: () => void = pytron.on("saved", (data) => data.id.toFixed());
  stop();
  pytron.on("sav*", (_data, name) => name.trim());
  pytron.emit("saved", { id: 3 });
  pytron.emit("saved", { id: 3 }, { to: "*" });
  pytron.emit("closed");

  // @ts-expect-error an unknown event
  pytron.on("lost", () => {});
  // @ts-expect-error data of another type
  pytron.emit("saved", { id: "3" });
}

export async function state(): Promise<void> {
  await pytron.ready;
  pytron.state.count = 5;
  pytron.state.items.push({ text: "x", done: false });
  const given: number = await pytron.update((draft) => {
    draft.count += 1;
    return draft.count;
  });
  pytron.subscribe("items.0.done", (value: boolean | undefined) => value?.valueOf());
  pytron.subscribe("items", (items) => items.map((item) => item.text.trim()));
  const done: boolean | undefined = snapshot("items.0.done");
  const total: number = snapshot().count + snapshot("count");
  const label: string = pytron.window.label;

  // @ts-expect-error a snapshot is not to be changed
  snapshot("items").push({ text: "x", done: false });
  // @ts-expect-error a value of another type
  pytron.subscribe("count", (count: string) => count);
  void [done, total];

  // @ts-expect-error a field of another type
  pytron.state.count = "5";
  // @ts-expect-error an unknown field
  pytron.state.total = given;
  // @ts-expect-error the state itself is not to be replaced
  pytron.state = { count: 0, items: [] };
  void label;
}

export function errors(error: PytronError): string {
  return `${error.code} ${error.ref?.trim()}`;
}

export async function desktop(): Promise<void> {
  const items: services.Item[] = [{ label: "Open", id: "open" }, { kind: "line" }];
  const chosen: string | null = await pytron.services.menus.popup(items, { x: 1 });
  const path = await withOptions({ timeoutMs: 5 }).services.dialogs.open_file({ title: "x" });
  const same: string | null = await pytron.call("services.dialogs.open_file", [{ title: "x" }]);
  const text: string | null = await pytron.call("services.dialogs.prompt", { text: "?" });
  const { possible, reason }: services.Capability = await pytron.services.can("tray.click");
  const said: services.Capability = await pytron.call("services.can", ["tray.click"]);
  pytron.on("menu.click", (click) => click.id.trim());
  pytron.on("files.dropped", (drop) => drop.files.map((file) => file.path.trim()));
  void [chosen, path?.trim(), same, text, possible, reason.trim(), said.possible];

  // @ts-expect-error an unknown service
  await pytron.services.dialog.open_file();
  // @ts-expect-error what pages cannot call
  await pytron.services.secrets.get("token");
  // @ts-expect-error an unknown option
  await pytron.services.dialogs.open_file({ tilte: "x" });
  // @ts-expect-error an argument of another type by name
  await pytron.call("services.dialogs.prompt", { text: 1 });
  // @ts-expect-error data of another type
  pytron.on("menu.click", (click) => click.name);
}
