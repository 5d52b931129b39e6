// Written by `pytron types` from the Python of Tasks: run it again instead of changing this file.
/* eslint-disable */
// biome-ignore-all lint: written by a program
// biome-ignore-all format: written by a program

import "pytron-client";

/** A day: "2024-05-01". */
export type DateOnly = string;

/** Something to be done. */
export interface Task {
  /** one line. */
  title: string;
  due: DateOnly | null;
  tags: string[];
}

/**
 * Something to be done.
 *
 * As Python accepts it.
 */
export interface TaskInput {
  /** one line. */
  title: string;
  due?: DateOnly | null;
  tags?: readonly string[];
}

/** What `code` of a PytronError may be: the app's own errors first. */
export type ErrorCode =
  | "too_many"
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
     * Put a task on the list.
     *
     * @param task - what is to be done.
     * @param urgent - put it first. Default: `false`.
     * @returns How many there are now.
     * @throws `too_many` (TooMany): the list is full.
     */
    add(task: TaskInput, urgent?: boolean): Promise<number>;
    /** The tasks that are due on a day. */
    due(day: DateOnly): AsyncIterable<Task>;
  }

  interface Arguments {
    add: { task: TaskInput; urgent?: boolean };
    due: { day: DateOnly };
  }

  interface Events {
    /** Something to be done. */
    "task.added": Task;
  }

  interface State {
    open_tasks: number;
  }
}
