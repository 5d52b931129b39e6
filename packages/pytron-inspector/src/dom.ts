type Child = Node | string | number | null | undefined | false;
type Handler = (event: never) => void;

/** Attributes of an element; functions are listeners, and `class` and `data-…` are as in HTML. */
export type Attributes = Readonly<Record<string, string | number | boolean | Handler | undefined>>;

/** An element. Text is text: nothing that the app said is ever read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Child | readonly Child[])[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function")
      element.addEventListener(name.slice(2), value as unknown as EventListener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...nodes(children));
  return element;
}

/** Gives an element new content. */
export function fill(element: Element, ...children: readonly (Child | readonly Child[])[]): void {
  element.replaceChildren(...nodes(children));
}

function nodes(children: readonly (Child | readonly Child[])[]): (Node | string)[] {
  return (children.flat() as Child[])
    .filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (typeof child === "number" ? String(child) : (child as Node | string)));
}

/** The element of the page's HTML with this id. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`index.html has no #${id}`);
  return element as T;
}
