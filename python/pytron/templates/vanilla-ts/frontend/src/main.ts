import pytron from "pytron-client";
import "./style.css";
import logo from "./logo.svg";
import { page } from "./page";

const place = document.getElementById("app");
if (place) place.innerHTML = page(logo);
const at = <Kind extends HTMLElement = HTMLElement>(id: string) =>
  document.getElementById(id) as Kind;

// A call: `greet` in app.py, with its types. It rejects with a PytronError when Python fails.
at("greet").addEventListener("submit", async (event) => {
  event.preventDefault();
  at("answer").textContent = await pytron.greet(at<HTMLInputElement>("name").value);
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

pytron.ready.catch((error: Error) => {
  at("problem").textContent = error.message;
  at("problem").hidden = false;
});
