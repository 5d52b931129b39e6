import type { Json, Op } from "./model.js";

type Container = Json[] | { [key: string]: Json };

/**
 * The value after the ops of a patch; the one before stays as it is (spec/ipc.md, section 4).
 *
 * @throws Error when an op does not fit, which means that a patch is missing.
 */
export function apply(before: Json, ops: readonly Op[]): Json {
  return ops.reduce((value, op) => applyOne(value, op), before);
}

function applyOne(root: Json, op: Op): Json {
  if (op.op === "splice")
    return changed(root, op.path, (old) => {
      if (!Array.isArray(old) || op.index < 0 || op.remove < 0 || op.index + op.remove > old.length)
        throw misfit(op);
      return [...old.slice(0, op.index), ...op.insert, ...old.slice(op.index + op.remove)];
    });
  const key = op.path.at(-1);
  if (key === undefined) {
    if (op.op === "delete") throw misfit(op);
    return op.value;
  }
  return changed(root, op.path.slice(0, -1), (old) => {
    const fits =
      typeof key === "number"
        ? Array.isArray(old) && key >= 0 && key < old.length && op.op === "set"
        : isObject(old) && key !== "__proto__" && (op.op === "set" || Object.hasOwn(old, key));
    if (!fits) throw misfit(op);
    const copy = copyOf(old as Container);
    if (op.op === "set") put(copy, key, op.value);
    else delete (copy as { [key: string]: Json })[key as string];
    return copy;
  });
}

/** The root with the value at the path replaced; only what is on the way is copied. */
function changed(
  root: Json,
  path: readonly (string | number)[],
  change: (old: Json) => Json,
): Json {
  const [key, ...rest] = path;
  if (key === undefined) return change(root);
  const inside = at(root, key);
  const copy = copyOf(root as Container);
  put(copy, key, changed(inside, rest, change));
  return copy;
}

function at(value: Json, key: string | number): Json {
  const own = Array.isArray(value)
    ? typeof key === "number" && key >= 0 && key < value.length
    : isObject(value) && typeof key === "string" && Object.hasOwn(value, key);
  if (!own) throw new Error(`there is nothing at ${key}`);
  return (value as Record<string | number, Json>)[key] as Json;
}

function put(container: Container, key: string | number, value: Json): void {
  (container as Record<string | number, Json>)[key] = value;
}

function copyOf(value: Container): Container {
  return Array.isArray(value) ? value.slice() : { ...value };
}

function isObject(value: unknown): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function misfit(op: Op): Error {
  return new Error(`the change of ${op.path.join(".") || "the whole"} does not fit`);
}

/** What is at a path, `undefined` when there is nothing. */
export function valueAt(root: Json, path: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, Json>)[key];
  }
  return value;
}
