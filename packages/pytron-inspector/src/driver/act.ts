/** Events as a user's hand makes them, as far as a script can: they are not `isTrusted`. */

const POINTER = { bubbles: true, cancelable: true, composed: true, pointerId: 1, isPrimary: true };

function at(element: Element): { clientX: number; clientY: number } {
  const { left, top, width, height } = element.getBoundingClientRect();
  return { clientX: left + width / 2, clientY: top + height / 2 };
}

export function hover(element: Element): void {
  const where = { ...POINTER, ...at(element), pointerType: "mouse" };
  element.dispatchEvent(new PointerEvent("pointerover", where));
  element.dispatchEvent(new MouseEvent("mouseover", where));
  element.dispatchEvent(new PointerEvent("pointerenter", { ...where, bubbles: false }));
  element.dispatchEvent(new MouseEvent("mouseenter", { ...where, bubbles: false }));
  element.dispatchEvent(new PointerEvent("pointermove", where));
  element.dispatchEvent(new MouseEvent("mousemove", where));
}

export function click(element: Element, button: number, count: number): void {
  hover(element);
  for (let detail = 1; detail <= count; detail++) {
    const where = { ...POINTER, ...at(element), button, detail, pointerType: "mouse" };
    const down = { ...where, buttons: button === 2 ? 2 : 1 };
    element.dispatchEvent(new PointerEvent("pointerdown", down));
    const proceeds = element.dispatchEvent(new MouseEvent("mousedown", down));
    if (proceeds) focus(element);
    element.dispatchEvent(new PointerEvent("pointerup", where));
    element.dispatchEvent(new MouseEvent("mouseup", where));
    const kind = button === 0 ? "click" : button === 2 ? "contextmenu" : "auxclick";
    element.dispatchEvent(new PointerEvent(kind, where));
  }
  if (count > 1)
    element.dispatchEvent(new MouseEvent("dblclick", { ...POINTER, ...at(element), detail: 2 }));
}

/** Gives the focus to the element or to what around it can have it, as pressing the button does. */
export function focus(element: Element): void {
  const able = "a[href], button, input, textarea, select, summary, [tabindex], [contenteditable]";
  const label = element.closest("label")?.control;
  const target = element.closest<HTMLElement>(able) ?? label;
  if (target) target.focus();
  else (document.activeElement as HTMLElement | null)?.blur();
}

type Field = HTMLInputElement | HTMLTextAreaElement;

