import pytron from "/_pytron/client.js";

const at = (id) => document.getElementById(id);

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

at("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await pytron.add(at("title").value);
    at("title").value = "";
    at("problem").textContent = "";
  } catch (error) {
    at("problem").textContent = error.message;
  }
});

at("file").addEventListener("change", async () => {
  for await (const title of pytron.take_in(at("file").files[0])) {
    at("news").textContent = `Added ${title}`;
  }
});

pytron.on("imported", ({ file, count }) => {
  at("news").textContent = `${count} books from ${file}`;
});

at("numbers").addEventListener("click", () => pytron.open_numbers());

pytron.ready.then(() => {
  pytron.subscribe("books", show);
  show();
});
