/** The demo's check: it works the page's own controls as a person would, and reports each step.
 *  Loaded only when Python asks for it; nothing here is part of the app. */
import pytron, { api, PytronError } from "pytron-client";
import { byId } from "./dom.ts";
import type { Plan, Seen } from "./pytron.d.ts";

const STEP_MS = 15_000;
const BODY = "A line that must come back exactly.\n\n- [ ] with a task #checked";

/** Goes through every feature, then says that all is done. */
export async function drive(plan: Plan): Promise<void> {
  const steps: [string, () => Promise<string>][] = [
    ["notes listed", listed],
    ["search as you type", searched],
    ["picture made in Python", pictured],
    ["note written, saved, read back", written],
    ["note deleted and brought back", deleted],
    ["failure said kindly", () => failed(plan)],
    ["long job cancelled half-way", () => cancelled(plan)],
    ["long job with live progress", () => imported(plan)],
    ["second window shares the state", shared],
    ["second window changes the first", followed],
    ["ready for its picture", posed],
  ];
  for (const [what, step] of steps) {
    try {
      pytron.emit("check", { ok: true, what, detail: await step() });
    } catch (error) {
      pytron.emit("check", { ok: false, what, detail: String(error) });
    }
  }
  pytron.emit("check-done", { steps: steps.length });
}

/** The second window's part: it tells what it shows, and presses what it is asked to press. */
export function observe(): void {
  let last = "";
  const tell = (): void => {
    const pictures = [...document.images].map((image) => image.naturalWidth);
    const seen: Seen = {
      theme: document.documentElement.dataset.theme ?? "",
      title: byId("open-title", HTMLParagraphElement).textContent ?? "",
      notes: byId("notes", HTMLElement).textContent ?? "",
      pictures,
      recent: byId("recent", HTMLUListElement).textContent ?? "",
    };
    const now = JSON.stringify(seen);
    if (now !== last) pytron.emit("check-seen", seen, { to: "main" });
    last = now;
  };
  new MutationObserver(tell).observe(document, EVERYTHING);
  for (const image of document.images) image.addEventListener("load", tell);
  pytron.on("check-press", (selector) => {
    document.querySelector<HTMLElement>(selector)?.click();
  });
  tell();
}

async function listed(): Promise<string> {
  await until("ten sample notes in the list", () => cards().length === 10);
  return `${cards().length} notes`;
}

async function searched(): Promise<string> {
  const field = byId("search", HTMLInputElement);
  for (const letter of "tools") type(field, field.value + letter); // five calls, four outrun
  const status = byId("found", HTMLParagraphElement);
  await until("two matches", () => status.textContent?.startsWith("2 matches") ?? false);
  const marks = [...document.querySelectorAll("#list mark")].map((mark) => mark.textContent);
  if (!marks.length || marks.some((mark) => mark?.toLowerCase() !== "tools")) {
    throw new Error(`marked ${marks.join(", ")}`);
  }
  const said = status.textContent ?? "";
  press("Escape");
  await until("the whole list again", () => cards().length === 10);
  return said;
}

async function pictured(): Promise<string> {
  const image = byId("calendar", HTMLImageElement);
  await image.decode();
  if (image.naturalWidth === 0) throw new Error("the calendar is empty");
  return `${image.naturalWidth} × ${image.naturalHeight} pixels`;
}

async function written(): Promise<string> {
  press("n", { ctrlKey: true });
  const [title, body] = [byId("title", HTMLTextAreaElement), byId("body", HTMLTextAreaElement)];
  await until("an empty note", () => title.value === "" && document.activeElement === title);
  type(title, "Written by the check");
  type(body, BODY);
  const saved = byId("saved", HTMLParagraphElement);
  await until("the word Saved", () => saved.textContent === "Saved");
  const kept = await api.read(pytron.state.selected);
  if (kept.title !== "Written by the check" || kept.body !== BODY) throw new Error("not the same");
  await until("its tag in the sidebar", () =>
    /checked/.test(byId("tags", HTMLElement).textContent ?? ""),
  );
  press("e", { ctrlKey: true });
  await until("its task when read", () => document.querySelector(".reading .task") !== null);
  return `${kept.words} words, version ${kept.version}`;
}

async function deleted(): Promise<string> {
  const { notes, selected } = pytron.state;
  byId("delete", HTMLButtonElement).click();
  await until(
    "one note fewer",
    () => pytron.state.notes === notes - 1 && pytron.state.selected !== selected,
  );
  document.querySelector<HTMLElement>(".toast button")?.click();
  await until(
    "the note again",
    () => pytron.state.notes === notes && pytron.state.selected === selected,
  );
  return `note ${selected}`;
}

async function failed(plan: Plan): Promise<string> {
  const code = await api.read(987_654).then(
    () => "no error",
    (error: unknown) => (error instanceof PytronError ? error.code : String(error)),
  );
  if (code !== "note_missing") throw new Error(`reading a note that is not there gave ${code}`);
  startImport(`${plan.folder}/not-there`);
  const error = byId("import-error", HTMLParagraphElement);
  await until("the reason in the dialog", () => /There is no folder/.test(error.textContent ?? ""));
  byId("import-cancel", HTMLButtonElement).click();
  return `${code}; "${error.textContent}"`;
}

async function cancelled(plan: Plan): Promise<string> {
  const before = pytron.state.notes;
  startImport(plan.folder);
  await progressed(1);
  byId("import-cancel", HTMLButtonElement).click();
  await until(
    "the job to stop",
    () => /Import stopped/.test(lastToast()) && pytron.state.job === null,
  );
  const kept = pytron.state.notes - before;
  if (kept >= plan.files) throw new Error("it ran to its end");
  return `${kept} of ${plan.files} files kept`;
}

