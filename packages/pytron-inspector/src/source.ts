import type { Answer, HistoryAnswer } from "./model.js";
import type { Store } from "./store.js";

/** How long to wait before asking again an app that did not answer. */
const RETRY_MS = 1_000;

export type Connection = "live" | "paused" | "gone";

/** Asks the app for what is new, and again when it has answered; it holds a question until then. */
export class Source {
  private readonly store: Store;
  private readonly told: (connection: Connection) => void;
  private version = 0;
  private stop: AbortController | undefined;

  constructor(store: Store, told: (connection: Connection) => void) {
    this.store = store;
    this.told = told;
  }

  get paused(): boolean {
    return this.stop === undefined;
  }

  /** Goes on after a pause; what happened meanwhile comes now. */
  resume(): void {
    if (this.stop !== undefined) return;
    const stop = new AbortController();
    this.stop = stop;
    void this.follow(stop.signal);
  }

  pause(): void {
    this.stop?.abort();
    this.stop = undefined;
    this.told("paused");
  }

  /** Asks for everything anew, as after an import. */
  restart(): void {
    this.pause();
    this.version = 0;
    this.store.forget();
    this.store.changed();
    this.resume();
  }

  private async follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const wait = this.version === 0 ? "" : "&wait";
        const answer = await ask<Answer>(`records?after=${this.version}${wait}`, signal);
        if (this.store.app !== undefined && this.store.app.epoch !== answer.app.epoch) {
          this.version = 0; // another run of the app counts anew
          this.store.forget();
          this.store.app = undefined;
          continue;
        }
        for (const scope of answer.scopes) await this.askHistory(scope, signal);
        this.version = answer.version;
        this.store.take(answer);
        this.told("live");
      } catch (error) {
        if (signal.aborted) return;
        console.warn("the app did not answer", error);
        this.told("gone");
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private async askHistory(scope: string, signal: AbortSignal): Promise<void> {
    const history = this.store.history(scope);
    const known = this.version === 0 ? "" : `&after=${history.latest}`;
    history.take(
      await ask<HistoryAnswer>(`state?scope=${encodeURIComponent(scope)}${known}`, signal),
    );
  }
}

async function ask<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(path, { signal });
  if (!response.ok) throw new Error(`${path}: status ${response.status}`);
  return (await response.json()) as T;
}
