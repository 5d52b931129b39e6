/** Search as you type: each letter asks Python anew, and what was asked before is cancelled. */
import pytron, { withOptions } from "pytron-client";
import { byId, counted } from "./dom.ts";
import type { Found } from "./pytron.d.ts";
import { attempt } from "./toasts.ts";

const PAGE = 120;

export class Search {
  tag: string | null = null;
  #limit = PAGE;
  #asked: AbortController | null = null;
  #stale = false;
  readonly #field = byId("search", HTMLInputElement);
  readonly #status = byId("found", HTMLParagraphElement);
  readonly #show: (found: Found) => void;

  constructor(show: (found: Found) => void) {
    this.#show = show;
    this.#field.addEventListener("input", () => this.restart());
    pytron.subscribe("revision", () => this.refresh());
  }

  get text(): string {
    return this.#field.value.trim();
  }

  /** Whether the list shows everything there is. */
  get isOpen(): boolean {
    return this.text === "" && this.tag === null;
  }

  focus(): void {
    this.#field.focus();
    this.#field.select();
  }

  clear(): void {
    this.#field.value = "";
    this.tag = null;
    this.restart();
  }

  /** Asks for the first page of what the field and the tag say now. */
  restart(): void {
    this.#limit = PAGE;
    attempt(() => this.run());
  }

  /** Asks for more of the same. */
  more(): void {
    this.#limit += PAGE;
    attempt(() => this.run());
  }

  /** Asks again because the notes changed: at once, or when the answer under way has come. */
  refresh(): void {
    if (this.#asked) this.#stale = true;
    else attempt(() => this.run());
  }

  /** One search. It settles without showing anything when a newer one has begun. */
  async run(): Promise<void> {
    this.#asked?.abort();
    const asking = new AbortController();
    this.#asked = asking;
    this.#stale = false;
    try {
      const { signal } = asking;
      const found = await withOptions({ signal }).search(this.text, this.tag, this.#limit);
      if (signal.aborted) return;
      this.#say(found);
      this.#show(found);
    } catch (error) {
      if (!asking.signal.aborted) throw error;
    } finally {
      if (this.#asked === asking) this.#asked = null;
    }
    if (this.#stale && this.#asked === null) await this.run();
  }

  #say(found: Found): void {
    const what = counted(found.total, this.text ? "match" : "note").replace("matchs", "matches");
    const where = this.tag === null ? "" : ` in #${this.tag}`;
    const took = this.text ? ` · ${Math.max(found.took_ms, 0.1).toFixed(1)} ms` : "";
    this.#status.textContent = `${what}${where}${took}`;
  }
}
