import type { Answer, AppFacts, HistoryAnswer, Json, Recorded, Step } from "./model.js";
import { apply } from "./ops.js";

export type Type = Recorded["type"];

/** Records of each type that the page keeps; the kit itself keeps no more. */
const KEPT = 2_000;
const KEPT_STEPS = 500;

/** What an export holds, and an import brings back. */
export interface Exported {
  format: "pytron-inspector";
  version: 1;
  exported: string;
  app: AppFacts;
  dropped: Record<string, number>;
  records: Recorded[];
  histories: { scope: string; revision: number; value: Json; steps: Step[] }[];
}

/** What is known of one state: its beginning and what has happened since. */
export class History {
  revision = 0;
  value: Json = null;
  steps: Step[] = [];
  tooLarge = false;

  /** The newest revision that is known. */
  get latest(): number {
    return this.steps.at(-1)?.revision ?? this.revision;
  }

  take(answer: HistoryAnswer): void {
    if (answer.base !== undefined) {
      this.revision = answer.base.revision;
      this.value = answer.base.value;
      this.steps = [];
    }
    this.tooLarge = answer.toolarge ?? false;
    this.steps.push(...answer.steps.filter(({ revision }) => revision > this.latest));
    while (this.steps.length > KEPT_STEPS) {
      const oldest = this.steps.shift() as Step;
      this.value = apply(this.value, oldest.ops);
      this.revision = oldest.revision;
    }
  }

  /** The state as it was at a revision. */
  at(revision: number): Json {
    return this.steps
      .filter((step) => step.revision <= revision)
      .reduce((value, step) => apply(value, step.ops), this.value);
  }
}

/** Everything the page knows; views are told when it changes. */
export class Store {
  app: AppFacts | undefined;
  dropped: Record<string, number> = {};
  lost = 0;
  /** Where an import came from; what is shown then is not the running app. */
  imported: string | undefined;
  readonly histories = new Map<string, History>();
  /** The scopes whose history may have grown. */
  readonly scopes = new Set<string>(["app"]);
  private readonly records = new Map<Type, Map<number, Recorded>>();
  private clearedAt = 0;
  private readonly listeners: (() => void)[] = [];

  /** Records of one type, in the order in which they began. */
  of<T extends Type>(...types: T[]): Extract<Recorded, { type: T }>[] {
    const found = types.flatMap((type) => [...(this.records.get(type)?.values() ?? [])]);
    return (types.length > 1 ? found.sort((a, b) => a.seq - b.seq) : found) as Extract<
      Recorded,
      { type: T }
    >[];
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  take(answer: Answer): void {
    if (this.app !== undefined && this.app.epoch !== answer.app.epoch) this.forget();
    this.app = answer.app;
    this.dropped = answer.dropped;
    this.lost = answer.lost;
    for (const scope of answer.scopes) this.scopes.add(scope);
    for (const record of answer.records) this.put(record);
    this.changed();
  }

  history(scope: string): History {
    let history = this.histories.get(scope);
    if (history === undefined) {
      history = new History();
      this.histories.set(scope, history);
    }
    return history;
  }

  /** Forgets what is shown; it does not come back when it changes. */
  clear(): void {
    for (const records of this.records.values())
      for (const seq of records.keys()) this.clearedAt = Math.max(this.clearedAt, seq);
    this.records.clear();
    this.changed();
  }

  export(): Exported {
    const records = this.of("call", "event", "change", "state", "window", "log", "fault");
    const histories = [...this.histories].map(([scope, { revision, value, steps }]) => ({
      scope,
      revision,
      value,
      steps,
    }));
    return {
      format: "pytron-inspector",
      version: 1,
      exported: new Date().toISOString(),
      app: this.app as AppFacts,
      dropped: this.dropped,
      records,
      histories,
    };
  }

  /**
   * Shows what another inspector exported.
   *
   * @throws Error when the text is no export, saying why.
   */
  import(text: string, from: string): void {
    const exported = readExport(text);
    this.forget();
    this.imported = from;
    this.app = exported.app;
    this.dropped = exported.dropped;
    for (const record of exported.records) this.put(record);
    for (const { scope, revision, value, steps } of exported.histories) {
      this.scopes.add(scope);
      this.history(scope).take({ base: { revision, value }, steps });
    }
    this.changed();
  }

  /** Begins anew, as with another app or another run of it. */
  forget(): void {
    this.records.clear();
    this.histories.clear();
    this.scopes.clear();
    this.scopes.add("app");
    this.clearedAt = 0;
    this.imported = undefined;
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  private put(record: Recorded): void {
    let records = this.records.get(record.type);
    if (records === undefined) {
      records = new Map();
      this.records.set(record.type, records);
    }
    if (record.seq <= this.clearedAt) return;
    records.set(record.seq, record);
    while (records.size > KEPT) records.delete(records.keys().next().value as number);
  }
}

function readExport(text: string): Exported {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new Error("this file is no JSON: choose one that the inspector exported");
  }
  const exported = read as Partial<Exported> | null;
  if (exported?.format !== "pytron-inspector")
    throw new Error("this file is no export of the inspector");
  if (exported.version !== 1)
    throw new Error(
      `this export is of version ${exported.version}; this inspector reads version 1`,
    );
  const isWhole =
    Array.isArray(exported.records) &&
    Array.isArray(exported.histories) &&
    Array.isArray(exported.app?.windows) &&
    exported.records.every((record) => Number.isSafeInteger(record?.seq) && isType(record.type));
  if (!isWhole) throw new Error("this export is damaged: parts of it are missing");
  return exported as Exported;
}

function isType(type: unknown): boolean {
  return ["call", "event", "change", "state", "window", "log", "fault"].includes(type as string);
}
