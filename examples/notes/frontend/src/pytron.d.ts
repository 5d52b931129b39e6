// Written by `pytron types` from the Python of Folio: run it again instead of changing this file.
/* eslint-disable */
// biome-ignore-all lint: written by a program
// biome-ignore-all format: written by a program

import "pytron-client";

/** A note as the list shows it. In `pieces` every second piece is a match, from index 1. */
export interface Card {
  id: number;
  title: string[];
  pieces: string[];
  pinned: boolean;
  changed: number;
  tags: string[];
}

/** Where all notes were written to, and how many. */
export interface Exported {
  folder: string;
  notes: number;
}

/** What a search gives: the first cards, how many there are and how long it took. */
export interface Found {
  cards: Card[];
  total: number;
  took_ms: number;
}

/** What an import did. */
export interface Imported {
  added: number;
  skipped: number;
}

/** A long job that every window may show. */
export interface Job {
  title: string;
  done: number;
  total: number;
}

/** A whole note. Times are seconds since 1970. */
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

/** What came of one step of the check. */
export interface Outcome {
  ok: boolean;
  what: string;
  detail: string;
}

/** What the page is to import while it checks itself. */
export interface Plan {
  folder: string;
  files: number;
}

/** A note's sentences drawn as bars: where the picture is, and its numbers. */
export interface Rhythm {
  url: string;
  sentences: number;
  longest: number;
  average: number;
}

/** What a page says it shows. */
export interface Seen {
  theme: string;
  title: string;
  notes: string;
  pictures: number[];
  recent: string;
}

/** How many steps the page has tried. */
export interface Steps {
  steps: number;
}

/** A tag and how many notes carry it. */
export interface TagCount {
  name: string;
  notes: number;
}

/** What `code` of a PytronError may be: the app's own errors first. */
export type ErrorCode =
  | "backpressure"
  | "busy"
  | "cancelled"
  | "closed"
  | "conflict"
  | "disconnected"
  | "encode_failed"
  | "exception"
  | "invalid_arguments"
  | "invalid_change"
  | "is_stream"
  | "no_backend"
  | "not_allowed"
  | "not_stream"
  | "protocol"
  | "restarted"
  | "timeout"
  | "too_deep"
  | "too_large"
  | "unknown_function"
  | "unreadable"
  | "unsupported"
  | "version"
  | "worker_died";

declare module "pytron-client" {
  interface Functions {
    /** Add a few notes to look at; how many. */
    add_samples(): Promise<number>;
    /** What the page is to do by itself; nothing, unless the demo checks itself. */
    check_plan(): Promise<Plan | null>;
    /** A new, empty note. */
    create(): Promise<Note>;
    /** Write every note as a Markdown file into the Documents folder. */
    export_all(): Promise<Exported>;
    /** Make notes of a folder's text files. The page sees progress, and may cancel at any time. */
    import_folder(folder: string): Promise<Imported>;
    /** Put a note at the top, or back in its place. */
    pin(id: number, pinned: boolean): Promise<void>;
    /** One whole note. */
    read(id: number): Promise<Note>;
    /** Delete a note; `restore` brings it back until the app closes. */
    remove(id: number): Promise<void>;
    /** Bring a deleted note back. */
    restore(id: number): Promise<void>;
    /** The lengths of a note's sentences as a picture, published for a minute. */
    rhythm(id: number, shade: "light" | "dark", scale: number): Promise<Rhythm>;
    /** Keep what was written. `version` is the one it was made from. */
    save(id: number, title: string, body: string, version: number): Promise<Note>;
    /** The notes that match; all of them for an empty text. The page cancels what it outran. */
    search(text: string, tag: string | null, limit: number): Promise<Found>;
    /** Open the second window, or bring it to the front. */
    show_overview(): Promise<void>;
  }

  interface Arguments {
    add_samples: Record<string, never>;
    check_plan: Record<string, never>;
    create: Record<string, never>;
    export_all: Record<string, never>;
    import_folder: { folder: string };
    pin: { id: number; pinned: boolean };
    read: { id: number };
    remove: { id: number };
    restore: { id: number };
    rhythm: { id: number; shade: "light" | "dark"; scale: number };
    save: { id: number; title: string; body: string; version: number };
    search: { text: string; tag: string | null; limit: number };
    show_overview: Record<string, never>;
  }

  interface Events {
    /** What came of one step of the check. */
    check: Outcome;
    /** How many steps the page has tried. */
    "check-done": Steps;
    "check-press": string;
    /** What a page says it shows. */
    "check-seen": Seen;
    "save-now": null;
    "saved-now": null;
  }

  interface State {
    theme: "system" | "light" | "dark";
    selected: number;
    notes: number;
    words: number;
    pinned: number;
    revision: number;
    tags: TagCount[];
    job: Job | null;
  }
}
