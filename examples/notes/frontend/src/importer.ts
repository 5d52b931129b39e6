/** Importing a folder: a long job with live progress that can be stopped. */

import { api, withOptions } from "pytron-client";
import { byId, counted } from "./dom.ts";
import { attempt, said, toast } from "./toasts.ts";

export class Importer {
  #stop: AbortController | null = null;
  readonly #dialog = byId("import-dialog", HTMLDialogElement);
  readonly #path = byId("import-path", HTMLInputElement);
  readonly #error = byId("import-error", HTMLParagraphElement);
  readonly #job = byId("import-progress", HTMLDivElement);
  readonly #bar = byId("import-bar", HTMLProgressElement);
  readonly #note = byId("import-note", HTMLParagraphElement);
  readonly #start = byId("import-start", HTMLButtonElement);

  constructor() {
    byId("import-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault(); // the dialog stays open while the job runs
      attempt(() => this.#run());
    });
    byId("import-cancel", HTMLButtonElement).addEventListener("click", () => this.#leave());
    this.#dialog.addEventListener("cancel", (event) => {
      if (!this.#stop) return;
      event.preventDefault();
      this.#leave();
    });
  }

  open(): void {
    this.#error.textContent = "";
    this.#idle();
    this.#dialog.showModal();
    this.#path.focus();
  }

  #leave(): void {
    if (this.#stop) this.#stop.abort();
    else this.#dialog.close();
  }

  async #run(): Promise<void> {
    if (this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#busy();
    let kept = 0;
    const onProgress = (done: number, total?: number): void => {
      kept = done;
      this.#bar.max = total ?? 1;
      this.#bar.value = done;
      this.#note.textContent = `${done.toLocaleString("en")} of ${counted(total ?? done, "file")}`;
    };
    try {
      const job = withOptions({ signal: stop.signal, onProgress });
      const { added, skipped } = await job.import_folder(this.#path.value);
      this.#dialog.close();
      const left = skipped ? `, ${counted(skipped, "file")} left out` : "";
      toast(`${counted(added, "note")} imported${left}.`);
    } catch (error) {
      if (stop.signal.aborted) {
        this.#dialog.close();
        toast(`Import stopped. ${counted(kept, "note")} kept.`);
      } else {
        this.#error.textContent = said(error);
        this.#path.focus();
      }
    } finally {
      this.#stop = null;
      this.#idle();
    }
  }

  #busy(): void {
    this.#error.textContent = "";
    this.#bar.removeAttribute("value"); // until the first progress, nobody knows how far it is
    this.#note.textContent = "Looking for text files…";
    this.#job.hidden = false;
    this.#start.disabled = true;
    this.#path.disabled = true;
  }

  #idle(): void {
    this.#job.hidden = true;
    this.#start.disabled = false;
    this.#path.disabled = false;
  }
}

/** Writes every note out as a Markdown file. */
export async function exportAll(): Promise<void> {
  const { folder, notes } = await api.export_all();
  toast(`${counted(notes, "note")} written to ${folder}`);
}
