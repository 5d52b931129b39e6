import { html, LitElement, nothing } from "lit";
import pytron from "pytron-client";
import logo from "./logo.svg";
import type { Greeted } from "./pytron";

/** The whole page. */
export class MainView extends LitElement {
  static override properties = {
    problem: { state: true },
    answer: { state: true },
    count: { state: true },
    seen: { state: true },
  };

  declare problem: string;
  declare answer: string;
  declare count: number;
  declare seen: Greeted[];
  private stops: (() => void)[] = [];

  constructor() {
    super();
    this.problem = "";
    this.answer = "";
    this.count = 0;
    this.seen = [];
  }

  // Without a shadow root, so that style.css applies.
  protected override createRenderRoot() {
    return this;
  }

  override connectedCallback() {
    super.connectedCallback();
    pytron.ready.catch((error: Error) => {
      this.problem = error.message;
    });
    this.stops = [
      // State: shows at once, in every other window too.
      pytron.subscribe("count", (count) => {
        this.count = count;
      }),
      // Events: what app.py emits.
      pytron.on("greeted", (greeted) => {
        this.seen = [greeted, ...this.seen].slice(0, 4);
      }),
    ];
  }

  override disconnectedCallback() {
    for (const stop of this.stops) stop();
    super.disconnectedCallback();
  }

  // A call: `greet` in app.py, with its types.
  private async greet(event: SubmitEvent) {
    event.preventDefault();
    const name = this.querySelector<HTMLInputElement>("#name");
    this.answer = await pytron.greet(name?.value ?? "");
  }

  private add(amount: number) {
    pytron.state.count += amount;
  }

  override render() {
    return html`
      <main class="app">
        <header class="head">
          <img src=${logo} alt="" />
          <div>
            <h1>Pytron App</h1>
            <p>Python behind Lit, in a window of its own.</p>
          </div>
        </header>
        ${this.problem ? html`<p class="problem">${this.problem}</p>` : nothing}
        <div class="cards">
          <form class="card" id="greet" @submit=${this.greet}>
            <h2>Call</h2>
            <div class="row">
              <input id="name" aria-label="Name" placeholder="Your name" autocomplete="off" />
              <button type="submit" class="main">Greet</button>
            </div>
            <p class="answer" id="answer">${this.answer}</p>
            <p class="hint">Runs <code>greet</code> in <code>app.py</code>.</p>
          </form>
          <section class="card">
            <h2>State</h2>
            <div class="row">
              <output class="count" id="count">${this.count}</output>
              <button type="button" id="less" aria-label="One less" @click=${() => this.add(-1)}>−</button>
              <button type="button" id="more" aria-label="One more" @click=${() => this.add(1)}>+</button>
            </div>
            <div class="row">
              <button type="button" id="reset" @click=${() => pytron.reset()}>Reset in Python</button>
            </div>
            <p class="hint">One number for Python and every window.</p>
          </section>
          <section class="card">
            <h2>Events</h2>
            <ul class="events" id="events">
              ${this.seen.map(({ name, at }) => html`<li><span>${name}</span><time>${at}</time></li>`)}
            </ul>
            <p class="hint">Python tells the page whom it greeted.</p>
          </section>
        </div>
        <p class="foot">
          Edit <code>app.py</code> and <code>frontend/src/main-view.ts</code>;
          <code>pytron dev</code> shows it as you save.
        </p>
      </main>
    `;
  }
}

customElements.define("main-view", MainView);
