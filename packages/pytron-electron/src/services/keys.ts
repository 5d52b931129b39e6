// How combinations of keys are written.
import { Refusal } from "./service.js";

const MODIFIERS = new Set([
  ...["cmd", "command", "ctrl", "control", "cmdorctrl", "commandorcontrol"],
  ...["alt", "option", "altgr", "shift", "super", "meta"],
]);
const NAMED = new Set([
  ...["plus", "space", "tab", "capslock", "numlock", "scrolllock", "backspace", "delete", "insert"],
  ...["return", "enter", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"],
  ...["escape", "esc", "printscreen", "volumeup", "volumedown", "volumemute"],
  ...["medianexttrack", "mediaprevioustrack", "mediastop", "mediaplaypause"],
]);
const FUNCTION = /^f([1-9]|1\d|2[0-4])$/;

/**
 * Looks whether Electron will know a combination: `CmdOrCtrl+Shift+K`.
 *
 * @throws Refusal with how it is to be written.
 */
export function checkKeys(keys: string): void {
  const words = keys.toLowerCase().split("+");
  const key = words.pop() ?? "";
  const known = key.length === 1 || NAMED.has(key) || FUNCTION.test(key);
  if (known && words.every((word) => MODIFIERS.has(word))) return;
  throw new Refusal(
    "invalid_arguments",
    `${keys} is no combination of keys; write modifiers and one key, as in CmdOrCtrl+Shift+K`,
  );
}
