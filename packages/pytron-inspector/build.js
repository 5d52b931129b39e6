// Bundles the inspector's page and what the tools of development have in the app's pages to where the Python package serves
// them from. They are for development only: nothing of them is loaded by an app that is not asked.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const served = join(here, "..", "..", "python", "pytron", "_bundled");
const page = join(served, "inspector");

mkdirSync(page, { recursive: true });
for (const [source, outfile] of [
  ["src/main.ts", join(page, "inspector.js")],
  ["src/tool.ts", join(served, "tools", "inspect.js")],
  ["src/console.ts", join(served, "tools", "console.js")],
  ["src/driver/driver.ts", join(served, "tools", "driver.js")],
  ["page/inspector.css", join(page, "inspector.css")],
])
  buildSync({
    entryPoints: [join(here, source)],
    outfile,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2021", // Electron 22 shows it too
    legalComments: "none",
  });
copyFileSync(join(here, "page", "index.html"), join(page, "index.html"));
