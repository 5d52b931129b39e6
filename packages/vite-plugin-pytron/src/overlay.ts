/** Python's errors in Vite's overlay: shown to pages that are open and to those that open later. */
import { readFileSync } from "node:fs";
import type { ViteDevServer } from "vite";
import type { Failure } from "./session.js";

export class Overlay {
  private readonly hot: ViteDevServer["environments"]["client"]["hot"];
  private readonly failures = new Map<string, Failure>();

  constructor(server: ViteDevServer) {
    this.hot = server.environments.client.hot;
    this.hot.on("connection", () => {
      // A page's first update with an overlay open loads it anew; this makes it not the first.
      this.hot.send({ type: "update", updates: [] });
      this.show();
    });
  }

  /** What is wrong from this source, or that nothing is any more. */
  set(source: string, failure: Failure | undefined): void {
    const before = this.failures.get(source);
    if (failure === undefined) {
      if (!this.failures.delete(source)) return;
      if (this.failures.size === 0)
        this.hot.send({ type: "update", updates: [] }); // closes it
      else this.show();
    } else if (before?.trace !== failure.trace || before.message !== failure.message) {
      this.failures.set(source, failure);
      this.show();
    }
  }

  private show(): void {
    const [failure] = this.failures.values();
    if (failure === undefined) return;
    const { name, message, trace, file, line } = failure;
    this.hot.send({
      type: "error",
      err: {
        plugin: "Python",
        message: `${name}: ${message}`,
        stack: trace,
        ...(file ? { id: file, loc: { file, line: line ?? 1, column: 0 } } : {}),
        ...(file && line ? { frame: excerpt(file, line) } : {}),
      },
    });
  }
}

const AROUND = 2;

/** The lines around one, as Vite's overlay knows them; it leaves out whatever looks otherwise. */
function excerpt(file: string, line: number): string {
  let lines: string[];
  try {
    lines = readFileSync(file, "utf-8").split(/\r?\n/);
  } catch {
    return "";
  }
  const first = Math.max(1, line - AROUND);
  const width = String(line + AROUND).length;
  const shown = lines
    .slice(first - 1, line + AROUND)
    .map((text, index) => `${String(first + index).padStart(width)} | ${text}\n`);
  shown.splice(line - first + 1, 0, `${" ".repeat(width)} | ^\n`);
  return shown.join("");
}
