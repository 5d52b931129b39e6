import { click, fill, focus, hover, press, select, type } from "./act.js";
import { find, isEnabled, isVisible, type Step, tagOf, words } from "./find.js";
import { textOf } from "./text.js";

/** What the client gives to the page's part of a tool (spec/ipc.md, section 10). */
interface ToolPage {
  send(data: unknown): void;
  take(handler: (data: unknown) => void): void;
}

interface Order {
  id: number;
  do: string;
  target: Step[];
  timeoutMs: number;
  what?: string;
  expected?: unknown;
  not?: boolean;
  text?: string;
  values?: string[];
  button?: number;
  count?: number;
  on?: boolean;
  name?: string;
  address?: string;
  argument?: unknown;
}

const PAUSE_MS = 25;
/** What needs an element that a user could use now. */
const ACTIONS = new Set(["click", "hover", "focus", "fill", "type", "press", "check", "select"]);

/** The driver's part in a page: it finds, waits, acts and reads. */
export function start(page: ToolPage): void {
  page.take((data) => {
    const order = data as Order;
    perform(order, (value) => page.send({ id: order.id, value })).catch((error: unknown) => {
      page.send({ id: order.id, error: (error as Error).message ?? String(error) });
    });
  });
  page.send({ ready: true });
}

async function perform(order: Order, answer: (value: unknown) => void): Promise<void> {
  if (order.do === "expect") answer(await expectation(order));
  else if (order.do === "run") answer(await run(order));
  else if (order.do === "read") answer(await read(order));
  else if (ACTIONS.has(order.do)) {
    const element = order.target.length > 0 ? await usable(order) : undefined;
    // First the answer: what is set off may block the page (a dialog) or end it (a link).
    answer(null);
    await new Promise((resolve) => setTimeout(resolve));
    act(order, element);
  } else throw new Error(`there is no order ${order.do}`);
}

function act(order: Order, element: Element | undefined): void {
  if (element !== undefined && (order.do === "type" || order.do === "press")) focus(element);
  if (order.do === "type") type(order.text ?? "");
  else if (order.do === "press") press(order.text ?? "");
  else if (element === undefined) return;
  else if (order.do === "click") click(element, order.button ?? 0, order.count ?? 1);
  else if (order.do === "hover") hover(element);
  else if (order.do === "focus") focus(element);
  else if (order.do === "fill") fill(element, order.text ?? "");
  else if (order.do === "select") select(element, order.values ?? []);
  else if ((element as HTMLInputElement).checked !== order.on) click(element, 0, 1);
}

/** Asks until there is an answer or the time is over; then the last reason counts. */
async function until<T>(timeoutMs: number, ask: () => { value: T } | string): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = ask();
    if (typeof found !== "string") return found.value;
    if (performance.now() >= end) throw new Error(found);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

/** The one element, or why there is none. */
function one(target: readonly Step[]): Element | string {
  const found = find(target);
  if (found.length === 1) return found[0] as Element;
  if (found.length === 0) return `no element matches ${words(target)}`;
  const tags = found.slice(0, 3).map(tagOf).join(", ");
  return `${found.length} elements match ${words(target)} (${tags}…): say more, or take .nth(0)`;
}

async function usable({ target, timeoutMs, do: what }: Order): Promise<Element> {
  let place = "";
  return until(timeoutMs, () => {
    const element = one(target);
    if (typeof element === "string") return element;
    const name = `${words(target)}, ${tagOf(element)},`;
    if (!isVisible(element)) return `${name} is not visible`;
    if (!isEnabled(element)) return `${name} is disabled`;
    if (["fill", "type"].includes(what) && (element as HTMLInputElement).readOnly)
      return `${name} can only be read`;
    const rect = element.getBoundingClientRect();
    const outside =
      rect.top < 0 || rect.left < 0 || rect.bottom > innerHeight || rect.right > innerWidth;
    if (outside)
      element.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const now = JSON.stringify(element.getBoundingClientRect());
    const moves = now !== place;
    place = now;
    if (moves) return `${name} moves`;
    const cover =
      what === "click" || what === "hover" || what === "check" ? covering(element) : null;
    if (cover !== null) return `${name} is covered by ${tagOf(cover)}`;
    return { value: element };
  });
}

/** What is in front of the middle of an element and does not belong to it. */
function covering(element: Element): Element | null {
  const { left, top, width, height } = element.getBoundingClientRect();
  const front = document.elementFromPoint(left + width / 2, top + height / 2);
  if (front === null || element.contains(front)) return null;
  const label = (element as HTMLInputElement).labels;
  return front.contains(element) || [...(label ?? [])].some((one) => one.contains(front))
    ? null
    : front;
}

function valueIn(what: string, element: Element, name = ""): unknown {
  const field = element as HTMLInputElement;
  switch (what) {
    case "text":
      return textOf(element);
    case "value":
      return field.value ?? null;
    case "attribute":
      return element.getAttribute(name);
    case "visible":
      return isVisible(element);
    case "enabled":
      return isEnabled(element);
    case "checked":
      return field.checked ?? element.getAttribute("aria-checked") === "true";
    case "focused":
      return document.activeElement === element;
    default:
      throw new Error(`there is nothing to read called ${what}`);
  }
}

async function read({ what = "", target, timeoutMs, name }: Order): Promise<unknown> {
  if (what === "count") return find(target).length;
  if (what === "texts") return find(target).map(textOf);
  if (what === "title") return document.title;
  if (what === "url") return location.href;
  if (what === "visible" && find(target).length === 0) return false;
  return until(timeoutMs, () => {
    const element = one(target);
    return typeof element === "string" ? element : { value: valueIn(what, element, name) };
  });
}

/** Waits until what is read is as expected; an error says what it was at the end. */
async function expectation(order: Order): Promise<null> {
  const { what = "", target, expected, not = false, name } = order;
  return until(order.timeoutMs, () => {
    let actual: unknown;
    if (what === "count") actual = find(target).length;
    else if (what === "visible" && find(target).length === 0) actual = false;
    else {
      const element = one(target);
      if (typeof element === "string") return element;
      actual = valueIn(what === "holds" ? "text" : what, element, name);
    }
    const fits = what === "holds" ? String(actual).includes(String(expected)) : actual === expected;
    if (fits !== not) return { value: null };
    const wanted = `${not ? "not " : ""}${JSON.stringify(expected)}`;
    return `${what} of ${words(target)} is ${JSON.stringify(actual)}, expected ${wanted}`;
  });
}

/** Runs a module that the kit serves for this: the page's policy lets no text become code. */
async function run({ address = "", argument }: Order): Promise<unknown> {
  const module = (await import(address)) as { default: (argument: unknown) => unknown };
  return (await module.default(argument)) ?? null;
}
