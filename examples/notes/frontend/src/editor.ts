/** The open note: reading, writing, and saving as one writes. */
import { api, PytronError } from "pytron-client";
import { byId, counted, fit, spoken } from "./dom.ts";
import { icon } from "./icons.ts";
import { rendered, toggled } from "./markdown.ts";
import type { Note } from "./pytron.d.ts";
import { attempt, said, toast } from "./toasts.ts";

const SAVE_AFTER_MS = 400;

export class Editor {
  #note: Note | null = null;
  #writing = false;
  #opening = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  readonly #pane = byId("editor", HTMLElement);
  readonly #paper = byId("paper", HTMLDivElement);
  readonly #title = byId("title", HTMLTextAreaElement);
  readonly #body = byId("body", HTMLTextAreaElement);
  readonly #reading = byId("reading", HTMLElement);
  readonly #meta = byId("meta", HTMLParagraphElement);
  readonly #saved = byId("saved", HTMLParagraphElement);
  readonly #mode = byId("mode", HTMLButtonElement);
  readonly #pin = byId("pin", HTMLButtonElement);
  readonly #tag: (name: string) => void;

  constructor(tag: (name: string) => void, remove: (id: number) => void) {
    this.#tag = tag;
    for (const area of [this.#title, this.#body]) {
      area.addEventListener("input", () => this.#edited(area));
      area.addEventListener("blur", () => attempt(() => this.flush()));
    }
    this.#title.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.write(true);
      this.#body.focus();
    });
    this.#reading.addEventListener("dblclick", () => this.write(true));
    this.#mode.addEventListener("click", () => this.write(!this.#writing));
    this.#pin.append(icon("pin"));
    this.#pin.addEventListener("click", () => attempt(() => this.#togglePin()));
    const bin = byId("delete", HTMLButtonElement);
    bin.append(icon("trash"));
    bin.addEventListener("click", () => this.#note && remove(this.#note.id));
    addEventListener("resize", () => this.#fit());
    document.fonts.addEventListener("loadingdone", () => this.#fit());
  }

  /** The open note's id; 0 when there is none. */
  get id(): number {
    return this.#note?.id ?? 0;
  }

  /** Opens a note; one that was chosen later wins over one that loads slowly. */
  async open(id: number): Promise<void> {
    const turn = ++this.#opening;
    await this.flush();
    const note = await api.read(id);
    if (turn !== this.#opening) return;
    this.#show(note);
    this.#paper.scrollTop = 0;
    this.write(note.body === "", false);
  }

  /** Opens a note that was just made, ready to write. */
  start(note: Note): void {
    this.#opening += 1;
    this.#show(note);
    this.write(true, false);
    this.#title.focus();
  }

  close(): void {
    this.#opening += 1;
    clearTimeout(this.#timer);
    this.#note = null;
    this.#pane.hidden = true;
  }

  /** Changes between writing and reading. */
  write(writing: boolean, focus = true): void {
    this.#writing = writing;
    this.#pane.classList.toggle("writing", writing);
    this.#mode.textContent = writing ? "Read" : "Edit";
    this.#mode.title = `${writing ? "Read" : "Edit"} (Ctrl E)`;
    if (!writing) this.#render();
    this.#fit();
    if (writing && focus) this.#body.focus();
  }

  toggleMode(): void {
    if (this.#note) this.write(!this.#writing);
  }

  /** Saves now what is waiting to be saved; settles when Python has it. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    // One save after the other: each names the version that the one before it made.
    this.#saving = this.#saving.then(() => this.#save());
    await this.#saving;
  }

  #show(note: Note): void {
    this.#note = note;
    this.#title.value = note.title;
    this.#body.value = note.body;
    this.#saved.textContent = "";
    this.#pane.hidden = false;
    this.#describe();
  }

  #edited(area: HTMLTextAreaElement): void {
    if (area === this.#title && area.value.includes("\n")) {
      area.value = area.value.replaceAll("\n", " ");
    }
    this.#fit();
    this.#saved.textContent = "Editing…";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => attempt(() => this.flush()), SAVE_AFTER_MS);
  }

  async #save(): Promise<void> {
    const note = this.#note;
    const title = this.#title.value.trim();
    const body = this.#body.value;
    if (!note || (title === note.title && body === note.body)) return;
    try {
      const kept = await api.save(note.id, title, body, note.version);
      if (this.#note?.id !== kept.id) return;
      this.#note = kept;
      this.#saved.textContent = "Saved";
      this.#describe();
    } catch (error) {
      this.#saved.textContent = "Not saved";
      if (!(error instanceof PytronError) || error.code !== "note_changed") throw error;
      toast(said(error), { label: "Open again", run: () => attempt(() => this.#reopen(note.id)) });
    }
  }

  async #reopen(id: number): Promise<void> {
    this.#show(await api.read(id));
    this.write(this.#writing, false);
  }

  async #togglePin(): Promise<void> {
    const note = this.#note;
    if (!note) return;
    await this.flush();
    await api.pin(note.id, !note.pinned);
    note.pinned = !note.pinned;
    this.#describe();
  }

  #describe(): void {
    const note = this.#note;
    if (!note) return;
    this.#meta.textContent = `${spoken(note.changed)} · ${counted(note.words, "word")}`;
    this.#pin.setAttribute("aria-pressed", String(note.pinned));
    this.#pin.title = note.pinned ? "Unpin" : "Pin to the top";
  }

  #render(): void {
    const tick = (line: number): void => {
      this.#body.value = toggled(this.#body.value, line);
      this.#edited(this.#body);
    };
    this.#reading.replaceChildren(rendered(this.#body.value, tick, this.#tag));
    this.#reading.classList.toggle("blank", this.#body.value.trim() === "");
  }

  #fit(): void {
    if (this.#pane.hidden) return;
    fit(this.#title);
    if (this.#writing) fit(this.#body);
  }
}
