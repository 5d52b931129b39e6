/** The list of notes: a list box that keyboard and pointer both work. */

import { byId, make, marked, spoken } from "./dom.ts";
import { icon } from "./icons.ts";
import type { Card, Found } from "./pytron.d.ts";

const NEAR_END_PX = 400;

export class List {
  #cards: Card[] = [];
  #chosen = 0;
  #complete = true;
  readonly #box = byId("list", HTMLDivElement);
  readonly #choose: (id: number) => void;

  constructor(choose: (id: number) => void, more: () => void) {
    this.#choose = choose;
    this.#box.addEventListener("click", (event) => {
      const item = (event.target as Element).closest<HTMLElement>("[data-note]");
      if (item) this.#pick(Number(item.dataset.note));
    });
    this.#box.addEventListener("keydown", (event) => this.#key(event));
    this.#box.addEventListener("scroll", () => {
      const left = this.#box.scrollHeight - this.#box.scrollTop - this.#box.clientHeight;
      if (left < NEAR_END_PX && !this.#complete) {
        this.#complete = true; // until the longer list is here
        more();
      }
    });
  }

  get first(): number | undefined {
    return this.#cards[0]?.id;
  }

  get size(): number {
    return this.#cards.length;
  }

  focus(): void {
    this.#box.focus();
  }

  show(found: Found): void {
    this.#cards = found.cards;
    this.#complete = found.cards.length >= found.total;
    this.#box.replaceChildren(...found.cards.map((card) => this.#item(card)));
    this.mark(this.#chosen);
  }

  /** Shows which note is open. */
  mark(id: number): void {
    this.#chosen = id;
    this.#box.removeAttribute("aria-activedescendant");
    for (const item of this.#box.children) {
      const chosen = (item as HTMLElement).dataset.note === String(id);
      item.setAttribute("aria-selected", String(chosen));
      if (chosen) this.#box.setAttribute("aria-activedescendant", item.id);
    }
  }

  /** Moves by so many notes; what is next to the open note after it was deleted, too. */
  neighbour(step: number): number | undefined {
    const at = this.#cards.findIndex((card) => card.id === this.#chosen);
    const next = at < 0 ? 0 : at + step;
    return this.#cards[Math.min(Math.max(next, 0), this.#cards.length - 1)]?.id;
  }

  #pick(id: number | undefined): void {
    if (id === undefined || id === this.#chosen) return;
    this.#choose(id);
    this.#box.querySelector(`[data-note="${id}"]`)?.scrollIntoView({ block: "nearest" });
  }

  #key(event: KeyboardEvent): void {
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 8,
      PageUp: -8,
      Home: -this.#cards.length,
      End: this.#cards.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#pick(this.neighbour(step));
  }

  #item(card: Card): HTMLElement {
    const head = make("h3", "card-title", ...marked(card.title));
    if (card.title.join("") === "") head.append(make("span", "untitled", "Untitled"));
    const when = make("time", "", spoken(card.changed));
    const foot = make("p", "card-foot", when);
    for (const tag of card.tags.slice(0, 3)) foot.append(make("span", "", `#${tag}`));
    const item = make("div", "card", head, make("p", "card-text", ...marked(card.pieces)), foot);
    if (card.pinned) item.prepend(icon("pin"));
    item.id = `note-${card.id}`;
    item.dataset.note = String(card.id);
    item.setAttribute("role", "option");
    return item;
  }
}
