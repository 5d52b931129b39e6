// Bundles what other development servers need into one file, where the Python package has it.
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const served = join(here, "..", "..", "python", "pytron", "_bundled");
mkdirSync(served, { recursive: true });
buildSync({
  entryPoints: [join(here, "src", "proxied.ts")],
  outfile: join(served, "page-proxy.js"),
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  legalComments: "none",
});
