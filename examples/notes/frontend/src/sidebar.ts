/** The sidebar: tags and counts, kept up to date by the shared pytron.state. */
import pytron from "pytron-client";
import { byId, counted, make } from "./dom.ts";
import type { TagCount } from "./pytron.d.ts";

const SHOWN = 14;

export class Sidebar {
  #tag: string | null = null;
  readonly #tags = byId("tags", HTMLElement);
  readonly #counts = byId("counts", HTMLParagraphElement);
  readonly #choose: (tag: string | null) => void;

  constructor(choose: (tag: string | null) => void) {
    this.#choose = choose;
    for (const key of ["notes", "words"]) pytron.subscribe(key, () => this.#count());
    pytron.subscribe("tags", () => this.#draw());
    this.#count();
    this.#draw();
  }

  /** Shows which tag the list is limited to. */
  mark(tag: string | null): void {
    this.#tag = tag;
    this.#draw();
  }

  #count(): void {
    this.#counts.textContent = `${counted(pytron.state.notes, "note")} · ${counted(pytron.state.words, "word")}`;
    this.#draw();
  }

  #draw(): void {
    const shown: TagCount[] = pytron.state.tags.slice(0, SHOWN).map((tag) => ({ ...tag }));
    if (this.#tag !== null && !shown.some((tag) => tag.name === this.#tag)) {
      shown.push({ name: this.#tag, notes: 0 });
    }
    this.#tags.replaceChildren(
      this.#row("All notes", null, pytron.state.notes),
      ...shown.map((tag) => this.#row(tag.name, tag.name, tag.notes)),
    );
  }

  #row(label: string, tag: string | null, notes: number): HTMLButtonElement {
    const name = make("span", tag === null ? "" : "hash", label);
    const row = make("button", "tag-row", name, make("span", "count", notes.toLocaleString("en")));
    row.type = "button";
    row.setAttribute("aria-pressed", String(this.#tag === tag));
    row.addEventListener("click", () => this.#choose(tag));
    return row;
  }
}
