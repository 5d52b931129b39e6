/** The calendar of writing days: a PNG that Python draws, served on the app's own origin. */
import pytron from "pytron-client";
import { byId } from "./dom.ts";
import { scale, shade } from "./theme.ts";

const REDRAW_MS = 300;

/** Keeps the calendar up to date; gives a function that redraws it, for when the theme changes. */
export function followCalendar(): () => void {
  const image = byId("calendar", HTMLImageElement);
  image.alt = "How much was written on each day of the last 26 weeks";
  let waiting = false;
  const draw = (): void => {
    waiting = false;
    image.src = `/chart/calendar.png?shade=${shade()}&scale=${scale()}&v=${pytron.state.revision}`;
  };
  pytron.subscribe("revision", () => {
    if (waiting) return; // an import changes the revision many times a second
    waiting = true;
    setTimeout(draw, REDRAW_MS);
  });
  return draw;
}
