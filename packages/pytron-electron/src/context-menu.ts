// The context menu of a page that makes none of its own: Electron has none.
import {
  type BrowserWindow,
  type ContextMenuParams,
  Menu,
  type MenuItemConstructorOptions,
} from "electron";
import type { ContextMenu } from "./wire.js";

const SEPARATOR: MenuItemConstructorOptions = { type: "separator" };

/** Shows a menu where the user asks for one and the page does not. */
export function offerMenu(frame: BrowserWindow, kind: ContextMenu, inspects: () => boolean): void {
  if (kind === "none") return;
  frame.webContents.on("context-menu", (_, asked) => {
    const groups = [spelling(frame, asked), editing(asked)];
    if (kind === "default") groups.push(browsing(frame));
    if (inspects()) groups.push(inspecting(frame, asked));
    const filled = groups.filter((group) => group.length > 0);
    const items = filled.flatMap((group, at) => (at === 0 ? group : [SEPARATOR, ...group]));
    if (items.length > 0) Menu.buildFromTemplate(items).popup({ window: frame });
  });
}

function spelling(frame: BrowserWindow, asked: ContextMenuParams): MenuItemConstructorOptions[] {
  const { webContents } = frame;
  const word = asked.misspelledWord;
  if (!word) return [];
  const better = asked.dictionarySuggestions.map((label) => ({
    label,
    click: () => webContents.replaceMisspelling(label),
  }));
  const learn = {
    label: `Add “${word}” to the dictionary`,
    click: () => webContents.session.addWordToSpellCheckerDictionary(word),
  };
  return [...better, learn];
}

function editing({ editFlags, isEditable, selectionText }: ContextMenuParams) {
  const items: MenuItemConstructorOptions[] = [];
  if (isEditable) {
    items.push({ role: "undo", enabled: editFlags.canUndo });
    items.push({ role: "redo", enabled: editFlags.canRedo }, SEPARATOR);
    items.push({ role: "cut", enabled: editFlags.canCut });
  }
  if (isEditable || selectionText !== "") items.push({ role: "copy", enabled: editFlags.canCopy });
  if (isEditable) {
    items.push({ role: "paste", enabled: editFlags.canPaste });
    items.push({ role: "selectAll", enabled: editFlags.canSelectAll });
  }
  return items;
}

function browsing(frame: BrowserWindow): MenuItemConstructorOptions[] {
  return [{ label: "Reload", click: () => frame.webContents.reload() }];
}

function inspecting(
  { webContents }: BrowserWindow,
  { x, y }: ContextMenuParams,
): MenuItemConstructorOptions[] {
  return [{ label: "Inspect", click: () => webContents.inspectElement(x, y) }];
}
