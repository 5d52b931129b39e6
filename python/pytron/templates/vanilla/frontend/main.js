import pytron from "/_pytron/client.js";

/** @param {string} id */
const at = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const name = /** @type {HTMLInputElement} */ (at("name"));

// A call: `greet` in app.py. It rejects with a PytronError when Python fails.
at("greet").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("answer").textContent = await pytron.greet(name.value);
});

// State: what is written here shows at once, and in every other window too.
at("less").addEventListener("click", () => {
  pytron.state.count -= 1;
});
at("more").addEventListener("click", () => {
  pytron.state.count += 1;
});
at("reset").addEventListener("click", () => pytron.reset());
pytron.subscribe("count", (count) => {
  at("count").textContent = String(count);
});

// Events: what app.py emits.
pytron.on("greeted", (greeted) => {
  const who = document.createElement("span");
  const when = document.createElement("time");
  who.textContent = greeted.name;
  when.textContent = greeted.at;
  const line = document.createElement("li");
  line.append(who, when);
  at("events").prepend(line);
  at("events").children[4]?.remove();
});

// Not awaited at the top level: there WebKit keeps errors of a module to itself.
pytron.ready.catch((error) => {
  at("problem").textContent = error.message;
  at("problem").hidden = false;
});
