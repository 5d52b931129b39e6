import type { Recorded } from "./model.js";

type Test = (record: Recorded) => boolean;

/** Words that a filter knows, as the page's help lists them. */
export const WORDS: readonly [example: string, meaning: string][] = [
  ["add", "names and values that hold this text"],
  ["-add", "those that don't"],
  ["window:main", "of one window"],
  ["name:notes.*", "a name; * stands for any ending"],
  ["status:error", "waiting, running, streaming, done, error, cancelled"],
  ["way:up", "up from a page, down to one, python"],
  ["level:warning", "a level of the log"],
  ["slower:100", "calls that took at least 100 ms"],
  ["larger:10000", "at least 10,000 bytes, either way"],
];

/** A filter as the user typed it, as a question about records; all words must hold. */
export function parseFilter(text: string): Test {
  const tests = (text.match(/-?(?:\w+:)?"[^"]*"|\S+/g) ?? []).map(testOf);
  return (record) => tests.every((test) => test(record));
}

function testOf(word: string): Test {
  if (word.startsWith("-") && word.length > 1) {
    const test = testOf(word.slice(1));
    return (record) => !test(record);
  }
  const [, key = "", quoted = ""] = /^(\w+):(.*)$/.exec(word) ?? [];
  const value = unquote(quoted);
  switch (key) {
    case "window":
    case "status":
    case "way":
    case "level":
    case "scope":
      return (record) => String(fieldOf(record, key)) === value;
    case "name":
      return (record) => matches(value, nameOf(record));
    case "slower":
      return (record) => Number(fieldOf(record, "took") ?? -1) >= Number(value);
    case "larger":
      return (record) => bytesOf(record) >= Number(value);
    default: {
      const wanted = unquote(word).toLowerCase();
      return (record) => textOf(record).includes(wanted);
    }
  }
}

function unquote(text: string): string {
  return text.replaceAll('"', "");
}

function fieldOf(record: Recorded, key: string): unknown {
  return (record as unknown as Record<string, unknown>)[key];
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** What a record is called in a list. */
function nameOf(record: Recorded): string {
  switch (record.type) {
    case "state":
    case "change":
      return record.scope;
    case "window":
      return record.what;
    case "log":
      return record.logger;
    case "fault":
      return record.error?.code ?? "fault";
    default:
      return record.name;
  }
}

function bytesOf(record: Recorded): number {
  const fields = ["argsize", "valuesize", "datasize", "size"].map((key) => fieldOf(record, key));
  const parts = ["argparts", "valueparts", "dataparts"].map(
    (key) => (fieldOf(record, key) as [number, number] | null | undefined)?.[1],
  );
  return Math.max(0, ...[...fields, ...parts].map((bytes) => Number(bytes ?? 0)));
}

const SEARCHED = "window args value data ops error message fields last by stack".split(" ");
const texts = new WeakMap<Recorded, string>();

/** Everything in a record that a search may find, in lower case. */
function textOf(record: Recorded): string {
  let text = texts.get(record);
  if (text === undefined) {
    const said = SEARCHED.map((key) => fieldOf(record, key)).filter((value) => value !== undefined);
    text = `${nameOf(record)} ${JSON.stringify(said)}`.toLowerCase();
    texts.set(record, text);
  }
  return text;
}
