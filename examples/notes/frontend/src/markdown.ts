/** A small, safe part of Markdown: text becomes elements, never HTML. */
import { make } from "./dom.ts";

const INLINE =
  /(`[^`]+`)|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https?:\/\/[^)\s]+)\)|(?<![\w#/&])#([\p{L}][\p{L}\p{N}_-]{0,39})/gu;
const LIST = /^\s*(?:[-*+]|\d+\.)\s+/;
const TASK = /^\[([ xX])\]\s+/;

/** The text as elements. `toggle` is told the line of a task that was ticked, `tag` of a tag. */
export function rendered(
  text: string,
  toggle: (line: number) => void,
  tag: (name: string) => void,
): DocumentFragment {
  const out = document.createDocumentFragment();
  const lines = text.split("\n");
  let at = 0;
  const takeWhile = (wanted: (line: string) => boolean): string[] => {
    const start = at;
    while (at < lines.length && wanted(lines[at] ?? "")) at += 1;
    return lines.slice(start, at);
  };
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const heading = /^(#{1,3})\s+(.*)$/.exec(line);
    if (!line.trim()) {
      at += 1;
    } else if (line.startsWith("```")) {
      at += 1;
      const code = takeWhile((next) => !next.startsWith("```"));
      at += 1;
      out.append(make("pre", "", make("code", "", code.join("\n"))));
    } else if (heading) {
      at += 1;
      out.append(make(heading[1] === "###" ? "h4" : "h3", "", ...inline(heading[2] ?? "", tag)));
    } else if (/^\s*(?:-{3,}|\*{3,})\s*$/.test(line)) {
      at += 1;
      out.append(make("hr"));
    } else if (line.startsWith(">")) {
      const quoted = takeWhile((next) => next.startsWith(">"));
      const words = quoted.map((next) => next.replace(/^>\s?/, "")).join(" ");
      out.append(make("blockquote", "", ...inline(words, tag)));
    } else if (LIST.test(line)) {
      const first = at;
      out.append(
        list(
          takeWhile((next) => LIST.test(next)),
          first,
          toggle,
          tag,
        ),
      );
    } else {
      const words = takeWhile(
        (next) => next.trim() !== "" && !/^(?:#{1,3}\s|>|```)/.test(next) && !LIST.test(next),
      );
      // A line that looks like the start of a block but isn't one must still be taken.
      if (words.length === 0) words.push(lines[at++] ?? "");
      out.append(make("p", "", ...inline(words.join(" "), tag)));
    }
  }
  return out;
}

/** The text with the task on this line ticked, or no longer ticked. */
export function toggled(text: string, line: number): string {
  const lines = text.split("\n");
  lines[line] = (lines[line] ?? "").replace(/\[([ xX])\]/, (_, mark: string) =>
    mark === " " ? "[x]" : "[ ]",
  );
  return lines.join("\n");
}

function list(
  lines: string[],
  first: number,
  toggle: (line: number) => void,
  tag: (name: string) => void,
): HTMLElement {
  const numbered = /^\s*\d/.test(lines[0] ?? "");
  const holder = make(numbered ? "ol" : "ul");
  lines.forEach((line, offset) => {
    const words = line.replace(LIST, "");
    const task = TASK.exec(words);
    if (task === null) {
      holder.append(make("li", "", ...inline(words, tag)));
      return;
    }
    const box = make("input");
    box.type = "checkbox";
    box.checked = task[1] !== " ";
    box.addEventListener("change", () => toggle(first + offset));
    const label = make("label", "", box, make("span", "", ...inline(words.replace(TASK, ""), tag)));
    holder.append(make("li", "task", label));
  });
  return holder;
}

function inline(text: string, tag: (name: string) => void): (Node | string)[] {
  const out: (Node | string)[] = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    out.push(text.slice(at, found.index));
    at = found.index + found[0].length;
    const [, code, strong, emphasis, words, address, name] = found;
    if (code !== undefined) out.push(make("code", "", code.slice(1, -1)));
    else if (strong !== undefined) out.push(make("strong", "", strong));
    else if (emphasis !== undefined) out.push(make("em", "", emphasis));
    else if (words !== undefined && address !== undefined) out.push(link(words, address));
    else if (name !== undefined) out.push(tagButton(name, tag));
  }
  out.push(text.slice(at));
  return out;
}

function link(words: string, address: string): HTMLElement {
  const anchor = make("a", "", words);
  anchor.href = address;
  anchor.target = "_blank";
  anchor.rel = "noreferrer";
  return anchor;
}

function tagButton(name: string, tag: (name: string) => void): HTMLElement {
  const button = make("button", "tag", `#${name}`);
  button.type = "button";
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    tag(name.toLowerCase());
  });
  return button;
}
