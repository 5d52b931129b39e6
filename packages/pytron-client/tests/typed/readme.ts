// The first lines of the package's README, checked by the compiler only.
import pytron, { withOptions } from "pytron-client"; // without Node: from "/_pytron/client.js"

await pytron.ready; //                                 rejects when there is no Python behind the page
const sum = await pytron.add(1, 2); //                 an exposed function; namespaces: pytron.notes.rename(…)
await pytron.call("add", { a: 1, b: 2 }); //           by name, arguments by name or as an array
for await (const line of pytron.tail("log.txt")) {
  console.log(line.text); //                           a generator; leaving the loop ends it in Python
}
await withOptions({ timeoutMs: 500, onProgress: console.log }).add(sum, 1); // and signal

const stop = pytron.on("save*", (note, name) => console.log(note, name)); // a trailing * matches any ending
pytron.emit("saved", { id: 3 }, { to: "main" }); //    to Python, or to another window's page
stop();

pytron.state.count = 5; //                             shows at once, confirmed or rolled back by Python
await pytron.update((state) => {
  state.count += 1; //                                 run again if somebody was quicker
});
pytron.subscribe("items.0.done", (done) => console.log(done)); // on change only
