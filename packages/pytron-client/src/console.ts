/** One use of the page's console: which of its methods, and what it was given. */
export type Written = readonly [method: string, given: readonly unknown[]];
type Heard = (written: Written) => void;
type Method = (...given: unknown[]) => void;

const METHODS = ["debug", "log", "info", "warn", "error", "assert", "trace", "dir", "table"];
/** How much is kept for a tool that is still on its way. */
const MOST_EARLY = 200;

/**
 * Keeps what the page writes to its console from now on: whether somebody wants to know is said
 * only by Python's `hello`.
 *
 * @returns a function for that: it tells all of it, what was kept first, to the one that it is
 * given, or gives the console its own methods back.
 */
export function tapConsole(page: object): (heard?: Heard) => void {
  const console = page as Record<string, Method>;
  let early: Written[] = [];
  let hear: Heard = (written) => {
    if (early.length < MOST_EARLY) early.push(written);
  };
  const undo = METHODS.map((name) => {
    const own = console[name] as Method;
    const tapped = (...given: unknown[]) => {
      own?.apply(console, given);
      hear([name, given]);
    };
    console[name] = tapped;
    return () => {
      if (console[name] === tapped) console[name] = own; // else the page has put its own there
    };
  });
  return (heard) => {
    hear = heard ?? (() => {});
    if (heard === undefined) for (const back of undo) back();
    for (const written of early) hear(written);
    early = [];
  };
}
