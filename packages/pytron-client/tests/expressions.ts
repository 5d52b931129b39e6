const holder: { self?: unknown } = {};
holder.self = holder;
const list: unknown[] = [];
list.push(list);
const one = { a: 1 };

/** What the texts in `values.json` mean: a table, so that no text is evaluated. */
export const EXPRESSIONS: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  true: () => true,
  "'żółć 😀'": () => "żółć 😀",
  "'a\\u0000b'": () => "a\u0000b",
  "42": () => 42,
  "0.1": () => 0.1,
  "9007199254740991": () => 9007199254740991,
  "-9007199254740991": () => -9007199254740991,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  "-Infinity": () => Number.NEGATIVE_INFINITY,
  "{a: [1, NaN]}": () => ({ a: [1, Number.NaN] }),
  "'\\ud800'": () => "\ud800",
  "{a: ['x', '\\udc00']}": () => ({ a: ["x", "\udc00"] }),
  "'\\\\ud800'": () => "\\ud800",
  "{'\\ud800': 1}": () => ({ "\ud800": 1 }),
  "{a: undefined, b: 1}": () => ({ a: undefined, b: 1 }),
  "[undefined, 1]": () => [undefined, 1],
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested.
  "[, 1]": () => [, 1],
  undefined: () => undefined,
  "new Date(0)": () => new Date(0),
  "new Date(NaN)": () => new Date(Number.NaN),
  "{a: [new Date(0)]}": () => ({ a: [new Date(0)] }),
  "-0": () => -0,
  "2 ** 60": () => 2 ** 60,
  "1n": () => 1n,
  "() => 1": () => () => 1,
  "{f: () => 1}": () => ({ f: () => 1 }),
  "Symbol('x')": () => Symbol("x"),
  "new Map([[1, 2]])": () => new Map([[1, 2]]),
  "new Set([1])": () => new Set([1]),
  "{a: [new Map()]}": () => ({ a: [new Map()] }),
  "/x/": () => /x/,
  "new Error('x')": () => new Error("x"),
  "Promise.resolve(1)": () => Promise.resolve(1),
  "new Blob(['x'])": () => new Blob(["x"]),
  "{toJSON: () => ({a: 1})}": () => ({ toJSON: () => ({ a: 1 }) }),
  "new URL('https://example.org/')": () => new URL("https://example.org/"),
  "new (class Point { x = 1; y = 2 })()": () =>
    new (class Point {
      x = 1;
      y = 2;
    })(),
  "Object.assign(Object.create(null), {a: 1})": () => Object.assign(Object.create(null), { a: 1 }),
  "new Number(5)": () => Object(5),
  cycle: () => holder,
  cycleArray: () => list,
  twice: () => [one, one],
  "JSON.parse('{\"__proto__\": 1}')": () => JSON.parse('{"__proto__": 1}'),
};
