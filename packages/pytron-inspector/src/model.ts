/** What the kit records, as `/_pytron/inspect/records` gives it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** How many binary parts, and their bytes together. */
export type Parts = [count: number, bytes: number] | null;

interface Common {
  seq: number;
  version: number;
  /** Seconds since 1970. */
  at: number;
  window?: string | null;
}

export interface Fault {
  name: string;
  code: string;
  message: string;
  data?: Json;
  trace?: string | null;
  ref?: string | null;
}

export type Status = "waiting" | "running" | "streaming" | "done" | "error" | "cancelled";

export interface CallRecord extends Common {
  type: "call";
  session: string;
  id: number;
  name: string;
  args: Json;
  argsize: number;
  argparts: Parts;
  status: Status;
  executor: string | null;
  timeout: number | null;
  stack: string | null;
  /** Milliseconds until the function began. */
  queue?: number;
  /** Milliseconds from arrival to answer. */
  took?: number;
  value?: Json;
  valuesize?: number;
  valueparts?: Parts;
  error?: Fault;
  progress?: { value: number; total: number | null; note: string | null };
  items?: number;
  credits?: number;
  last?: { at: number; value: Json }[];
}

export interface EventRecord extends Common {
  type: "event";
  way: "up" | "down" | "python";
  name: string;
  to: string | null;
  data: Json;
  datasize: number;
  dataparts: Parts;
}

export interface ChangeRecord extends Common {
  type: "change";
  id: number;
  scope: string;
  base: number | null;
  ops: Json;
  argsize: number;
  status: Status;
  took?: number;
  error?: Fault;
}

export interface StateRecord extends Common {
  type: "state";
  scope: string;
  revision: number;
  by: string;
  ops: Json;
  size: number;
}

export interface WindowRecord extends Common {
  type: "window";
  what: string;
  command?: boolean;
  fields?: Json;
  name?: string;
  session?: string;
  client?: string;
}

export interface LogRecord extends Common {
  type: "log";
  level: string;
  logger: string;
  message: string;
}

export interface FaultRecord extends Common {
  type: "fault";
  way?: "up" | "down";
  message: string;
  error?: Fault;
}

export type Recorded =
  | CallRecord
  | EventRecord
  | ChangeRecord
  | StateRecord
  | WindowRecord
  | LogRecord
  | FaultRecord;

export interface WindowFacts {
  label: string;
  title?: string;
  session?: string;
  transport?: string | null;
  calls?: number;
  subscriptions?: string[];
  waiting?: number;
  restricted?: boolean;
}

export interface AppFacts {
  name: string;
  engine: string;
  epoch: string;
  pytron: string;
  python: string;
  functions: number;
  windows: WindowFacts[];
}

export interface Answer {
  app: AppFacts;
  version: number;
  more: boolean;
  dropped: Record<string, number>;
  lost: number;
  scopes: string[];
  records: Recorded[];
}

export type Op =
  | { op: "set"; path: (string | number)[]; value: Json }
  | { op: "delete"; path: (string | number)[] }
  | { op: "splice"; path: (string | number)[]; index: number; remove: number; insert: Json[] };

export interface Step {
  revision: number;
  at: number;
  by: string;
  ops: Op[];
  size: number;
}

/** The history of a state, as `/_pytron/inspect/state` gives it. */
export interface HistoryAnswer {
  base?: { revision: number; value: Json };
  steps: Step[];
  toolarge?: boolean;
}
