import pytron from "/_pytron/client.js";

const $ = (id) => document.getElementById(id);
const grid = $("grid");
let least = 0;
let large = 0; // the one that is shown alone
let seen = [];

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Five stars; a press on the last lit one takes them away. */
function stars(count, choose) {
  return [1, 2, 3, 4, 5].map((n) =>
    make("button", {
      textContent: "★",
      className: n <= count ? "on" : "",
      ariaLabel: `${n} stars`,
      onclick: () => choose(n === count ? 0 : n),
    }),
  );
}

function card({ id, name, path, stars: count }) {
  const picture = make("img", { src: `/picture/${id}`, alt: name, loading: "lazy" });
  picture.onclick = () => show(id);
  picture.ondragstart = (event) => {
    event.preventDefault(); // not the page's own drag: that of the file
    pytron.services.windows.carry([path]);
  };
  const caption = make("figcaption", {}, make("b", { textContent: name, title: name }));
  caption.append(make("span", {}, ...stars(count, (n) => pytron.rate(id, n))));
  const figure = make("figure", { tabIndex: 0 }, picture, caption);
  figure.oncontextmenu = (event) => {
    event.preventDefault();
    pytron.menu(id, event.clientX, event.clientY);
  };
  figure.onkeydown = ({ key, target }) => {
    if (target !== figure) return;
    if (key === "Enter") show(id);
    else if (key === "Delete") pytron.trash(id);
    else if (/^[0-5]$/.test(key)) pytron.rate(id, Number(key));
  };
  return figure;
}

/** A picture alone, as large as fits; the arrow keys go on from there. */
function show(id) {
  const [picture, title] = $("large").children;
  large = id;
  picture.src = `/picture/${id}`;
  title.textContent = pytron.state.pictures.find((one) => one.id === id)?.name ?? "";
  if (!$("large").open) $("large").showModal();
}

function draw() {
  const { pictures, unlocked } = pytron.state;
  const all = pictures.filter((one) => unlocked || !one.private);
  const text = $("search").value.toLowerCase();
  seen = all.filter((one) => one.stars >= least && one.name.toLowerCase().includes(text));
  const focused = [...grid.children].indexOf(document.activeElement.closest("figure"));
  grid.replaceChildren(...seen.map(card));
  grid.children[focused]?.focus({ preventScroll: true });
  grid.hidden = all.length === 0;
  $("empty").hidden = all.length !== 0;
  const kib = seen.reduce((sum, one) => sum + one.size, 0) / 1024;
  const size = kib < 1024 ? `${Math.ceil(kib)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
  $("count").textContent = `${seen.length} of ${all.length} pictures · ${size}`;
  if ($("large").open && !all.some((one) => one.id === large)) $("large").close();
  $("lock").hidden = !pictures.some((one) => one.private);
  $("lock").textContent = unlocked ? "Lock private" : "Unlock private…";
  $("least").replaceChildren(
    ...stars(least, (n) => {
      least = n;
      draw();
    }),
  );
}

async function look() {
  const id = await pytron.linked();
  if (id !== null) show(id);
}

function showProgress(working) {
  $("working").hidden = working === null;
  if (working === null) return;
  const [what, bar] = $("working").children;
  what.textContent = working.what;
  bar.value = working.share;
}

// What fails says why, and the remedy: a keychain that is not there, a file that is gone.
addEventListener("unhandledrejection", ({ reason }) => {
  $("error").textContent = reason.message;
  setTimeout(() => $("error").replaceChildren(), 10_000);
});

await pytron.ready;
pytron.subscribe("pictures", draw);
pytron.subscribe("unlocked", draw);
pytron.on("working", showProgress);
pytron.on("look", look);
pytron.on("files.over", ({ inside }) => document.body.classList.toggle("over", inside));
pytron.on("files.dropped", () => document.body.classList.remove("over"));
$("search").oninput = draw;
$("add").onclick = () => pytron.add_folder();
$("samples").onclick = () => pytron.add_samples();
$("lock").onclick = () => (pytron.state.unlocked ? pytron.lock() : pytron.unlock());
$("large").onclick = () => $("large").close();
$("large").onkeydown = ({ key }) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key] ?? 0;
  const next = seen[seen.findIndex((one) => one.id === large) + step];
  if (step && next) show(next.id);
};
draw();
await look();
pytron.emit("shown", { pictures: grid.children.length, hint: !$("empty").hidden });
