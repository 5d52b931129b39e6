import pytron from "pytron-client";
import { mockApp } from "./pytron.mock.js";

const python = mockApp({ functions: { add: (task) => task.title.length } });
await pytron.ready;
const count: number = await pytron.add({ title: "four" });
python.emit("task.added", { title: "Sleep", due: null, tags: [] });
console.log(count, pytron.state.open_tasks);
