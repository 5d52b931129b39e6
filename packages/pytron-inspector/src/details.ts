import { fill, h } from "./dom.js";
import { size } from "./format.js";
import type { Fault, Json, Parts } from "./model.js";
import { tree } from "./tree.js";

/** The panel beside a list, which shows the chosen record; without one the list has all the room. */
export class Details {
  readonly element: HTMLElement;
  private shown: string | undefined;

  constructor() {
    this.element = h("section", { class: "details", "aria-label": "Details", tabindex: 0 });
    this.clear();
  }

  clear(): void {
    this.shown = undefined;
    this.element.hidden = true;
  }

  /** Shows a record; the same version of it is not drawn again, so that what is open stays open. */
  show(key: string, build: () => (Node | null)[]): void {
    if (this.shown === key) return;
    this.shown = key;
    this.element.hidden = false;
    const { scrollTop } = this.element;
    fill(this.element, build());
    this.element.scrollTop = scrollTop;
  }
}

export function heading(title: string, status: string, ...more: string[]): HTMLElement {
  return h(
    "header",
    { class: "title" },
    h("h2", {}, title),
    status === "" ? null : pill(status),
    more.filter((text) => text !== "").map((text) => h("span", { class: "fact" }, text)),
  );
}

const SIGNS: Record<string, string> = {
  done: "✓",
  error: "✕",
  cancelled: "⊘",
  waiting: "…",
  running: "▸",
  streaming: "≋",
};

/** A status in a sign, a colour and a word. */
export function pill(status: string): HTMLElement {
  return h("span", { class: `pill ${status}` }, `${SIGNS[status] ?? ""} ${status}`.trim());
}

/** A part of the details with a title, which can be closed. */
export function section(title: string, note: string, ...content: (Node | null)[]): HTMLElement {
  return h(
    "details",
    { class: "section", open: true },
    h("summary", {}, h("h3", {}, title), h("span", { class: "note" }, note)),
    content,
  );
}

export function value(
  title: string,
  json: Json | undefined,
  bytes: number | undefined,
  parts?: Parts,
): HTMLElement | null {
  if (json === undefined) return null;
  const binary = parts ? ` + ${parts[0]} binary, ${size(parts[1])}` : "";
  return section(title, `${size(bytes)}${binary}`, copyButton(json), tree(json));
}

export function text(
  title: string,
  content: string | null | undefined,
  note = "",
): HTMLElement | null {
  if (!content) return null;
  return section(title, note, h("pre", {}, content));
}

/** Rows of names and values; those without a value are left out. */
export function facts(
  rows: readonly (readonly [string, string | number | null | undefined])[],
): HTMLElement {
  const known = rows.filter(([, value]) => value !== undefined && value !== null && value !== "");
  return h(
    "dl",
    { class: "facts" },
    known.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))]),
  );
}

export function fault(error: Fault): (HTMLElement | null)[] {
  return [
    section(
      "Error",
      error.code,
      h("p", { class: "message" }, `${error.name}: ${error.message}`),
      facts([
        ["Code", error.code],
        ["Reference in the log", error.ref],
      ]),
    ),
    value("Data of the error", error.data, undefined),
    text("Python stack", error.trace?.trim()),
  ];
}

function copyButton(json: Json): HTMLElement {
  const button = h("button", { type: "button", class: "copy" }, "Copy");
  button.addEventListener("click", () => {
    navigator.clipboard.writeText(JSON.stringify(json, null, 2)).then(
      () => {
        button.textContent = "Copied";
      },
      () => {
        button.textContent = "Not allowed here";
      },
    );
  });
  return button;
}