function isField(element: Element): element is Field {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

/** Sets a field's value past what a framework has put in front of it, and tells of it. */
function put(element: Field, value: string): void {
  const prototype = Object.getPrototypeOf(element) as object;
  const setter = Object.getOwnPropertyDescriptor(prototype, "value")?.set;
  if (setter === undefined) element.value = value;
  else setter.call(element, value);
}

export function fill(element: Element, value: string): void {
  focus(element);
  if (isField(element)) {
    put(element, value);
    element.dispatchEvent(inputEvent("input", "insertReplacementText", value));
    element.dispatchEvent(new Event("change", { bubbles: true }));
  } else {
    document.getSelection()?.selectAllChildren(element);
    document.execCommand("insertText", false, value);
  }
}

function inputEvent(kind: string, inputType: string, data: string | null): InputEvent {
  const cancelable = kind === "beforeinput";
  return new InputEvent(kind, { bubbles: true, composed: true, cancelable, inputType, data });
}

/** Types text into what has the focus, key by key. */
export function type(text: string): void {
  for (const sign of text) {
    if (sign === "\n") press("Enter");
    else stroke(sign, {}, () => insert(sign));
  }
}

function insert(text: string): void {
  const element = document.activeElement;
  if (element === null || !element.dispatchEvent(inputEvent("beforeinput", "insertText", text)))
    return;
  if (!isField(element)) {
    document.execCommand("insertText", false, text);
    return;
  }
  edit(element, "insertText", text, 0);
}

/** Exchanges the selection, or what lies `back` before it, as typing does. */
function edit(element: Field, kind: string, text: string, back: number): void {
  if (element.readOnly || element.disabled) return;
  const { value } = element;
  let [start, end] = [value.length, value.length];
  try {
    start = element.selectionStart ?? start; // some kinds of fields have no selection
    end = element.selectionEnd ?? end;
  } catch {}
  if (start === end) start = Math.max(0, start - back);
  const kept = value.length - (end - start);
  const room = element.maxLength < 0 ? text : text.slice(0, Math.max(0, element.maxLength - kept));
  put(element, value.slice(0, start) + room + value.slice(end));
  try {
    element.setSelectionRange(start + room.length, start + room.length);
  } catch {}
  element.dispatchEvent(inputEvent("input", kind, text || null));
}

/** Presses a key, or a combination such as `Control+Shift+K`, on what has the focus. */
export function press(keys: string): void {
  const names = keys === "+" ? ["+"] : keys.split("+");
  const key = names.pop() ?? "";
  const has = (name: string) => names.includes(name);
  const modifiers = {
    ctrlKey: has("Control"),
    shiftKey: has("Shift"),
    altKey: has("Alt"),
    metaKey: has("Meta"),
  };
  stroke(key, modifiers, () => byDefault(key, modifiers));
}

function stroke(key: string, modifiers: KeyboardEventInit, then: () => void): void {
  const target = document.activeElement ?? document.body;
  const code = /^[a-z]$/i.test(key)
    ? `Key${key.toUpperCase()}`
    : /^\d$/.test(key)
      ? `Digit${key}`
      : key;
  const fields = { key, code, bubbles: true, cancelable: true, composed: true, ...modifiers };
  if (target.dispatchEvent(new KeyboardEvent("keydown", fields))) then();
  (document.activeElement ?? target).dispatchEvent(new KeyboardEvent("keyup", fields));
}

/** What a web view does by itself with a key, where a script can do the same. */
function byDefault(key: string, { ctrlKey, metaKey, shiftKey }: KeyboardEventInit): void {
  const element = document.activeElement as HTMLElement | null;
  if (element === null) return;
  const command = ctrlKey || metaKey;
  if (command && key.toLowerCase() === "a") {
    if (isField(element)) element.select();
    else document.execCommand("selectAll");
  } else if (command) return;
  else if (key === "Enter") enter(element);
  else if (key === "Tab") tab(element, shiftKey === true);
  else if (key === " ") space(element);
  else if (key === "Backspace" && isField(element)) edit(element, "deleteContentBackward", "", 1);
  else if (key.length === 1) insert(key);
}

function enter(element: HTMLElement): void {
  if (element instanceof HTMLTextAreaElement) insert("\n");
  else if (element instanceof HTMLInputElement) {
    element.dispatchEvent(new Event("change", { bubbles: true }));
    const { form } = element;
    const button = form?.querySelector<HTMLElement>("[type=submit], button:not([type])");
    if (button) button.click();
    else form?.requestSubmit();
  } else if (element.matches("button, a[href], summary")) element.click();
}

function space(element: HTMLElement): void {
  const clicks = "button, summary, input:is([type=checkbox], [type=radio], [type=button])";
  if (element.matches(clicks)) element.click();
  else insert(" ");
}

function tab(element: HTMLElement, back: boolean): void {
  const able = "a[href], button, input, textarea, select, summary, [tabindex]";
  const all = [...document.querySelectorAll<HTMLElement>(able)].filter(
    (one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.getClientRects().length > 0,
  );
  const next = all.indexOf(element) + (back ? -1 : 1);
  all.at(next >= all.length ? 0 : next)?.focus();
}

export function select(element: Element, wanted: readonly string[]): void {
  if (!(element instanceof HTMLSelectElement)) throw new Error("it is no <select>");
  const options = [...element.options];
  const found = wanted.map((value) =>
    options.find((option) => option.value === value || option.label === value),
  );
  const missing = wanted[found.indexOf(undefined)];
  if (missing !== undefined) throw new Error(`it has no option ${JSON.stringify(missing)}`);
  focus(element);
  for (const option of options) option.selected = found.includes(option);
  element.dispatchEvent(new Event("input", { bubbles: true }));
  element.dispatchEvent(new Event("change", { bubbles: true }));
}
