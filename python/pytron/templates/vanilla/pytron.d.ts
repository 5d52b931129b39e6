// Written by `pytron types` from the Python of Pytron App: run it again instead of changing this file.
/* eslint-disable */
// biome-ignore-all lint: written by a program
// biome-ignore-all format: written by a program

import "pytron-client";

/** Somebody was greeted. */
export interface Greeted {
  name: string;
  at: string;
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
    /**
     * Greet somebody, and tell every window.
     *
     * @param name - who it is.
     */
    greet(name: string): Promise<string>;
    /** Set the count to zero, from Python. */
    reset(): Promise<void>;
  }

  interface Arguments {
    greet: { name: string };
    reset: Record<string, never>;
  }

  interface Events {
    /** Somebody was greeted. */
    greeted: Greeted;
  }

  interface State {
    count: number;
  }
}
