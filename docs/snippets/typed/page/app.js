import pytron from "/_pytron/client.js";

const count = await pytron.add({ title: "Buy tea", due: "2024-05-01" });
for await (const task of pytron.due("2024-05-01")) console.log(task.title.trim());
await pytron.call("add", { task: { title: "Drink tea" }, urgent: true });

pytron.on("task.added", (task) => console.log(task.tags.join()));
/** @type {HTMLOutputElement} */ (document.getElementById("count")).value = `${count}`;
