// In the page, but in the preload's own world: files that the user drags over it or drops there
// (spec/view.md, section 8).
import { webUtils } from "electron";

/** What is told of them. */
export interface Drop {
  phase: "enter" | "over" | "leave" | "drop";
  x: number;
  y: number;
  paths?: string[];
  element?: string | null;
}

/** Tells of files of this machine that are dragged over the page or dropped there. */
export function followFiles(tell: (drop: Drop) => void): void {
  let inside = false;
  let place = { x: Number.NaN, y: Number.NaN };

  const told = (phase: Drop["phase"], { clientX: x, clientY: y }: DragEvent, more = {}): void => {
    const moved = x !== place.x || y !== place.y;
    inside = phase === "enter" || phase === "over";
    place = { x, y };
    if (moved || phase !== "over") tell({ phase, x, y, ...more });
  };
  const on = (kind: "dragenter" | "dragover" | "dragleave" | "drop", hear: Hear): void => {
    window.addEventListener(
      kind,
      (event) => {
        // Pages can make such events; theirs are not the user's.
        if (event.isTrusted && event.dataTransfer?.types.includes("Files")) hear(event);
      },
      true,
    );
  };
  on("dragenter", (event) => {
    // Chromium says what they are when they are dropped, not before.
    if (!inside) told("enter", event, { paths: [] });
  });
  on("dragover", (event) => {
    if (choosesFiles(event)) return;
    told("over", event);
    // Without that there is no drop on a page that does not expect one.
    event.preventDefault();
  });
  on("dragleave", (event) => {
    if (inside && event.relatedTarget === null) told("leave", event);
  });
  on("drop", (event) => {
    const paths = [...(event.dataTransfer?.files ?? [])].map(pathOf).filter((path) => path !== "");
    if (paths.length > 0) told("drop", event, { paths, element: elementOf(event) });
    else if (inside) told("leave", event);
    inside = false;
  });
}

type Hear = (event: DragEvent) => void;

/** The path of a file; empty for one that a page has made. */
function pathOf(file: File): string {
  // Electron 29 has the function; before 32 files had the property.
  const of = (webUtils as typeof webUtils | undefined)?.getPathForFile;
  return of === undefined ? ((file as { path?: string }).path ?? "") : of(file);
}

/** The id of what is under the pointer, or of the nearest around it that has one. */
function elementOf(event: Event): string | null {
  for (const one of event.composedPath())
    if (one instanceof Element && one.id !== "") return one.id;
  return null;
}

/** Whether Chromium gives them to a field that the user chooses files with. */
function choosesFiles(event: Event): boolean {
  const [target] = event.composedPath();
  return target instanceof HTMLInputElement && target.type === "file";
}
