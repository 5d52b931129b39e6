import pytron from "pytron-client";
import { createPytron, onPytron } from "pytron-client/solid";
import { createSignal, For, Show } from "solid-js";
import logo from "./logo.svg";
import type { Greeted } from "./pytron";

export function App() {
  const [problem, setProblem] = createSignal("");
  pytron.ready.catch((error: Error) => setProblem(error.message));
  return (
    <main class="app">
      <header class="head">
        <img src={logo} alt="" />
        <div>
          <h1>Pytron App</h1>
          <p>Python behind Solid, in a window of its own.</p>
        </div>
      </header>
      <Show when={problem()}>
        <p class="problem">{problem()}</p>
      </Show>
      <div class="cards">
        <Greeting />
        <Count />
        <Events />
      </div>
      <p class="foot">
        Edit <code>app.py</code> and <code>frontend/src/App.tsx</code>; <code>pytron dev</code>{" "}
        shows it as you save.
      </p>
    </main>
  );
}

/** A call: `greet` in app.py, with its types. */
function Greeting() {
  const [name, setName] = createSignal("");
  const [answer, setAnswer] = createSignal("");

  async function greet(event: Event) {
    event.preventDefault();
    setAnswer(await pytron.greet(name()));
  }

  return (
    <form class="card" id="greet" onSubmit={greet}>
      <h2>Call</h2>
      <div class="row">
        <input
          id="name"
          aria-label="Name"
          placeholder="Your name"
          autocomplete="off"
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="main">
          Greet
        </button>
      </div>
      <p class="answer" id="answer">
        {answer()}
      </p>
      <p class="hint">
        Runs <code>greet</code> in <code>app.py</code>.
      </p>
    </form>
  );
}

/** State: shows at once, in every other window too. */
function Count() {
  const [count, setCount] = createPytron("count");
  return (
    <section class="card">
      <h2>State</h2>
      <div class="row">
        <output class="count" id="count">
          {count() ?? 0}
        </output>
        <button
          type="button"
          id="less"
          aria-label="One less"
          onClick={() => setCount((n) => n - 1)}
        >
          −
        </button>
        <button
          type="button"
          id="more"
          aria-label="One more"
          onClick={() => setCount((n) => n + 1)}
        >
          +
        </button>
      </div>
      <div class="row">
        <button type="button" id="reset" onClick={() => pytron.reset()}>
          Reset in Python
        </button>
      </div>
      <p class="hint">One number for Python and every window.</p>
    </section>
  );
}

/** Events: what app.py emits. */
function Events() {
  const [seen, setSeen] = createSignal<Greeted[]>([]);
  onPytron("greeted", (greeted) => setSeen((before) => [greeted, ...before].slice(0, 4)));
  return (
    <section class="card">
      <h2>Events</h2>
      <ul class="events" id="events">
        <For each={seen()}>
          {({ name, at }) => (
            <li>
              <span>{name}</span>
              <time>{at}</time>
            </li>
          )}
        </For>
      </ul>
      <p class="hint">Python tells the page whom it greeted.</p>
    </section>
  );
}
