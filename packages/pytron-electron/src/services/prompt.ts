// A dialog that asks for a line of text, which Electron has not: a small window of our own. Its page
// runs no script: the form is sent to an address that nobody is asked for, and read from there.
import { BrowserWindow } from "electron";
import { type Asked, type Fields, Refusal, text } from "./service.js";

/** A name that nobody can have (RFC 2606). */
const DONE = "https://prompt.invalid/";
const WIDTH = 420;
/** The field, the buttons and what is around them; then a line for each so many letters. */
const HEIGHT = 116;
const LINE = 20;
const LETTERS = 52;
const MOST_LINES = 12;

/** What was typed; null when it was dismissed. */
export async function prompt({ args, window }: Asked): Promise<string | null> {
  const parent = window?.frame ?? null;
  const lines = text(args, "text")
    .split("\n")
    .reduce((count, line) => count + Math.max(1, Math.ceil(line.length / LETTERS)), 0);
  const shown = new BrowserWindow({
    ...(parent === null ? {} : { parent, modal: true }),
    width: WIDTH,
    height: HEIGHT + LINE * Math.min(lines, MOST_LINES),
    useContentSize: true,
    title: text(args, "title"),
    resizable: false,
    minimizable: false,
    maximizable: false,
    fullscreenable: false,
    autoHideMenuBar: true,
    show: false,
    webPreferences: {
      partition: "prompt", // in memory, and nothing of the app is served in it
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      javascript: false,
    },
  });
  shown.setMenu(null);
  const given = new Promise<string | null>((settle, refuse) => {
    let found: string | null = null;
    const contents = shown.webContents;
    contents.on("will-navigate", (event, url) => {
      event.preventDefault();
      if (!url.startsWith(DONE)) return;
      const fields = new URL(url).searchParams;
      found = fields.get("answer") === "yes" ? fields.get("value") : null;
      shown.destroy();
    });
    contents.on("before-input-event", (_event, input) => {
      if (input.type === "keyDown" && input.key === "Escape") shown.close();
    });
    contents.setWindowOpenHandler?.(() => ({ action: "deny" }));
    shown.once("closed", () => {
      if (window?.ends === true) refuse(new Refusal("closed", "the window has closed"));
      else settle(found);
    });
  });
  shown.once("ready-to-show", () => {
    shown.show();
    shown.webContents.selectAll(); // what stands there is typed over
  });
  // It may be closed, with its parent, before it has loaded: then there is an answer already.
  shown.loadURL(`data:text/html;charset=utf-8,${encodeURIComponent(pageOf(args))}`).catch(() => {});
  return given;
}

/** The page, with whatever the texts hold as text. */
function pageOf(args: Fields): string {
  const [yes = "OK", no = "Cancel"] = ((args.buttons as string[] | undefined) ?? []).map(escaped);
  const kind = args.secret === true ? "password" : "text";
  const rule = `default-src 'none'; style-src 'unsafe-inline'; form-action ${DONE}`;
  return `<!doctype html><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rule}">
<meta name="color-scheme" content="light dark"><title>${escaped(text(args, "title"))}</title>
<style>
  html, body { height: 100%; margin: 0; font: 14px system-ui, sans-serif; }
  form { height: 100%; box-sizing: border-box; padding: 14px; display: flex; flex-direction: column; gap: 12px; }
  label { flex: 1; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 20px; }
  input, button { font: inherit; padding: 5px 8px; }
  div { display: flex; flex-direction: row-reverse; gap: 8px; }
  button { min-width: 84px; }
</style>
<form action="${DONE}" autocomplete="off">
  <label for="value">${escaped(text(args, "text"))}</label>
  <input id="value" name="value" type="${kind}" value="${escaped(text(args, "value"))}" spellcheck="false" autofocus>
  <div><button name="answer" value="yes">${yes}</button><button name="answer" value="no">${no}</button></div>
</form>`;
}

function escaped(words: string): string {
  return words.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
