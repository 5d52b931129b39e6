import pytron from "pytron-client";
import { usePytron, usePytronEvent } from "pytron-client/react";
import { type FormEvent, useState } from "react";
import type { Greeted } from "./pytron";

/** A call: `greet` in app.py, with its types. */
export function Greeting() {
  const [name, setName] = useState("");
  const [answer, setAnswer] = useState("");

  async function greet(event: FormEvent) {
    event.preventDefault();
    setAnswer(await pytron.greet(name));
  }

  return (
    <form className="card" id="greet" onSubmit={greet}>
      <h2>Call</h2>
      <div className="row">
        <input
          id="name"
          aria-label="Name"
          placeholder="Your name"
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" className="main">
          Greet
        </button>
      </div>
      <p className="answer" id="answer">
        {answer}
      </p>
      <p className="hint">
        Runs <code>greet</code> in <code>app.py</code>.
      </p>
    </form>
  );
}

/** State: shows at once, in every other window too. */
export function Count() {
  const [count, setCount] = usePytron("count");
  return (
    <section className="card">
      <h2>State</h2>
      <div className="row">
        <output className="count" id="count">
          {count ?? 0}
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
      <div className="row">
        <button type="button" id="reset" onClick={() => pytron.reset()}>
          Reset in Python
        </button>
      </div>
      <p className="hint">One number for Python and every window.</p>
    </section>
  );
}

/** Events: what app.py emits. */
export function Events() {
  const [seen, setSeen] = useState<(Greeted & { key: number })[]>([]);
  usePytronEvent("greeted", (greeted) =>
    setSeen((before) => [{ ...greeted, key: (before[0]?.key ?? 0) + 1 }, ...before].slice(0, 4)),
  );
  return (
    <section className="card">
      <h2>Events</h2>
      <ul className="events" id="events">
        {seen.map(({ key, name, at }) => (
          <li key={key}>
            <span>{name}</span>
            <time>{at}</time>
          </li>
        ))}
      </ul>
      <p className="hint">Python tells the page whom it greeted.</p>
    </section>
  );
}
