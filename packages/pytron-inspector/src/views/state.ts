import { facts, heading, section } from "../details.js";
import { fill, h } from "../dom.js";
import { brief, plural, size, timeOf } from "../format.js";
import { List } from "../list.js";
import type { ChangeRecord, Json, Op, Step } from "../model.js";
import { valueAt } from "../ops.js";
import type { History } from "../store.js";
import { tree } from "../tree.js";
import { type Context, hint, type View } from "./view.js";

type Row = Step & { seq: number; scope: string };

/** The state at every revision that is kept, and what made each of them. */
export class StateView implements View {
  readonly id = "state";
  readonly title = "State";
  readonly element: HTMLElement;
  private readonly list: List<Row>;
  private readonly panel = h("section", { class: "details", "aria-label": "State", tabindex: 0 });
  private readonly slider: HTMLInputElement;
  private readonly latest: HTMLButtonElement;
  private readonly scopes: HTMLSelectElement;
  private scope = "app";
  private shown = "";
  /** The revision asked for that no row stands for: the one before the first change that is kept. */
  private asked: number | undefined;

  private readonly context: Context;

  constructor(context: Context) {
    this.context = context;
    this.list = new List<Row>(
      "Revisions",
      [
        { title: "Rev.", kind: "number", cell: (row) => String(row.revision) },
        { title: "Time", kind: "time", cell: (row) => timeOf(row.at) },
        { title: "By", kind: "by", cell: (row) => row.by },
        { title: "Change", kind: "wide", cell: (row) => row.ops.map(sentence).join("; ") },
        { title: "Size", kind: "number", cell: (row) => size(row.size) },
      ],
      () => {
        this.asked = undefined;
        this.draw();
      },
    );
    this.slider = h("input", {
      type: "range",
      "aria-label": "Revision",
      oninput: () => this.go(Number(this.slider.value)),
    });
    this.latest = h(
      "button",
      { type: "button", onclick: () => this.go(this.history.latest) },
      "Latest",
    );
    this.scopes = h("select", {
      "aria-label": "Scope",
      onchange: () => this.switchTo(this.scopes.value),
    });
    const bar = h("div", { class: "bar" }, this.scopes, this.slider, this.latest);
    const left = h("div", { class: "stack" }, bar, this.list.element);
    this.element = h("div", { class: "split even" }, left, this.panel);
  }

  badge() {
    const refused = this.context.store.of("change").filter(({ status }) => status === "error");
    return { count: this.context.store.of("state").length, alarm: refused.length };
  }

  update(): void {
    const { store } = this.context;
    const wanted = [...store.scopes];
    if (wanted.join() !== [...this.scopes.options].map(({ value }) => value).join()) {
      fill(
        this.scopes,
        wanted.map((scope) => h("option", { value: scope }, scope)),
      );
      this.scopes.value = wanted.includes(this.scope) ? this.scope : "app";
    }
    this.scope = this.scopes.value || "app";
    const rows = this.rows();
    const shown = rows.filter((row) => this.context.passes(asRecord(row)));
    const nothing = this.history.tooLarge
      ? "This state is too large to keep its history."
      : "The state has not changed yet.";
    this.list.show(shown, hint(this.context, rows.length, nothing));
    this.draw();
  }

  focus(): void {
    this.list.focus();
  }

  private get history(): History {
    return this.context.store.history(this.scope);
  }

  private rows(): Row[] {
    const { scope } = this;
    return this.history.steps.map((step) => ({ ...step, seq: step.revision, scope }));
  }

  private switchTo(scope: string): void {
    this.scope = scope;
    this.list.choose(undefined);
    this.update();
  }

  private go(revision: number): void {
    const row = this.rows().find((one) => one.revision === revision);
    const latest = revision >= this.history.latest;
    this.list.choose(latest ? undefined : row);
    this.asked = latest || row !== undefined ? undefined : revision;
    this.draw();
  }

