/** What Python offers this app: the shapes of `folio/model.py` and the functions of `app.py`. */
import type {} from "pytron-client";

export type Theme = "system" | "light" | "dark";
export type Shade = "light" | "dark";

export interface TagCount {
  name: string;
  notes: number;
}

export interface Job {
  title: string;
  done: number;
  total: number;
}

/** The state that all windows share. */
export interface Shared {
  theme: Theme;
  selected: number;
  notes: number;
  words: number;
  pinned: number;
  revision: number;
  tags: TagCount[];
  job: Job | null;
}

export interface Note {
  id: number;
  title: string;
  body: string;
  pinned: boolean;
  created: number;
  changed: number;
  version: number;
  words: number;
  tags: string[];
}

/** A note in the list. In `title` and `pieces` every second piece is a match, from index 1. */
export interface Card {
  id: number;
  title: string[];
  pieces: string[];
  pinned: boolean;
  changed: number;
  tags: string[];
}

export interface Found {
  cards: Card[];
  total: number;
  took_ms: number;
}

export interface Rhythm {
  url: string;
  sentences: number;
  longest: number;
  average: number;
}

export interface Plan {
  folder: string;
  files: number;
}

/** What a page of the demo's check says it shows. */
export interface Seen {
  theme: string;
  title: string;
  notes: string;
  pictures: number[];
  recent: string;
}

// With these the client knows every name and type; a misspelt call does not compile.
declare module "pytron-client" {
  interface State extends Shared {}

  interface Functions {
    search(text: string, tag: string | null, limit: number): Promise<Found>;
    read(id: number): Promise<Note>;
    create(): Promise<Note>;
    save(id: number, title: string, body: string, version: number): Promise<Note>;
    pin(id: number, pinned: boolean): Promise<void>;
    remove(id: number): Promise<void>;
    restore(id: number): Promise<void>;
    add_samples(): Promise<number>;
    import_folder(folder: string): Promise<{ added: number; skipped: number }>;
    export_all(): Promise<{ folder: string; notes: number }>;
    rhythm(id: number, shade: Shade, scale: number): Promise<Rhythm>;
    show_overview(): Promise<void>;
    check_plan(): Promise<Plan | null>;
  }

  interface Events {
    check: { ok: boolean; what: string; detail: string };
    "check-done": { steps: number };
    "check-press": string;
    "check-seen": Seen;
    "save-now": null;
    "saved-now": null;
  }
}
