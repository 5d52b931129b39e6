import type { Recorded } from "../model.js";
import type { Store } from "../store.js";

/** What a view needs of the page around it. */
export interface Context {
  readonly store: Store;
  /** Whether the filter lets a record through. */
  passes(record: Recorded): boolean;
  /** Whether a filter is set at all. */
  readonly filtered: boolean;
}

/** One tab of the inspector. */
export interface View {
  readonly id: string;
  readonly title: string;
  readonly element: HTMLElement;
  /** How many there are, and whether some of them need a look. */
  badge(): { count: number; alarm: number };
  update(): void;
  focus(): void;
}

/** The sentence for an empty list: there is nothing, or nothing that the filter lets through. */
export function hint(context: Context, total: number, nothing: string): string {
  return total > 0 && context.filtered ? "Nothing matches the filter." : nothing;
}
