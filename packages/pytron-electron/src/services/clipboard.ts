// The clipboard.
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { nativeImage, screen } from "electron";
import { board, type Content, FILES, PNG } from "./board.js";
import { type Desk, Refusal, type Service, text } from "./service.js";

const LOOK_MS = 500; // Electron says nothing of changes
const TYPES: Readonly<Record<string, string>> = {
  text: "text/plain",
  html: "text/html",
  files: FILES,
  image: PNG,
};

let watching: NodeJS.Timeout | null = null;

export const clipboards: Record<string, Service> = {
  "clipboard.read": async ({ args }) => {
    const format = text(args, "format");
    const type = TYPES[format];
    if (type === undefined)
      throw new Refusal("invalid_arguments", `the clipboard has no format ${format}`);
    await caughtUp();
    const bytes = await board().read(type);
    if (bytes === null) return null;
    if (format === "files") return paths(bytes);
    if (format !== "image") return bytes.toString("utf8");
    await writeFile(text(args, "path"), bytes);
    return nativeImage.createFromBuffer(bytes).getSize();
  },

  "clipboard.write": async ({ args }) => {
    const content: Content = {};
    if (args.text !== undefined) content["text/plain"] = text(args, "text");
    if (args.html !== undefined) content["text/html"] = text(args, "html");
    if (args.image !== undefined) content[PNG] = await readFile(text(args, "image"));
    if (args.files !== undefined)
      content[FILES] = (args.files as string[])
        .map((path) => pathToFileURL(path).href)
        .join("\r\n");
    await board().write(content);
    return null;
  },

  "clipboard.formats": () => formats(),

  "clipboard.watch": async ({ args, desk }) => {
    if (watching !== null) clearInterval(watching);
    watching = args.on === true ? await watch(desk) : null;
    return null;
  },
};

/**
 * Hears what X11 has told already: until Chromium knows that another program has the clipboard, it
 * gives what was its own. A question to the display brings everything that came before its answer.
 */
async function caughtUp(): Promise<void> {
  if (process.platform !== "linux") return;
  screen.getCursorScreenPoint();
  await pause(1);
}

async function formats(): Promise<string[]> {
  await caughtUp();
  const there = await board().types();
  return Object.keys(TYPES).filter((format) =>
    there.some((type) => type.startsWith(format === "image" ? "image/" : (TYPES[format] ?? ""))),
  );
}

function paths(list: Buffer): string[] | null {
  const lines = list.toString("utf8").split(/\r?\n/);
  const found = lines.filter((line) => line.startsWith("file:")).map((line) => fileURLToPath(line));
  return found.length > 0 ? found : null;
}

async function watch(desk: Desk): Promise<NodeJS.Timeout> {
  const seen = async () =>
    JSON.stringify([await board().types(), (await board().read("text/plain"))?.toString()]);
  let before = await seen();
  return setInterval(async () => {
    const now = await seen();
    if (now === before) return;
    before = now;
    desk.happened("clipboard.changed");
  }, LOOK_MS);
}
