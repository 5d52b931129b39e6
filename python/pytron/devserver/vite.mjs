// Starts the project's own Vite, says where it listens over the link that this process was started
// with (spec/view.md, section 7), and ends when the other end of it has gone.
import { createRequire } from "node:module";
import net from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const folder = process.argv[2];
const address = process.env.PYTRON_LINK ?? "";
delete process.env.PYTRON_LINK;
process.chdir(folder);

const separator = address.indexOf(":");
const [kind, place] = [address.slice(0, separator), address.slice(separator + 1)];
let link;
if (kind === "fd") link = new net.Socket({ fd: Number(place) });
else {
  const end = place.lastIndexOf(":");
  link = net.connect(place.slice(0, end));
  link.write(place.slice(end + 1));
}
link.on("close", () => process.exit(0));
link.on("error", () => process.exit(0));
link.resume();

const tell = (fields) => {
  const text = Buffer.from(JSON.stringify(fields));
  const head = Buffer.alloc(8);
  head.writeUInt32LE(text.length, 0);
  return new Promise((done) => link.write(Buffer.concat([head, text]), done));
};

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
