import { nameOf, roleOf } from "./roles.js";
import { squeeze, textOf } from "./text.js";

/** One step of a locator: each looks inside what the one before it found. */
export type Step =
  | { css: string }
  | { role: string; name?: string; exact?: boolean }
  | { text: string; exact?: boolean }
  | { label: string; exact?: boolean }
  | { placeholder: string }
  | { testid: string }
  | { nth: number };

/** All elements that a locator means now, in the order of the document. */
export function find(steps: readonly Step[], root: ParentNode = document): Element[] {
  let found: ParentNode[] = [root];
  for (const step of steps) {
    if ("nth" in step) {
      const one = found.at(step.nth);
      found = one === undefined ? [] : [one];
    } else {
      found = [...new Set(found.flatMap((inside) => inner(step, inside)))];
    }
  }
  return found.filter((one) => one !== root) as Element[];
}

function inner(step: Exclude<Step, { nth: number }>, root: ParentNode): Element[] {
  if ("css" in step) return [...root.querySelectorAll(step.css)];
  const all = [...root.querySelectorAll("*")];
  if ("role" in step)
    return all.filter((element) => {
      if (roleOf(element) !== step.role || isHidden(element)) return false;
      return step.name === undefined || same(nameOf(element), step.name, step.exact);
    });
  if ("text" in step) {
    const hits = all.filter((element) => same(textOf(element), step.text, step.exact));
    // The innermost ones: what holds a hit holds its text too.
    return hits.filter((hit) => !hits.some((other) => other !== hit && hit.contains(other)));
  }
  if ("label" in step)
    return all.filter(
      (element) =>
        (isField(element) || element.hasAttribute("aria-label")) &&
        same(nameOf(element), step.label, step.exact),
    );
  if ("placeholder" in step)
    return all.filter((element) => element.getAttribute("placeholder") === step.placeholder);
  return all.filter((element) => element.getAttribute("data-testid") === step.testid);
}

function isField(element: Element): boolean {
  return element.matches("input, textarea, select, [contenteditable], button, meter, progress");
}

function same(found: string, wanted: string, exact = false): boolean {
  const text = squeeze(wanted);
  return exact ? found === text : found.toLowerCase().includes(text.toLowerCase());
}

function isHidden(element: Element): boolean {
  return element.closest("[hidden], [aria-hidden=true]") !== null;
}

/** Whether a user could see it, if it is scrolled to. */
export function isVisible(element: Element): boolean {
  const { width, height } = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  return width > 0 && height > 0 && style.visibility === "visible" && style.display !== "none";
}

export function isEnabled(element: Element): boolean {
  return !element.matches(":disabled, [aria-disabled=true], :disabled *, [inert], [inert] *");
}

/** A locator in words, for messages. */
export function words(steps: readonly Step[]): string {
  const told = steps.map((step) => {
    const [[kind, value]] = Object.entries(step) as [[string, unknown], ...unknown[]];
    const name = "name" in step ? ` ${JSON.stringify(step.name)}` : "";
    return `${kind} ${JSON.stringify(value)}${name}`;
  });
  return told.length === 0 ? "the page" : told.join(" > ");
}

/** An element in words: its tag as it stands in the document. */
export function tagOf(element: Element): string {
  const { id, classList } = element;
  const names = [...classList].map((name) => `.${name}`).join("");
  return `<${element.localName}${id === "" ? "" : `#${id}`}${names}>`;
}
