import { Details, facts, heading, section, value } from "../details.js";
import { h } from "../dom.js";
import { brief, size, timeOf } from "../format.js";
import { List } from "../list.js";
import type { EventRecord } from "../model.js";
import { type Context, hint, type View } from "./view.js";

const WAYS = { up: "↑ page", down: "↓ page", python: "Python" } as const;

/** Events, from pages, to pages, and Python's own. */
export class EventsView implements View {
  readonly id = "events";
  readonly title = "Events";
  readonly element: HTMLElement;
  private readonly list: List<EventRecord>;
  private readonly details = new Details();

  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
    this.list = new List<EventRecord>(
      "Events",
      [
        { title: "Time", kind: "time", cell: (event) => timeOf(event.at) },
        {
          title: "Way",
          kind: "way",
          cell: (event) => WAYS[event.way],
          label: (event) => wayOf(event),
        },
        { title: "Event", kind: "name", cell: (event) => event.name },
        { title: "Data", kind: "wide", cell: (event) => brief(event.data) },
        { title: "Window", kind: "window", cell: (event) => event.window ?? "" },
        { title: "Size", kind: "number", cell: (event) => size(bytes(event)) },
      ],
      () => this.updateDetails(),
    );
    this.element = h("div", { class: "split" }, this.list.element, this.details.element);
  }

  badge() {
    return { count: this.context.store.of("event").length, alarm: 0 };
  }

  update(): void {
    const events = this.context.store.of("event");
    const shown = events.filter((event) => this.context.passes(event));
    this.list.show(shown, hint(this.context, events.length, "No events yet."));
    this.updateDetails();
  }

  focus(): void {
    this.list.focus();
  }

  private updateDetails(): void {
    const event = this.list.selected;
    if (event === undefined) this.details.clear();
    else
      this.details.show(`${event.seq}`, () => [
        heading(event.name, "", event.window ?? "", timeOf(event.at)),
        section(
          "Way",
          "",
          facts([
            ["Way", wayOf(event)],
            ["To", event.to],
          ]),
        ),
        value("Data", event.data, event.datasize, event.dataparts),
      ]);
  }
}

function bytes(event: EventRecord): number {
  return event.datasize + (event.dataparts?.[1] ?? 0);
}

function wayOf(event: EventRecord): string {
  if (event.way === "up")
    return event.to === null ? "from a page to Python" : `from a page to ${event.to}`;
  return event.way === "down" ? "to a page" : "emitted by Python";
}
