/** The app's icons: lines on a 20 by 20 grid. */

const SHAPES = {
  plus: ["M10 4.5v11", "M4.5 10h11"],
  search: ["M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11z", "M13 13l3.5 3.5"],
  pin: ["M7 3.5h6l-.8 5 2.3 2.5v1h-9v-1l2.3-2.5z", "M10 12v5"],
  trash: ["M4 6h12", "M8 6V4h4v2", "M5.5 6l.8 10.5h7.4L14.5 6", "M8.5 9v4.5", "M11.5 9v4.5"],
  download: ["M10 3.5v9", "M6.5 9.5L10 13l3.5-3.5", "M4 16.5h12"],
  upload: ["M10 13V4", "M6.5 7.5L10 4l3.5 3.5", "M4 16.5h12"],
  window: ["M3.5 6.5h9v9h-9z", "M7.5 6.5v-3h9v9h-4"],
  sun: [
    "M10 13.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z",
    "M10 2.5v1.8M10 15.700v1.8M2.5 10h1.8M15.700 10h1.8M4.700 4.700l1.300 1.300M14 14l1.300 1.300M15.300 4.700L14 6M6 14l-1.300 1.300",
  ],
  moon: ["M16 11.8A6.5 6.5 0 0 1 8.2 4a6.5 6.5 0 1 0 7.8 7.8z"],
  half: ["M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z", "M10 3.5v13", "M12.5 5v10M15 7v6"],
} as const;

export type Icon = keyof typeof SHAPES;

const SVG = "http://www.w3.org/2000/svg";

/** A new icon; what it means must be said by the text or label around it. */
export function icon(name: Icon): SVGSVGElement {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  picture.classList.add("line");
  for (const shape of SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", shape);
    picture.append(path);
  }
  return picture;
}

/** Puts the icons where the page asks for them with `data-icon`. */
export function placeIcons(): void {
  for (const spot of document.querySelectorAll<HTMLElement>("[data-icon]")) {
    const name = spot.dataset.icon;
    if (name !== undefined && name in SHAPES) spot.replaceWith(icon(name as Icon));
  }
}
