// Bundles the shell into the two files that Electron loads, and puts them where the Python package
// has them. Electron 22 is the oldest it is for: Node 16 and Chromium 108.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const made = join(here, "dist", "shell");
const options = {
  outdir: made,
  bundle: true,
  minify: true,
  format: "cjs",
  platform: "node",
  external: ["electron"],
  legalComments: "none",
};
buildSync({ ...options, entryPoints: [join(here, "src", "main.ts")], target: "node16" });
buildSync({ ...options, entryPoints: [join(here, "src", "preload.ts")], target: "chrome108" });
// Without "type" Electron takes the files as CommonJS, the only kind that 22 knows.
writeFileSync(join(made, "package.json"), '{ "name": "pytron", "main": "main.js" }\n');

const served = join(here, "..", "..", "python", "pytron", "_bundled", "electron");
mkdirSync(served, { recursive: true });
for (const name of ["main.js", "preload.js", "package.json"])
  copyFileSync(join(made, name), join(served, name));
