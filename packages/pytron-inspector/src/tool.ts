/** What the client gives to the page's part of a tool (spec/ipc.md, section 10). */
interface ToolPage {
  send(data: unknown): void;
  take(handler: (data: unknown) => void): void;
  trace(): void;
}

/** Ctrl+Shift+Y, or Cmd+Shift+Y: the web view's own tools keep Ctrl+Shift+I and F12. */
export function isKey(event: KeyboardEvent): boolean {
  const modified = (event.ctrlKey || event.metaKey) && event.shiftKey && !event.altKey;
  return modified && event.code === "KeyY";
}

/** The inspector's part in the pages of the app: its key, and how the page is joined. */
export function start(page: ToolPage): void {
  const port = (globalThis as { __pytron__?: { transport?: string; kind?: string } }).__pytron__;
  page.send({ transport: port?.transport ?? port?.kind ?? "unknown" });
  page.take((data) => {
    const { trace, open } = data as { trace?: boolean; open?: boolean };
    if (trace) page.trace();
    if (open) globalThis.open("/_pytron/inspect/", "pytron.inspector");
  });
  addEventListener("keydown", (event) => {
    if (!isKey(event)) return;
    event.preventDefault();
    page.send({ toggle: true });
  });
}
