/** Watching the Python of a project: its folders, without environments and what is installed. */
import { existsSync, type FSWatcher, readdirSync, watch } from "node:fs";
import { join } from "node:path";

const NOT_OURS = new Set(["node_modules", "__pycache__", "dist", "build", "vendor", "out"]);
const DEEPEST = 8;

/** The folders of a project that hold Python. */
function pythonFolders(project: string): string[] {
  const found: string[] = [];
  const look = (folder: string, depth: number): void => {
    let entries: import("node:fs").Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return; // gone, or not to be read
    }
    if (entries.some((entry) => entry.isFile() && entry.name.endsWith(".py"))) found.push(folder);
    if (depth === DEEPEST) return;
    for (const entry of entries) {
      const place = join(folder, entry.name);
      const skipped = entry.name.startsWith(".") || NOT_OURS.has(entry.name);
      if (entry.isDirectory() && !skipped && !existsSync(join(place, "pyvenv.cfg")))
        look(place, depth + 1);
    }
  };
  look(project, 0);
  return found;
}

const SETTLED_MS = 60;

/** Calls back when a `.py` file of the project changes; editors' several steps are one change. */
export class PythonSources {
  private readonly project: string;
  private readonly changed: () => void;
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | undefined;

  constructor(project: string, changed: () => void) {
    this.project = project;
    this.changed = changed;
    this.follow();
  }

  private follow(): void {
    const folders = new Set([this.project, ...pythonFolders(this.project)]);
    for (const [folder, watcher] of this.watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.watchers.delete(folder);
    }
    for (const folder of folders) {
      if (this.watchers.has(folder)) continue;
      const watcher = watch(folder, (_, name) => this.notice(name));
      watcher.on("error", () => watcher.close()); // the folder has gone
      this.watchers.set(folder, watcher);
    }
  }

  private notice(name: string | null): void {
    if (name !== null && !name.endsWith(".py")) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.follow();
      this.changed();
    }, SETTLED_MS);
  }

  close(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
  }
}
