/** The second window: the same state, seen from further away. */
import pytron, { api } from "pytron-client";
import "@fontsource-variable/inter";
import "@fontsource-variable/source-serif-4";
import { followCalendar } from "./calendar.ts";
import { byId, counted, make, spoken } from "./dom.ts";
import type { Card } from "./pytron.d.ts";
import { followTheme, scale, shade } from "./theme.ts";
import { attempt, said, toast } from "./toasts.ts";

const RECENT = 8;
const SETTLE_MS = 250;

async function start(): Promise<void> {
  await pytron.ready;
  const drawCalendar = followCalendar();

  for (const key of ["notes", "words", "pinned"] as const) {
    const figure = byId(key, HTMLElement);
    const show = (): void => {
      figure.textContent = pytron.state[key].toLocaleString("en");
    };
    pytron.subscribe(key, show);
    show();
  }
  const later = settled(() => {
    attempt(showOpen);
    attempt(showRecent);
  });
  pytron.subscribe("revision", later);
  pytron.subscribe("selected", () => {
    markRecent();
    attempt(showOpen);
  });
  pytron.subscribe("job", showJob);
  followTheme(() => {
    drawCalendar();
    attempt(showOpen);
  });
  showJob();
  await showRecent();
  if (await api.check_plan()) (await import("./selfcheck.ts")).observe();
}

/** The open note's title, and its rhythm: a picture that Python publishes for this window. */
async function showOpen(): Promise<void> {
  const id = pytron.state.selected;
  const title = byId("open-title", HTMLParagraphElement);
  const figure = byId("rhythm", HTMLElement);
  if (id === 0) {
    title.textContent = "No note is open.";
    figure.hidden = true;
    return;
  }
  const [note, rhythm] = await Promise.all([api.read(id), api.rhythm(id, shade(), scale())]);
  if (id !== pytron.state.selected) return;
  title.textContent = note.title || "Untitled";
  figure.hidden = rhythm.sentences === 0;
  const image = byId("rhythm-image", HTMLImageElement);
  image.src = rhythm.url;
  const longest = counted(rhythm.longest, "word");
  const words = `${counted(rhythm.sentences, "sentence")}, ${rhythm.average.toFixed(1)} words on average, the longest ${longest}`;
  image.alt = `The length of each sentence: ${words}`;
  byId("rhythm-note", HTMLElement).textContent = words;
}

async function showRecent(): Promise<void> {
  const { cards } = await api.search("", null, RECENT);
  byId("recent", HTMLUListElement).replaceChildren(...cards.map(recentRow));
  markRecent();
}

function recentRow(card: Card): HTMLLIElement {
  const name = make("span", "recent-title", card.title.join("") || "Untitled");
  const row = make("button", "", name, make("time", "", spoken(card.changed)));
  row.type = "button";
  row.dataset.note = String(card.id);
  row.addEventListener("click", () => {
    pytron.state.selected = card.id;
  });
  return make("li", "", row);
}

function markRecent(): void {
  for (const row of document.querySelectorAll<HTMLElement>("#recent button")) {
    const open = row.dataset.note === String(pytron.state.selected);
    row.setAttribute("aria-current", String(open));
  }
}

function showJob(): void {
  const { job } = pytron.state;
  byId("job", HTMLDivElement).hidden = job === null;
  if (job === null) return;
  const bar = byId("job-bar", HTMLProgressElement);
  bar.max = Math.max(job.total, 1);
  bar.value = job.done;
  byId("job-title", HTMLParagraphElement).textContent =
    `${job.title}: ${job.done.toLocaleString("en")} of ${job.total.toLocaleString("en")}`;
}

/** Calls `work` once things have been quiet for a moment. */
function settled(work: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, SETTLE_MS);
  };
}

start().catch((error: unknown) => toast(said(error)));
