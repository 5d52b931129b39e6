import { fill, h } from "./dom.js";

const ROW_PX = 26;
const HEAD_PX = 26;
/** Rows beyond the visible ones, so that scrolling shows no gap. */
const MARGIN = 12;

export interface Column<T> {
  title: string;
  /** A class that gives the column its width and look. */
  kind: string;
  cell(item: T): Node | string;
  /** What assistive technology and the pointer are told, where the cell is a picture. */
  label?(item: T): string;
}

/** A long list of which only the visible rows exist; arrow keys choose one of them. */
export class List<T extends { seq: number }> {
  readonly element: HTMLElement;
  private readonly columns: readonly Column<T>[];
  private readonly onChoose: (item: T | undefined) => void;
  private readonly className: (item: T) => string;
  private readonly scroller: HTMLElement;
  private readonly body: HTMLElement;
  private readonly empty: HTMLElement;
  private items: readonly T[] = [];
  private chosen: number | undefined;
  private follows = true;
  /** Where following has put it: the event of that comes when there may be more rows already. */
  private placed = 0;
  private readonly id: string;

  constructor(
    name: string,
    columns: readonly Column<T>[],
    onChoose: (item: T | undefined) => void,
    className: (item: T) => string = () => "",
  ) {
    this.columns = columns;
    this.onChoose = onChoose;
    this.className = className;
    this.id = `list-${name.toLowerCase()}`;
    this.body = h("div", { class: "rows", role: "rowgroup" });
    this.empty = h("p", { class: "empty" });
    const titles = columns.map(({ title, kind }) =>
      h("span", { class: kind, role: "columnheader" }, title),
    );
    const header = h("div", { role: "rowgroup" }, h("div", { class: "head", role: "row" }, titles));
    this.scroller = h(
      "div",
      {
        class: "scroller",
        role: "grid",
        tabindex: 0,
        "aria-label": name,
        onscroll: () => this.scrolled(),
        onkeydown: (event: KeyboardEvent) => this.pressed(event),
        onclick: (event: MouseEvent) => this.clicked(event),
      },
      header,
      this.body,
    );
    this.element = h("div", { class: "list" }, this.scroller, this.empty);
    if (typeof ResizeObserver === "function")
      new ResizeObserver(() => this.draw()).observe(this.scroller);
  }

  /** Shows these, with `hint` where there are none. */
  show(items: readonly T[], hint: string): void {
    this.items = items;
    this.empty.textContent = items.length === 0 ? hint : "";
    this.scroller.setAttribute("aria-rowcount", String(items.length));
    if (this.chosen !== undefined && this.place() < 0) this.choose(undefined);
    if (this.follows) {
      this.scroller.scrollTop = items.length * ROW_PX + HEAD_PX;
      this.placed = this.scroller.scrollTop;
    }
    this.draw();
  }

  get selected(): T | undefined {
    return this.items[this.place()];
  }

  choose(item: T | undefined): void {
    this.chosen = item?.seq;
    if (item !== undefined) this.reveal(this.place());
    this.draw();
    this.onChoose(item);
  }

  focus(): void {
    this.scroller.focus();
  }

  private place(): number {
    return this.items.findIndex(({ seq }) => seq === this.chosen);
  }

  private draw(): void {
    const height = this.scroller.clientHeight || 600;
    const first = Math.max(0, Math.floor(this.scroller.scrollTop / ROW_PX) - MARGIN);
    const last = Math.min(this.items.length, first + Math.ceil(height / ROW_PX) + 2 * MARGIN);
    this.body.style.height = `${this.items.length * ROW_PX}px`;
    const rows = this.items.slice(first, last).map((item, i) => this.row(item, first + i));
    fill(this.body, rows);
    const active = this.chosen === undefined ? "" : this.rowId(this.chosen);
    this.scroller.setAttribute("aria-activedescendant", active);
  }

  private row(item: T, place: number): HTMLElement {
    const chosen = item.seq === this.chosen;
    const row = h(
      "div",
      {
        class: `row ${this.className(item)}${chosen ? " chosen" : ""}`,
        role: "row",
        id: this.rowId(item.seq),
        "data-place": place,
        "aria-rowindex": place + 1,
        "aria-selected": String(chosen),
      },
      this.columns.map(({ kind, cell, label }) => {
        const said = label?.(item);
        const content = cell(item);
        const title = said ?? (typeof content === "string" ? content : undefined);
        return h("span", { class: kind, role: "gridcell", title, "aria-label": said }, content);
      }),
    );
    row.style.transform = `translateY(${place * ROW_PX}px)`;
    return row;
  }

  private rowId(seq: number): string {
    return `${this.id}-${seq}`;
  }

  private scrolled(): void {
    const { scrollTop, clientHeight } = this.scroller;
    const end = this.items.length * ROW_PX + HEAD_PX - ROW_PX;
    this.follows = (this.follows && scrollTop >= this.placed) || scrollTop + clientHeight >= end;
    this.draw();
  }

  private reveal(place: number): void {
    const { scrollTop, clientHeight } = this.scroller;
    const top = place * ROW_PX;
    if (top < scrollTop) this.scroller.scrollTop = top;
    else if (top + ROW_PX + HEAD_PX > scrollTop + clientHeight)
      this.scroller.scrollTop = top + ROW_PX + HEAD_PX - clientHeight;
  }

  private clicked(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-place]");
    if (row !== null) this.choose(this.items[Number(row.dataset.place)]);
  }

  private pressed(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_PX) - 1);
    const now = this.place();
    const places: Record<string, number> = {
      ArrowDown: now + 1,
      ArrowUp: now < 0 ? this.items.length - 1 : now - 1,
      PageDown: now + page,
      PageUp: now - page,
      Home: 0,
      End: this.items.length - 1,
    };
    const wanted = places[event.key];
    if (event.key === "Escape") this.choose(undefined);
    else if (wanted === undefined || this.items.length === 0) return;
    else this.choose(this.items[Math.min(this.items.length - 1, Math.max(0, wanted))]);
    event.preventDefault();
  }
}
