// Bundles the client into the one file that pages without Node import, and puts it where the Python
// package serves it from.
import { copyFileSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const LIMIT_BYTES = 15_000;

const here = dirname(fileURLToPath(import.meta.url));
const bundle = join(here, "dist", "client.js");
buildSync({
  entryPoints: [join(here, "src", "index.ts")],
  outfile: bundle,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
});

const packed = gzipSync(readFileSync(bundle)).length;
if (packed > LIMIT_BYTES)
  throw new Error(`client.js has ${packed} bytes gzipped, ${LIMIT_BYTES} are allowed`);

const served = join(here, "..", "..", "python", "pytron", "_bundled", "client.js");
mkdirSync(dirname(served), { recursive: true });
copyFileSync(bundle, served);
console.log(`client.js: ${statSync(bundle).size} bytes, ${packed} gzipped`);