  private draw(): void {
    const { history } = this;
    const row = this.list.selected;
    const revision = row?.revision ?? this.asked ?? history.latest;
    this.slider.min = String(history.revision);
    this.slider.max = String(history.latest);
    this.slider.value = String(revision);
    this.slider.setAttribute("aria-valuetext", `revision ${revision} of ${history.latest}`);
    this.latest.disabled = revision === history.latest;
    const key = `${this.scope}/${revision}/${revision === history.latest}/${history.latest}`;
    if (key === this.shown && this.panel.childElementCount > 0) return;
    this.shown = key;
    fill(this.panel, this.describe(revision), this.refusals());
  }

  private describe(revision: number): (HTMLElement | null)[] {
    const { history } = this;
    if (history.tooLarge)
      return [h("p", { class: "empty" }, "This state is too large to keep its history.")];
    const step = history.steps.find((one) => one.revision === revision);
    const now = history.at(revision);
    const paths = new Set(step?.ops.map(({ path }) => path.join(".")));
    const age = revision === history.latest ? "latest" : `latest is ${history.latest}`;
    return [
      heading(`Revision ${revision}`, "", age, step ? timeOf(step.at) : "the beginning"),
      step === undefined ? null : changes(step, history.at(revision - 1)),
      section(
        "State",
        "",
        tree(now, "", (path) => paths.has(path)),
      ),
    ];
  }

  private refusals(): HTMLElement | null {
    const refused = this.context.store
      .of("change")
      .filter(({ status, scope }) => status === "error" && this.scope.startsWith(scope))
      .slice(-10);
    if (refused.length === 0) return null;
    return section(
      "Refused changes",
      plural(refused.length, "change"),
      h("ul", { class: "items" }, refused.map(refusal)),
    );
  }
}

function asRecord(row: Row) {
  const { scope, revision, at, by, size } = row;
  const ops = row.ops as unknown as Json;
  return { type: "state" as const, seq: row.seq, version: 0, at, scope, revision, by, ops, size };
}

function refusal(change: ChangeRecord): HTMLElement {
  const said = change.error ? `${change.error.code}: ${change.error.message}` : "refused";
  return h("li", {}, `${timeOf(change.at)} ${change.window ?? ""}: ${said}`);
}

function pathOf(op: Op): string {
  return op.path.join(".") || "(the whole)";
}

/** An op in words, for a list. */
function sentence(op: Op): string {
  switch (op.op) {
    case "set":
      return `${pathOf(op)} = ${brief(op.value, 60)}`;
    case "delete":
      return `${pathOf(op)} deleted`;
    default: {
      const gone = op.remove > 0 ? ` −${op.remove}` : "";
      const come = op.insert.length > 0 ? ` +${op.insert.length}` : "";
      return `${pathOf(op)}[${op.index}]${gone}${come}`;
    }
  }
}

/** What a patch did, before and after. */
function changes(step: Step, before: Json): HTMLElement {
  return section(
    "Changed",
    `by ${step.by}`,
    h(
      "ul",
      { class: "diff" },
      step.ops.map((op) => difference(op, before)),
    ),
    facts([]),
  );
}

function difference(op: Op, before: Json): HTMLElement {
  const old = valueAt(before, op.path);
  const gone =
    op.op === "splice"
      ? Array.isArray(old)
        ? old.slice(op.index, op.index + op.remove).map((item) => brief(item, 200))
        : []
      : old === undefined
        ? []
        : [brief(old, 200)];
  const come =
    op.op === "set"
      ? [brief(op.value, 200)]
      : op.op === "splice"
        ? op.insert.map((item) => brief(item, 200))
        : [];
  const at = op.op === "splice" ? `${pathOf(op)}[${op.index}]` : pathOf(op);
  return h(
    "li",
    {},
    h("code", { class: "key" }, at),
    gone.map((text) => h("del", {}, text)),
    come.map((text) => h("ins", {}, text)),
  );
}
