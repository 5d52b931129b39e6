import pytron from "/_pytron/client.js";

/** @param {string} id */
const at = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

at("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await pytron.add(at("title").value);
    at("title").value = "";
    at("problem").textContent = "";
  } catch (error) {
    at("problem").textContent = /** @type {Error} */ (error).message;
  }
});

function show() {
  at("books").replaceChildren(
    ...pytron.state.books.map((book, index) => {
      const box = Object.assign(document.createElement("input"), { type: "checkbox" });
      box.checked = book.read;
      box.addEventListener("change", () => {
        pytron.state.books[index].read = box.checked;
      });
      const label = document.createElement("label");
      label.append(box, ` ${book.title}`);
      const row = document.createElement("li");
      row.append(label);
      return row;
    }),
  );
}

pytron.ready.then(() => {
  pytron.subscribe("books", show);
  show();
});

at("file").addEventListener("change", async () => {
  const [file] = at("file").files ?? [];
  if (!file) return;
  for await (const title of pytron.take_in(file)) {
    at("news").textContent = `Added ${title}`;
  }
});

pytron.on("imported", ({ file, count }) => {
  at("news").textContent = `${count} books from ${file}`;
});

at("numbers").addEventListener("click", () => pytron.open_numbers());
