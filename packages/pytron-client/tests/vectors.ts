import { readFileSync } from "node:fs";

/** The cases of one file of spec/ipc, which Python runs too. */
export function vectors<Case>(file: string): [string, Case & { name: string }][] {
  const text = readFileSync(new URL(`../../../spec/ipc/${file}`, import.meta.url), "utf8");
  const { cases } = JSON.parse(text) as { cases: (Case & { name: string })[] };
  return cases.map((one) => [one.name, one]);
}

/** The code of the error a function throws, or undefined. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return undefined;
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
