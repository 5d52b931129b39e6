// Starts the project's own Next.js behind a server that passes on what is Python's (spec/dev.md,
// section 2), says where it listens over the link that this process was started with (spec/view.md,
// section 7), and ends when the other end of it has gone.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { tell } from "./told.mjs";

const [folder, proxy] = process.argv.slice(2);
process.chdir(folder);
const WANTED = 3000;

/** The next free port; Vite does so, too. */
async function listening(server) {
  for (let port = WANTED; ; port++) {
    const error = await new Promise((done) => {
      server.once("error", done);
      server.listen(port, "localhost", () => done(undefined));
    });
    if (error === undefined) return server.address().port;
    if (error.code !== "EADDRINUSE" || port > WANTED + 100) throw error;
  }
}

const require = createRequire(join(folder, "package.json"));
try {
  const { default: next } = await import(pathToFileURL(require.resolve("next")).href);
  const { beforeOf } = await import(pathToFileURL(proxy).href);
  const server = createServer();
  const port = await listening(server);
  const app = next({ dev: true, dir: folder, hostname: "localhost", port });
  await app.prepare();
  const own = app.getRequestHandler();
  const { request, upgrade } = beforeOf(
    process.env.PYTRON_DEV_FILE,
    (req, res) => own(req, res),
    app.getUpgradeHandler(),
  );
  server.on("request", request);
  server.on("upgrade", upgrade);
  const url = `http://localhost:${port}`;
  console.log(`Next.js listens: ${url}/`);
  await tell({ kind: "listening", url, plugin: false });
} catch (error) {
  console.error(String(error?.stack ?? error));
  await tell({ kind: "failed", message: String(error?.message ?? error).split("\n", 1)[0] });
  process.exit(1);
}
