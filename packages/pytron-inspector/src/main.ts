import { byId, fill, h } from "./dom.js";
import { parseFilter, WORDS } from "./filter.js";
import { count, plural } from "./format.js";
import { type Connection, Source } from "./source.js";
import { Store } from "./store.js";
import { CallsView } from "./views/calls.js";
import { EventsView } from "./views/events.js";
import { LogView } from "./views/log.js";
import { StateView } from "./views/state.js";
import type { Context, View } from "./views/view.js";
import { WindowsView } from "./views/windows.js";

const store = new Store();
const filter = byId<HTMLInputElement>("filter");
let passes = parseFilter("");
const context: Context = {
  store,
  passes: (record) => passes(record),
  get filtered() {
    return filter.value.trim() !== "";
  },
};
const views: readonly View[] = [
  new CallsView(context),
  new EventsView(context),
  new StateView(context),
  new WindowsView(context),
  new LogView(context),
];
let active = views[0] as View;
let connection: Connection = "paused";
const source = new Source(store, (told) => {
  connection = told;
  drawFrame();
});

const tabs = byId("tabs");
const main = byId("main");
for (const [place, view] of views.entries()) {
  view.element.id = `view-${view.id}`;
  view.element.setAttribute("role", "tabpanel");
  view.element.setAttribute("aria-labelledby", `tab-${view.id}`);
  tabs.append(
    h(
      "button",
      {
        id: `tab-${view.id}`,
        type: "button",
        role: "tab",
        "aria-controls": `view-${view.id}`,
        title: `${view.title} (${place + 1})`,
        onclick: () => open(view),
      },
      h("span", {}, view.title),
      h("span", { class: "badge" }),
      h("span", { class: "badge alarm" }),
    ),
  );
  main.append(view.element);
}

function open(view: View): void {
  active = view;
  drawFrame();
  view.update();
}

let planned = false;

/** Draws once for all that changes before the next frame. */
function plan(): void {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    drawFrame();
    active.update();
  });
}

function drawFrame(): void {
  for (const view of views) {
    const selected = view === active;
    view.element.hidden = !selected;
    const tab = byId(`tab-${view.id}`);
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    const { count: total, alarm } = view.badge();
    const [all, bad] = tab.querySelectorAll<HTMLElement>(".badge");
    if (all !== undefined) all.textContent = total === 0 ? "" : count(total);
    if (bad !== undefined) {
      bad.textContent = alarm === 0 ? "" : count(alarm);
      bad.title = alarm === 0 ? "" : plural(alarm, "problem");
    }
  }
  drawStatus();
}

const CONNECTIONS: Record<Connection, string> = {
  live: "recording",
  paused: "paused: what happens meanwhile is kept in the app",
  gone: "the app does not answer; trying again",
};

function drawStatus(): void {
  const { app, imported } = store;
  const name = app?.name ?? "…";
  document.title = `Inspector: ${name}`;
  byId("app").textContent = name;
  const state = imported === undefined ? connection : "imported";
  byId("light").className = state;
  const said = imported === undefined ? CONNECTIONS[connection] : `imported from ${imported}`;
  byId("connection").textContent = said;
  const pause = byId("pause");
  pause.textContent = source.paused ? "Record" : "Pause";
  pause.toggleAttribute("disabled", imported !== undefined);
  byId("live").hidden = imported === undefined;
  const gone = Object.values(store.dropped).reduce((sum, one) => sum + one, 0) + store.lost;
  const engine = app && `${app.engine} engine, Pytron ${app.pytron}, Python ${app.python}`;
  const older = gone === 0 ? "" : `${count(gone)} older records are no longer kept`;
  byId("facts").textContent = [engine, older].filter(Boolean).join(" · ");
}

filter.addEventListener("input", () => {
  passes = parseFilter(filter.value);
  active.update();
});
byId("pause").addEventListener("click", () => {
  if (source.paused) source.resume();
  else source.pause();
});
byId("clear").addEventListener("click", () => store.clear());
byId("live").addEventListener("click", () => source.restart());
byId("export").addEventListener("click", save);
byId("help").addEventListener("click", () => byId<HTMLDialogElement>("helpbox").showModal());
const chooser = byId<HTMLInputElement>("file");
byId("import").addEventListener("click", () => chooser.click());
chooser.addEventListener("change", () => {
  const [file] = chooser.files ?? [];
  chooser.value = ""; // the same file can be chosen again
  if (file !== undefined) void load(file);
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => {
  event.preventDefault();
  const [file] = event.dataTransfer?.files ?? [];
  if (file !== undefined) void load(file);
});

function save(): void {
  const text = JSON.stringify(store.export(), null, 1);
  const name = `${(store.app?.name ?? "app").replace(/[^\w-]+/g, "-")}-inspector.json`;
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  say(`${name} was exported`);
}

async function load(file: File): Promise<void> {
  try {
    const text = await file.text();
    store.import(text, file.name);
    source.pause();
    say(`${file.name} is shown; Live goes back to the running app`);
  } catch (error) {
    say(`${file.name} cannot be imported: ${(error as Error).message}`);
  }
}

/** Tells of something that was done, also to those who do not see it. */
function say(text: string): void {
  const toast = byId("toast");
  toast.textContent = text;
  toast.className = "shown";
  setTimeout(() => {
    toast.className = "";
  }, 6_000);
}

fill(
  byId("words"),
  WORDS.flatMap(([example, meaning]) => [
    h("dt", {}, h("code", {}, example)),
    h("dd", {}, meaning),
  ]),
);

const KEYS: Record<string, () => void> = {
  "/": () => filter.focus(),
  p: () => byId("pause").click(),
  c: () => byId("clear").click(),
  e: () => byId("export").click(),
  "?": () => byId("help").click(),
};
addEventListener("keydown", (event) => {
  const typing = (event.target as Element | null)?.matches?.("input, select, textarea") ?? false;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f") {
    event.preventDefault();
    filter.select();
    return;
  }
  if (event.key === "Escape" && event.target === filter) active.focus();
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const view = views[Number(event.key) - 1];
  if (view !== undefined) {
    open(view);
    view.focus();
  } else if (event.key in KEYS) {
    event.preventDefault();
    KEYS[event.key]?.();
  }
});
tabs.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const next = views[(views.indexOf(active) + step + views.length) % views.length] as View;
  open(next);
  byId(`tab-${next.id}`).focus();
});

store.onChange(plan);
open(active);
source.resume();
