// Bundles the client into the one file that pages without Node import, and its declarations into one
// for their editors, and puts both where the Python package has them.
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync } from "esbuild";
import { rollUp } from "./declarations.js";

// Half of it is the bridge and the state; sockets, uploads and services share the rest.
const LIMIT_BYTES = 18_950;

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

const types = join(here, "dist", "client.d.ts");
const head = "// The client of pytron, for editors: written with it, not to be changed.";
writeFileSync(types, rollUp(join(here, "dist", "index.d.ts"), head));

const served = join(here, "..", "..", "python", "pytron", "_bundled");
mkdirSync(served, { recursive: true });
copyFileSync(bundle, join(served, "client.js"));
copyFileSync(types, join(served, "client.d.ts"));
console.log(`client.js: ${statSync(bundle).size} bytes, ${packed} gzipped`);
