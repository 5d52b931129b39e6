/** What the app's Python offers, as `pytron types` tells it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Failure } from "./session.js";

/** What the page's build needs of the contract. */
export interface Contract {
  functions: { name: string }[];
}

/** What came of it: the contract, or why there is none. */
export type Told = { contract: Contract; changed: boolean } | { failure: Failure };

const DEADLINE_MS = 60_000;

/** The interpreter of a project that does not run: its own environment's, else the one on the path. */
export function pythonOf(project: string): string {
  const places = [".venv/bin/python", ".venv/Scripts/python.exe"].map((name) =>
    join(project, name),
  );
  const found = [process.env.PYTRON_PYTHON, ...places].find((place) => place && existsSync(place));
  return found ?? (process.platform === "win32" ? "python" : "python3");
}

/** Writes pytron.d.ts anew and tells what is in it. */
export function writeTypes(
  project: string,
  python: string,
  app: string | undefined,
): Promise<Told> {
  const words = ["-m", "pytron", "types", "--json", ...(app === undefined ? [] : [app])];
  const options = { cwd: project, timeout: DEADLINE_MS, maxBuffer: 1 << 26 };
  return new Promise((done) => {
    execFile(python, words, options, (error, stdout, stderr) => done(read(stdout, stderr, error)));
  });
}

function read(stdout: string, stderr: string, error: Error | null): Told {
  try {
    const found = JSON.parse(stdout);
    if (found.error !== undefined) return { failure: found.error };
    const changed = found.files.some((file: { changed: boolean }) => file.changed);
    return { contract: found.contract, changed };
  } catch {
    const trace = stderr.trim() || error?.message || "it wrote nothing";
    const message = trace.split("\n").at(-1) ?? trace;
    return { failure: { name: "PytronError", message: `pytron types failed: ${message}`, trace } };
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const RESERVED = new Set(
  (
    "await break case catch class const continue debugger default delete do else enum export extends " +
    "false finally for function if implements import in instanceof interface let new null package " +
    "private protected public return static super switch this throw true try typeof var void while " +
    "with yield arguments eval pytron api"
  ).split(" "),
);

/** The functions, and the first words of names with dots, that a module can export. */
function exportsOf(contract: Contract | undefined): string[] {
  const names = (contract?.functions ?? []).map(({ name }) => name.split(".", 1)[0] ?? "");
  return [...new Set(names)].filter((name) => IDENTIFIER.test(name) && !RESERVED.has(name)).sort();
}

/** The source of `virtual:pytron`. */
export function moduleOf(contract: Contract | undefined): string {
  const lines = exportsOf(contract).map((name) => `export const ${name} = api.${name};`);
  return [
    'import pytron, { api } from "pytron-client";',
    'export * from "pytron-client";',
    "export default pytron;",
    ...lines,
    "",
  ].join("\n");
}

/** The types of what `virtual:pytron` exports besides `pytron-client`. */
export function typesOf(contract: Contract | undefined): string {
  const lines = exportsOf(contract).map(
    (name) => `  export const ${name}: import("pytron-client").Functions[${JSON.stringify(name)}];`,
  );
  return [
    "// Written by vite-plugin-pytron: it is written again when Python changes.",
    "// biome-ignore-all lint: written by a program",
    "// biome-ignore-all format: written by a program",
    'import "pytron-client";',
    'declare module "virtual:pytron" {',
    ...lines,
    "}",
    "",
  ].join("\n");
}
