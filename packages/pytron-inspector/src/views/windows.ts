import { Details, facts, heading, section } from "../details.js";
import { fill, h } from "../dom.js";
import { brief, size, timeOf } from "../format.js";
import { List } from "../list.js";
import type { WindowFacts, WindowRecord } from "../model.js";
import { tree } from "../tree.js";
import { type Context, hint, type View } from "./view.js";

/** Windows as they are, and what happened to them. */
export class WindowsView implements View {
  readonly id = "windows";
  readonly title = "Windows";
  readonly element: HTMLElement;
  private readonly now = h("div", { class: "cards", role: "list", "aria-label": "Open windows" });
  private readonly list: List<WindowRecord>;
  private readonly details = new Details();

  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
    this.list = new List<WindowRecord>(
      "Windows",
      [
        { title: "Time", kind: "time", cell: (record) => timeOf(record.at) },
        { title: "Window", kind: "window", cell: (record) => record.window ?? "" },
        { title: "Way", kind: "way", cell: (record) => (record.command ? "command" : "event") },
        { title: "What", kind: "name", cell: (record) => record.what },
        { title: "Details", kind: "wide", cell: (record) => brief(told(record)) },
      ],
      () => this.updateDetails(),
    );
    const left = h("div", { class: "stack" }, this.now, this.list.element);
    this.element = h("div", { class: "split" }, left, this.details.element);
  }

  badge() {
    return { count: this.context.store.app?.windows.length ?? 0, alarm: 0 };
  }

  update(): void {
    const { store } = this.context;
    fill(this.now, (store.app?.windows ?? []).map(card));
    const records = store.of("window");
    const shown = records.filter((record) => this.context.passes(record));
    this.list.show(shown, hint(this.context, records.length, "Nothing has happened yet."));
    this.updateDetails();
  }

  focus(): void {
    this.list.focus();
  }

  private updateDetails(): void {
    const record = this.list.selected;
    if (record === undefined) this.details.clear();
    else
      this.details.show(`${record.seq}`, () => [
        heading(record.what, "", record.window ?? "", timeOf(record.at)),
        section("Details", record.command ? "the kit told the window" : "", tree(told(record))),
      ]);
  }
}

function told(record: WindowRecord) {
  const { fields, name, session, client } = record;
  if (fields !== undefined) return fields;
  return {
    ...(name === undefined ? {} : { name }),
    ...(session === undefined ? {} : { session }),
    ...(client === undefined ? {} : { client }),
  };
}

function card(window: WindowFacts): HTMLElement {
  const { session, subscriptions } = window;
  return h(
    "article",
    { class: "card", role: "listitem" },
    h("h3", {}, window.label),
    h("p", { class: "note" }, window.title ?? ""),
    facts([
      ["Session", session ?? "none: its page has not said hello"],
      ["Transport", window.transport],
      ["Calls now", window.calls],
      ["Waiting for it", window.waiting === undefined ? null : size(window.waiting)],
      ["Subscriptions", subscriptions && (subscriptions.join(", ") || "none")],
      ["Permission", window.restricted === undefined ? null : permission(window)],
    ]),
  );
}

function permission(window: WindowFacts): string {
  return window.restricted ? "only what its grants allow" : "everything";
}
