import { Details, facts, fault, heading, pill, section, text, value } from "../details.js";
import { h } from "../dom.js";
import { brief, duration, plural, size, timeOf } from "../format.js";
import { List } from "../list.js";
import type { CallRecord } from "../model.js";
import { tree } from "../tree.js";
import { type Context, hint, type View } from "./view.js";

/** A bar is full at this many milliseconds; it grows with the logarithm. */
const LONGEST_MS = 10_000;

/** Calls of pages, from the question to the answer. */
export class CallsView implements View {
  readonly id = "calls";
  readonly title = "Calls";
  readonly element: HTMLElement;
  private readonly list: List<CallRecord>;
  private readonly details = new Details();

  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
    this.list = new List<CallRecord>(
      "Calls",
      [
        { title: "Time", kind: "time", cell: (call) => timeOf(call.at) },
        { title: "Function", kind: "name", cell: (call) => call.name },
        { title: "Arguments", kind: "wide", cell: (call) => brief(call.args) },
        { title: "Window", kind: "window", cell: (call) => call.window ?? "" },
        { title: "Status", kind: "status", cell: (call) => pill(call.status), label: statusOf },
        { title: "Sent", kind: "number sent", cell: (call) => size(sent(call)) },
        { title: "Received", kind: "number sent", cell: (call) => size(received(call)) },
        { title: "Total", kind: "number", cell: (call) => duration(call.took) },
        { title: "", kind: "bar", cell: bar, label: timesOf },
      ],
      () => this.updateDetails(),
      ({ status }) => (status === "error" ? "bad" : ""),
    );
    this.element = h("div", { class: "split" }, this.list.element, this.details.element);
  }

  badge() {
    const calls = this.context.store.of("call");
    return { count: calls.length, alarm: calls.filter(({ status }) => status === "error").length };
  }

  update(): void {
    const calls = this.context.store.of("call");
    const shown = calls.filter((call) => this.context.passes(call));
    this.list.show(shown, hint(this.context, calls.length, "No calls yet. Use the app."));
    this.updateDetails();
  }

  focus(): void {
    this.list.focus();
  }

  private updateDetails(): void {
    const call = this.list.selected;
    if (call === undefined) this.details.clear();
    else this.details.show(`${call.seq}/${call.version}`, () => describe(call));
  }
}

function statusOf(call: CallRecord): string {
  return call.error === undefined ? call.status : `${call.status}: ${call.error.message}`;
}

function timesOf(call: CallRecord): string {
  if (call.took === undefined) return "";
  return `${duration(call.queue ?? 0)} in the queue, ${duration(call.took)} in all`;
}

function sent(call: CallRecord): number {
  return call.argsize + (call.argparts?.[1] ?? 0);
}

function received(call: CallRecord): number | undefined {
  if (call.valuesize === undefined) return undefined;
  return call.valuesize + (call.valueparts?.[1] ?? 0);
}

/** The share of a length that so many milliseconds fill. */
function share(ms: number): number {
  return Math.min(1, Math.log1p(ms * 10) / Math.log1p(LONGEST_MS * 10));
}

function bar(call: CallRecord): HTMLElement {
  const outer = h("span", { class: `meter ${call.status}` });
  if (call.took === undefined) return outer;
  const whole = h("span", { class: "whole" });
  whole.style.width = `${100 * share(call.took)}%`;
  const queued = h("span", { class: "queued" });
  queued.style.width = `${call.took > 0 ? Math.min(100, (100 * (call.queue ?? 0)) / call.took) : 0}%`;
  whole.append(queued);
  outer.append(whole);
  return outer;
}

function describe(call: CallRecord): (HTMLElement | null)[] {
  return [
    heading(call.name, call.status, call.window ?? "", timeOf(call.at)),
    timing(call),
    ...(call.error === undefined ? [] : fault(call.error)),
    text("Page stack", call.stack?.trim(), "where the page called"),
    value("Arguments", call.args, call.argsize, call.argparts),
    stream(call),
    call.items === undefined
      ? value("Result", call.value, call.valuesize, call.valueparts ?? null)
      : null,
    section(
      "More",
      "",
      facts([
        ["Call", call.id],
        ["Session", call.session.slice(0, 8)],
        ["Runs on", call.executor ?? "no such function"],
        ["Time allowed", call.timeout === null ? null : duration(call.timeout)],
      ]),
    ),
  ];
}

function timing(call: CallRecord): HTMLElement {
  const ran =
    call.took === undefined || call.queue === undefined ? undefined : call.took - call.queue;
  const { progress } = call;
  const done =
    progress && `${progress.value}${progress.total === null ? "" : ` of ${progress.total}`}`;
  return section(
    "Timing",
    duration(call.took),
    facts([
      ["Waited for a place", duration(call.queue)],
      ["Ran and answered", duration(ran)],
      ["Progress", progress && `${done} ${progress.note ?? ""}`],
    ]),
  );
}

function stream(call: CallRecord): HTMLElement | null {
  if (call.items === undefined) return null;
  const items = (call.last ?? []).map(({ at, value }) =>
    h("li", {}, h("span", { class: "note" }, timeOf(at)), tree(value)),
  );
  const left = call.items - items.length;
  return section(
    "Stream",
    `${plural(call.items, "item")}, ${size(call.valuesize)}`,
    facts([["Credits left", call.credits]]),
    left > 0 ? h("p", { class: "note" }, `The last ${items.length}:`) : null,
    h("ol", { class: "items" }, items),
  );
}
