import { h } from "./dom.js";
import type { Json } from "./model.js";

/** Levels that are open to begin with. */
const OPEN_LEVELS = 2;
/** A container with more is closed to begin with. */
const OPEN_ITEMS = 30;
/** Children that are made at once; the rest comes when it is asked for. */
const PORTION = 200;

export type Mark = (path: string) => boolean;

/** A value as a tree that can be opened and closed; `marked` paths stand out. */
export function tree(value: Json, name = "", marked: Mark = () => false): HTMLElement {
  return h("div", { class: "tree" }, node(value, name, 0, "", marked));
}

function node(value: Json, name: string, level: number, path: string, marked: Mark): HTMLElement {
  const mark = marked(path) ? " marked" : "";
  const key = name === "" ? [] : [h("span", { class: "key" }, name), ": "];
  if (typeof value !== "object" || value === null)
    return h("div", { class: `leaf${mark}` }, key, leaf(value));
  const entries = Object.entries(value) as [string, Json][];
  const isArray = Array.isArray(value);
  if (entries.length === 0) return h("div", { class: `leaf${mark}` }, key, isArray ? "[]" : "{}");
  const content = h("div", { class: "inner" });
  const build = () => {
    if (content.childElementCount === 0) append(content, entries, 0, level, path, marked);
  };
  const open = (level < OPEN_LEVELS && entries.length <= OPEN_ITEMS) || mark !== "";
  if (open) build();
  return h(
    "details",
    { class: mark.trim(), open, ontoggle: build },
    h("summary", {}, key, h("span", { class: "sum" }, summary(entries, isArray))),
    content,
  );
}

function append(
  content: HTMLElement,
  entries: readonly [string, Json][],
  from: number,
  level: number,
  path: string,
  marked: Mark,
): void {
  for (const [key, inner] of entries.slice(from, from + PORTION))
    content.append(node(inner, key, level + 1, path === "" ? key : `${path}.${key}`, marked));
  const rest = entries.length - from - PORTION;
  if (rest <= 0) return;
  const more = h("button", { class: "more", type: "button" }, `${rest} more`);
  more.addEventListener("click", () => {
    more.remove();
    append(content, entries, from + PORTION, level, path, marked);
  });
  content.append(more);
}

function summary(entries: readonly [string, Json][], isArray: boolean): string {
  if (isArray) return `[${entries.length}]`;
  const names = entries.slice(0, 4).map(([key]) => key);
  return `{${names.join(", ")}${entries.length > names.length ? ", …" : ""}}`;
}

function leaf(value: string | number | boolean | null): HTMLElement {
  if (value === "(redacted)") return h("span", { class: "redacted" }, "redacted");
  const kind = value === null ? "null" : typeof value;
  return h("span", { class: kind }, typeof value === "string" ? JSON.stringify(value) : `${value}`);
}
