import inspect from "object-inspect";

type Written = readonly [method: string, given: readonly unknown[]];

/** What the client gives to the page's part of a tool (spec/ipc.md, section 10). */
interface ToolPage {
  send(data: unknown): void;
  console(handler: (written: Written) => void): void;
}

type Line = [level: string, text: string];

const LEVELS: Record<string, string> = {
  debug: "debug",
  warn: "warning",
  error: "error",
  assert: "error",
};
/** Lines that wait longer than that would come after what they explain. */
const PAUSE_MS = 20;
/** So many in each pause: a page that writes in every frame must not drown the terminal. */
const MOST = 100;
const LONGEST = 8_192;

/** Sends what the page writes to its console, for the terminal of development. */
export function start(page: ToolPage): void {
  let lines: Line[] = [];
  let lost = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length > 0) page.send({ lines, lost });
    lines = [];
    lost = 0;
  };
  let busy = false;
  page.console((written) => {
    if (busy) return; // a value's own getters may write, too
    busy = true;
    let line: Line | undefined;
    try {
      line = lineOf(written);
    } catch {
      line = ["error", "this cannot be shown as text"]; // such as a symbol for a number
    } finally {
      busy = false;
    }
    if (line === undefined) return;
    if (lines.length < MOST) lines.push(line);
    else lost++;
    timer ??= setTimeout(flush, PAUSE_MS);
  });
  addEventListener("pagehide", flush);
}

/** One use of the console as a line of text; none for an assertion that holds. */
export function lineOf([method, given]: Written): Line | undefined {
  let rest = given;
  if (method === "assert") {
    if (given[0]) return undefined;
    rest = ["assertion failed:", ...given.slice(1)];
  }
  let text = textOf(rest);
  if (method === "trace") text = `${text}\n${callers()}`;
  return [LEVELS[method] ?? "info", text.slice(0, LONGEST)];
}

/** As the console writes it: placeholders in the first text, the rest behind it. */
function textOf(given: readonly unknown[]): string {
  const rest = [...given];
  const words: string[] = [];
  if (typeof rest[0] === "string" && rest.length > 1) {
    const pattern = rest.shift() as string;
    words.push(
      pattern.replace(/%([sdifoOc%])/g, (all, kind: string) => {
        if (kind === "%") return "%";
        if (rest.length === 0) return all;
        const value = rest.shift();
        if (kind === "c") return ""; // a style, which a terminal has no use for
        if (kind === "d" || kind === "i") return String(Number.parseInt(String(value), 10));
        if (kind === "f") return String(Number.parseFloat(String(value)));
        return kind === "s" ? plain(value) : shown(value);
      }),
    );
  }
  return [...words, ...rest.map(plain)].join(" ");
}

function plain(value: unknown): string {
  return typeof value === "string" ? value : shown(value);
}

function shown(value: unknown): string {
  try {
    if (value instanceof Error) return errorText(value);
    return inspect(value, { depth: 4, maxStringLength: 1_000, quoteStyle: "double" });
  } catch {
    return Object.prototype.toString.call(value); // a getter or a proxy that throws
  }
}

/** WebKit's stacks begin with the first caller, Chromium's with the message. */
function errorText(error: Error): string {
  const head = `${error.name}: ${error.message}`;
  const stack = error.stack ?? "";
  const text =
    stack.includes(error.message) && stack.includes(error.name) ? stack : `${head}\n${stack}`;
  const cause = error.cause === undefined ? "" : `\ncaused by ${shown(error.cause)}`;
  return `${text.trimEnd()}${cause}`;
}

/** Where `console.trace` was used, without the lines that are ours. */
function callers(): string {
  const lines = (new Error().stack ?? "").split("\n");
  return lines.filter((line) => !/_pytron\/(tools|client)|^Error$/.test(line)).join("\n");
}