async function imported(plan: Plan): Promise<string> {
  const list = byId("list", HTMLDivElement);
  startImport(plan.folder);
  const steps = await progressed(8);
  await until("the end of the import", () => /imported/.test(lastToast()));
  await until("every note", () => pytron.state.notes === plan.files + 11);
  await until("a longer list", () => list.childElementCount > 100);
  return `${steps} steps seen, ${pytron.state.notes} notes now`;
}

async function shared(): Promise<string> {
  const watch = watchOther();
  byId("overview", HTMLButtonElement).click();
  const notes = pytron.state.notes.toLocaleString("en");
  await watch.until("its pictures and counts", (seen) => {
    return seen.notes === notes && seen.pictures.length === 2 && seen.pictures.every(Boolean);
  });
  const themes: string[] = [];
  for (const theme of ["light", "dark"]) {
    byId("theme", HTMLButtonElement).click();
    await until(`${theme} here`, () => document.documentElement.dataset.theme === theme);
    await watch.until(`${theme} there`, (seen) => seen.theme === theme);
    themes.push(theme);
  }
  watch.stop();
  return `${themes.join(", then ")} in both; ${notes} notes in both`;
}

async function followed(): Promise<string> {
  const title = byId("title", HTMLTextAreaElement);
  const before = pytron.state.selected;
  const watch = watchOther();
  pytron.emit("check-press", '#recent button[aria-current="false"]', { to: "overview" });
  await until("another note here", () => pytron.state.selected !== before && title.value !== "");
  await watch.until("the same title there", (seen) => seen.title === title.value);
  watch.stop();
  return `"${title.value}"`;
}

/** What the screenshot shows: the first note, read, in the light theme. */
async function posed(): Promise<string> {
  const { cards: kept } = await api.search("Written by the check", null, 1);
  if (kept[0]) await api.remove(kept[0].id);
  for (const toast of document.querySelectorAll(".toast")) toast.remove();
  const watch = watchOther();
  pytron.state.theme = "light";
  const [first] = cards();
  first?.click();
  const title = byId("title", HTMLTextAreaElement);
  await until("the first note in the light theme", () => {
    const [card, , third] = cards();
    const isOpen = card?.getAttribute("aria-selected") === "true";
    const isShown = title.value !== "" && card?.textContent?.includes(title.value) === true;
    const isGone = third?.textContent?.includes("Written by the check") === false;
    return isOpen && isShown && isGone && document.documentElement.dataset.theme === "light";
  });
  const notes = pytron.state.notes.toLocaleString("en");
  await watch.until("the same there", (seen) => {
    const isSame = seen.theme === "light" && seen.title === title.value && seen.notes === notes;
    return isSame && !seen.recent.includes("Written by the check");
  });
  watch.stop();
  await byId("calendar", HTMLImageElement).decode();
  await document.fonts.ready;
  await new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted)));
  return `"${title.value}"`;
}

const EVERYTHING = { subtree: true, childList: true, attributes: true, characterData: true };

function cards(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("#list .card")];
}

function lastToast(): string {
  return document.querySelector(".toast:last-child")?.textContent ?? "";
}

function startImport(folder: string): void {
  for (const toast of document.querySelectorAll(".toast")) toast.remove();
  byId("import", HTMLButtonElement).click();
  type(byId("import-path", HTMLInputElement), folder);
  byId("import-start", HTMLButtonElement).click();
}

/** Waits until the progress bar has shown so many different values; how many it was. */
async function progressed(count: number): Promise<number> {
  const bar = byId("import-bar", HTMLProgressElement);
  const seen = new Set<number>();
  await until(`${count} steps of progress`, () => {
    if (bar.hasAttribute("value") && bar.value > 0) seen.add(bar.value);
    return seen.size >= count;
  });
  return seen.size;
}

function type(field: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  field.value = text;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function press(key: string, more: KeyboardEventInit = {}): void {
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
}

/** Settles when the page (or the shared state) is as wanted; rejects after a deadline. */
function until(what: string, wanted: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const stops: (() => void)[] = [];
    const leave = (settle: () => void): void => {
      for (const stop of stops) stop();
      settle();
    };
    const look = (): void => {
      if (wanted()) leave(resolve);
    };
    const timer = setTimeout(() => leave(() => reject(new Error(`no ${what}`))), STEP_MS);
    const observer = new MutationObserver(look);
    observer.observe(document, EVERYTHING);
    stops.push(
      () => clearTimeout(timer),
      () => observer.disconnect(),
    );
    for (const key of ["notes", "selected", "job", "theme"])
      stops.push(pytron.subscribe(key, look));
    look();
  });
}

/** Watches what the second window says it shows. */
function watchOther(): {
  until(what: string, wanted: (seen: Seen) => boolean): Promise<void>;
  stop(): void;
} {
  let last: Seen | undefined;
  let look = (): void => {};
  const stop = pytron.on("check-seen", (seen) => {
    last = seen;
    look();
  });
  const wait = (what: string, wanted: (seen: Seen) => boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`the second window: no ${what}; it showed ${JSON.stringify(last)}`));
      }, STEP_MS);
      look = () => {
        if (last === undefined || !wanted(last)) return;
        clearTimeout(timer);
        resolve();
      };
      look();
    });
  return { until: wait, stop };
}
