import { Details, fault, heading, text } from "../details.js";
import { h } from "../dom.js";
import { timeOf } from "../format.js";
import { List } from "../list.js";
import type { FaultRecord, LogRecord } from "../model.js";
import { type Context, hint, type View } from "./view.js";

type Line = LogRecord | FaultRecord;

const BAD = new Set(["error", "critical"]);

/** Python's log with what pages wrote to it, and what was refused on the bridge. */
export class LogView implements View {
  readonly id = "log";
  readonly title = "Log";
  readonly element: HTMLElement;
  private readonly list: List<Line>;
  private readonly details = new Details();

  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
    this.list = new List<Line>(
      "Log",
      [
        { title: "Time", kind: "time", cell: (line) => timeOf(line.at) },
        { title: "Level", kind: "level", cell: levelOf },
        { title: "Logger", kind: "name", cell: sourceOf },
        { title: "Message", kind: "wide", cell: (line) => line.message.split("\n", 1)[0] ?? "" },
      ],
      () => this.updateDetails(),
      (line) => (isBad(line) ? "bad" : levelOf(line) === "warning" ? "warn" : ""),
    );
    this.element = h("div", { class: "split" }, this.list.element, this.details.element);
  }

  badge() {
    const lines = this.context.store.of("log", "fault");
    return { count: lines.length, alarm: lines.filter(isBad).length };
  }

  update(): void {
    const lines = this.context.store.of("log", "fault");
    const shown = lines.filter((line) => this.context.passes(line));
    this.list.show(shown, hint(this.context, lines.length, "Nothing has been logged."));
    this.updateDetails();
  }

  focus(): void {
    this.list.focus();
  }

  private updateDetails(): void {
    const line = this.list.selected;
    if (line === undefined) this.details.clear();
    else
      this.details.show(`${line.seq}`, () => [
        heading(sourceOf(line), isBad(line) ? "error" : "", levelOf(line), timeOf(line.at)),
        text("Message", line.message),
        ...(line.type === "fault" && line.error !== undefined ? fault(line.error) : []),
      ]);
  }
}

function levelOf(line: Line): string {
  return line.type === "log" ? line.level : "refused";
}

function sourceOf(line: Line): string {
  if (line.type === "log") return line.logger;
  return `bridge${line.window ? `, ${line.window}` : ""}`;
}

function isBad(line: Line): boolean {
  return line.type === "fault" || BAD.has(line.level);
}
