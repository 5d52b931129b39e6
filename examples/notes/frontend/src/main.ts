/** The main window: joins the list, the search, the editor and the sidebar. */
import pytron, { api } from "pytron-client";
import "@fontsource-variable/inter";
import "@fontsource-variable/source-serif-4";
import "@fontsource-variable/source-serif-4/wght-italic.css";
import { followCalendar } from "./calendar.ts";
import { byId, make } from "./dom.ts";
import { Editor } from "./editor.ts";
import { placeIcons } from "./icons.ts";
import { exportAll, Importer } from "./importer.ts";
import { List } from "./list.ts";
import { Search } from "./search.ts";
import { Sidebar } from "./sidebar.ts";
import { followTheme } from "./theme.ts";
import { attempt, said, toast } from "./toasts.ts";

async function start(): Promise<void> {
  placeIcons();
  if (navigator.platform.startsWith("Mac")) {
    for (const keys of document.querySelectorAll("kbd"))
      keys.textContent = (keys.textContent ?? "").replace("Ctrl ", "⌘");
  }
  await pytron.ready;

  const editor = new Editor(limit, remove);
  const list = new List(select, () => search.more());
  const search = new Search((found) => {
    list.show(found);
    showEmpty();
    if (pytron.state.selected === 0 && list.first !== undefined) select(list.first);
  });
  const sidebar = new Sidebar(limit);
  const importer = new Importer();
  followTheme(followCalendar());

  function select(id: number): void {
    pytron.state.selected = id;
    follow();
  }

  /** Opens what the shared state says is selected; the other window may have chosen it. */
  function follow(): void {
    const id = pytron.state.selected;
    list.mark(id);
    if (id === editor.id) return;
    if (id === 0) editor.close();
    else attempt(() => editor.open(id));
  }

  function limit(tag: string | null): void {
    search.tag = tag;
    sidebar.mark(tag);
    search.restart();
  }

  async function create(): Promise<void> {
    await editor.flush();
    if (!search.isOpen) {
      search.clear();
      sidebar.mark(null);
    }
    const note = await api.create();
    editor.start(note);
    pytron.state.selected = note.id;
    list.mark(note.id);
  }

  function remove(id: number): void {
    attempt(async () => {
      await editor.flush();
      await api.remove(id);
      const after = list.neighbour(1) === id ? list.neighbour(-1) : list.neighbour(1);
      editor.close();
      select(after === undefined || after === id ? 0 : after);
      const undo = async (): Promise<void> => {
        await api.restore(id);
        select(id);
      };
      toast("Note deleted.", { label: "Undo", run: () => attempt(undo) });
    });
  }

  function showEmpty(): void {
    const none = byId("list-empty", HTMLDivElement);
    none.hidden = list.size > 0;
    byId("list", HTMLDivElement).hidden = list.size === 0;
    const words = search.isOpen ? "Your notes will be listed here." : "Nothing matches.";
    none.replaceChildren(make("p", "", words));
    const blank = byId("editor-empty", HTMLElement);
    blank.hidden = pytron.state.selected !== 0;
    if (blank.hidden) return;
    const samples = button("Add a few sample notes", async () => void (await api.add_samples()));
    blank.replaceChildren(
      make("h2", "", pytron.state.notes === 0 ? "A blank page" : "No note open"),
      make("p", "", "Start writing, or bring your notes along."),
      make(
        "div",
        "empty-actions",
        button("Import a folder", async () => importer.open()),
        samples,
      ),
    );
  }

  byId("create", HTMLButtonElement).addEventListener("click", () => attempt(create));
  byId("import", HTMLButtonElement).addEventListener("click", () => importer.open());
  byId("export", HTMLButtonElement).addEventListener("click", () => attempt(exportAll));
  byId("overview", HTMLButtonElement).addEventListener("click", () => attempt(api.show_overview));
  pytron.on("save-now", () => {
    attempt(() => editor.flush().finally(() => pytron.emit("saved-now")));
  });
  pytron.subscribe("selected", () => {
    follow();
    showEmpty();
  });
  addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    const command = event.ctrlKey || event.metaKey;
    if (key === "escape" && !document.querySelector("dialog[open]")) {
      if (search.isOpen) list.focus();
      else {
        search.clear();
        sidebar.mark(null);
      }
    } else if (command && key === "n") attempt(create);
    else if (command && key === "f") search.focus();
    else if (command && key === "e") editor.toggleMode();
    else return;
    event.preventDefault();
  });

  await search.run();
  follow();
  showEmpty();
  const plan = await api.check_plan();
  if (plan) await (await import("./selfcheck.ts")).drive(plan);
}

function button(label: string, run: () => Promise<void>): HTMLButtonElement {
  const made = make("button", "", label);
  made.type = "button";
  made.addEventListener("click", () => attempt(run));
  return made;
}

start().catch((error: unknown) => toast(said(error)));
