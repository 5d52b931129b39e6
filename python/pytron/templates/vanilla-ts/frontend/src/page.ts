/** The page without its life, which main.ts gives it. */
export const page = (logo: string) => `
  <main class="app">
    <header class="head">
      <img src="${logo}" alt="" />
      <div>
        <h1>Pytron App</h1>
        <p>Python behind TypeScript, in a window of its own.</p>
      </div>
    </header>
    <p class="problem" id="problem" hidden></p>
    <div class="cards">
      <form class="card" id="greet">
        <h2>Call</h2>
        <div class="row">
          <input id="name" aria-label="Name" placeholder="Your name" autocomplete="off" />
          <button type="submit" class="main">Greet</button>
        </div>
        <p class="answer" id="answer"></p>
        <p class="hint">Runs <code>greet</code> in <code>app.py</code>.</p>
      </form>
      <section class="card">
        <h2>State</h2>
        <div class="row">
          <output class="count" id="count">0</output>
          <button type="button" id="less" aria-label="One less">−</button>
          <button type="button" id="more" aria-label="One more">+</button>
        </div>
        <div class="row"><button type="button" id="reset">Reset in Python</button></div>
        <p class="hint">One number for Python and every window.</p>
      </section>
      <section class="card">
        <h2>Events</h2>
        <ul class="events" id="events"></ul>
        <p class="hint">Python tells the page whom it greeted.</p>
      </section>
    </div>
    <p class="foot">
      Edit <code>app.py</code> and <code>frontend/src/main.ts</code>; <code>pytron dev</code> shows
      it as you save.
    </p>
  </main>
`;
