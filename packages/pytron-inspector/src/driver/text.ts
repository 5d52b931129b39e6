/** Text as people read it: what is shown, with one blank for any white space. */
export function textOf(element: Element): string {
  // biome-ignore lint/performance/useDomNodeTextContent: what styles hide is not read by anybody.
  const text = element instanceof HTMLElement ? element.innerText : element.textContent;
  return squeeze(text ?? "");
}

export function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
