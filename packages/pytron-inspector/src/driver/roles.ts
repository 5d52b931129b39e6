import { squeeze, textOf } from "./text.js";

/** Roles that elements have by themselves (https://www.w3.org/TR/html-aria/), those of interest. */
const ROLES: readonly [selector: string, role: string][] = [
  ["a[href], area[href]", "link"],
  ["button, summary, input:is([type=button], [type=submit], [type=reset], [type=image])", "button"],
  ["input[type=checkbox]", "checkbox"],
  ["input[type=radio]", "radio"],
  ["input[type=range]", "slider"],
  ["input[type=number]", "spinbutton"],
  ["input[type=search]", "searchbox"],
  ["input:not([type]), input:is([type=text], [type=email], [type=tel], [type=url])", "textbox"],
  ["textarea, [contenteditable=''], [contenteditable=true]", "textbox"],
  ["select[multiple], select[size]:not([size='1'])", "listbox"],
  ["select", "combobox"],
  ["option", "option"],
  ["h1, h2, h3, h4, h5, h6", "heading"],
  ["img[alt='']", "presentation"],
  ["img, svg", "img"],
  ["ul, ol, menu", "list"],
  ["li", "listitem"],
  ["table", "table"],
  ["tr", "row"],
  ["td", "cell"],
  ["th", "columnheader"],
  ["nav", "navigation"],
  ["main", "main"],
  ["form", "form"],
  ["dialog", "dialog"],
  ["article", "article"],
  ["output", "status"],
  ["progress", "progressbar"],
  ["meter", "meter"],
  ["details, fieldset", "group"],
  ["p", "paragraph"],
];

/** The role of an element, as assistive technology is told. */
export function roleOf(element: Element): string {
  const given = element.getAttribute("role")?.split(" ", 1)[0];
  if (given) return given;
  return ROLES.find(([selector]) => element.matches(selector))?.[1] ?? "generic";
}

/** The name of an element, as assistive technology reads it; the usual cases of the standard. */
export function nameOf(element: Element): string {
  const labelled = element.getAttribute("aria-labelledby");
  if (labelled !== null) {
    const parts = labelled.split(/\s+/).map((id) => document.getElementById(id));
    return squeeze(parts.map((part) => (part === null ? "" : textOf(part))).join(" "));
  }
  const label = element.getAttribute("aria-label");
  if (label !== null) return squeeze(label);
  const { labels } = element as HTMLInputElement;
  if (labels?.length) return squeeze([...labels].map(textOf).join(" "));
  if (element instanceof HTMLInputElement && roleOf(element) === "button")
    return squeeze(element.value || element.type);
  const named = element.getAttribute("alt") ?? element.getAttribute("title");
  const isField = element.matches("input, textarea, select");
  const text = isField ? "" : textOf(element);
  return text || squeeze(named ?? element.getAttribute("placeholder") ?? "");
}
