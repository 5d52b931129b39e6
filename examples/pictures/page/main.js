import pytron from "/_pytron/client.js";

const $ = (id) => document.getElementById(id);
const grid = $("grid");
let least = 0;

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

function card({ id, name, stars: count }) {
  const picture = make("img", { src: `/picture/${id}`, alt: name, loading: "lazy" });
  picture.onclick = () => show(id, name);
  const caption = make("figcaption", {}, make("b", { textContent: name, title: name }));
  caption.append(make("span", {}, ...stars(count, (n) => pytron.rate(id, n))));
  const figure = make("figure", { tabIndex: 0 }, picture, caption);
  figure.oncontextmenu = (event) => {
    event.preventDefault();
    pytron.menu(id);
  };
  figure.onkeydown = ({ key, target }) => {
    if (target !== figure) return;
    if (key === "Enter") show(id, name);
    else if (key === "Delete") pytron.trash(id);
    else if (/^[0-5]$/.test(key)) pytron.rate(id, Number(key));
  };
  return figure;
}

function show(id, name) {
  const [picture, title] = $("large").children;
  picture.src = `/picture/${id}`;
  title.textContent = name;
  $("large").showModal();
}

function draw() {
  const all = pytron.state.pictures;
  const text = $("search").value.toLowerCase();
  const seen = all.filter((one) => one.stars >= least && one.name.toLowerCase().includes(text));
  grid.replaceChildren(...seen.map(card));
  grid.hidden = all.length === 0;
  $("empty").hidden = all.length !== 0;
  const size = seen.reduce((sum, one) => sum + one.size, 0);
  $("count").textContent =
    `${seen.length} of ${all.length} pictures · ${(size / 1024).toFixed(0)} KiB`;
  $("least").replaceChildren(
    ...stars(least, (n) => {
      least = n;
      draw();
    }),
  );
}

await pytron.ready;
pytron.subscribe("pictures", draw);
pytron.on("files.over", ({ inside }) => document.body.classList.toggle("over", inside));
pytron.on("files.dropped", () => document.body.classList.remove("over"));
$("search").oninput = draw;
$("add").onclick = () => pytron.add_folder();
$("samples").onclick = () => pytron.add_samples();
$("large").onclick = () => $("large").close();
draw();
pytron.emit("shown", { pictures: grid.children.length, hint: !$("empty").hidden });
