// What `pytron types` writes for an app, in small.
import "pytron-client";

declare module "pytron-client" {
  interface Functions {
    add(a: number, b: number): Promise<number>;
    tail(name: string): AsyncIterable<{ text: string }>;
    notes: {
      rename(id: number, title: string): Promise<void>;
    };
  }

  interface Arguments {
    add: { a: number; b: number };
    tail: { name: string };
  }

  interface Events {
    saved: { id: number };
    closed: null;
  }

  interface State {
    count: number;
    items: { text: string; done: boolean }[];
  }
}
