// Starts the project's own Vite, says where it listens over the link that this process was started
// with (spec/view.md, section 7), and ends when the other end of it has gone.
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tell } from "./told.mjs";

const folder = process.argv[2];
process.chdir(folder);

const require = createRequire(join(folder, "package.json"));
try {
  const { createServer } = await import(pathToFileURL(require.resolve("vite")).href);
  const server = await createServer({ root: folder, clearScreen: false });
  await server.listen();
  server.printUrls();
  const url = server.resolvedUrls?.local[0] ?? "";
  const plugin = server.config.plugins.some(({ name }) => name === "pytron");
  await tell({ kind: "listening", url, plugin });
} catch (error) {
  // Its message has what is wrong and where; the stack is Vite's own.
  console.error(String(error?.message ?? error));
  await tell({ kind: "failed", message: String(error?.message ?? error).split(":\n", 1)[0] });
  process.exit(1);
}
