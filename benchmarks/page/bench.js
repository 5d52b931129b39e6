// The page that every peer runs, unchanged. Only `adapter.js` differs: it maps the few verbs below
// to the peer's own public API. Python decides the plan, so that a group of measurements has a
// process of its own and one that hangs takes no other with it.
//
// adapter: {
//   ready: Promise                       resolves when calls may be made
//   call(name, ...args): Promise         one call of one Python function
//   listen(receive)                      receive(value) for each pushed event
//   download(): Promise<ArrayBuffer>     the peer's best way for bytes, Python to page
//   upload(buffer): Promise              the same, page to Python; resolves to the size seen there
// }
import { adapter } from "./adapter.js";

const SILENCE_MS = 10_000; // no event for this long: the rest are lost

/** Milliseconds a task takes. WebKit's clock steps by 1 ms: only for what takes far longer. */
async function timed(task) {
  const start = performance.now();
  const value = await task();
  return { ms: performance.now() - start, value };
}

/** `count` timed runs after one that does not count. */
async function repeated(count, task) {
  await task();
  const times = [];
  for (let run = 0; run < count; run++) times.push((await timed(task)).ms);
  return times;
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

/** Reads every byte, as a page that uses them would. Kept to 32-bit integers: what JavaScript has
 * to turn into doubles is compiled anew again and again, and that would be the longest part. */
function checksum(buffer) {
  const words = new Int32Array(buffer);
  let sum = 0;
  for (let index = 0; index < words.length; index++) sum = (sum + words[index]) | 0;
  return sum >>> 0;
}

async function sequential({ count }) {
  for (let index = 0; index < count / 10; index++) await adapter.call("ping", index);
  await adapter.call("intervals");
  for (let index = 0; index < count; index++) {
    const answer = await adapter.call("ping", index);
    expect(answer === index, `ping(${index}) answered ${answer}`);
  }
  return { intervals_us: await adapter.call("intervals") };
}

/** The mean of several waves, after one that does not count: one may be too quick for the clock. */
async function waves(repeat, wave) {
  await wave();
  const { ms } = await timed(async () => {
    for (let run = 0; run < repeat; run++) await wave();
  });
  return ms / repeat;
}

async function concurrent({ count, repeat }) {
  const ms = await waves(repeat, async () => {
    const calls = [];
    for (let index = 0; index < count; index++) calls.push(adapter.call("ping", index));
    const answers = await Promise.all(calls);
    const right = answers.every((answer, index) => answer === index);
    expect(right, "an answer went to another call");
  });
  return { ms, count };
}

/** What an author can do by hand with any peer: one call that carries a list. */
async function concurrentByHand({ count, repeat }) {
  const list = Array.from({ length: count }, (_, index) => index);
  const ms = await waves(repeat, async () => {
    const answers = await adapter.call("ping_many", list);
    expect(answers.length === count && answers[count - 1] === count - 1, "wrong answers");
  });
  return { ms, count };
}

async function dictsDown({ count, repeat }) {
  let list;
  const ms = await repeated(repeat, async () => {
    list = await adapter.call("dicts");
    expect(list.length === count && list[count - 1].id === count - 1, "wrong dicts");
  });
  const text = JSON.stringify(list);
  const parse = await repeated(repeat, async () => {
    expect(JSON.parse(text).length === count, "wrong parse");
  });
  return { ms, parse_ms: parse, text_bytes: text.length };
}

async function dictsUp({ count, repeat }) {
  const list = await adapter.call("dicts");
  expect(list.length === count, "wrong dicts");
  const ms = await repeated(repeat, async () => {
    expect((await adapter.call("take_dicts", list)) === count, "not all dicts arrived");
  });
  const stringify = await repeated(repeat, async () => JSON.stringify(list));
  return { ms, stringify_ms: stringify };
}

async function bytesDown({ size, repeat }) {
  const sum = await adapter.call("checksum");
  const read = await repeated(repeat, async () => checksum(new ArrayBuffer(size)));
  // The same memory without any transport: what the machine takes to give it.
  const fresh = await repeated(repeat, async () => new Uint8Array(size).fill(1));
  const bare = await repeated(repeat, async () => {
    expect((await adapter.download()).byteLength === size, "not all bytes arrived");
  });
  const ms = await repeated(repeat, async () => {
    expect(checksum(await adapter.download()) === sum, "the bytes are not what was sent");
  });
  return { ms, bare_ms: bare, read_ms: read, fresh_ms: fresh, size };
}

async function bytesUp({ size, repeat }) {
  const buffer = new ArrayBuffer(size);
  const words = new Uint32Array(buffer);
  for (let index = 0; index < words.length; index++) words[index] = index * 2654435761;
  const ms = await repeated(repeat, async () => {
    expect((await adapter.upload(buffer)) === size, "not all bytes arrived");
  });
  expect((await adapter.call("checksum_up")) === checksum(buffer), "the bytes changed on the way");
  return { ms, size };
}

/** Pushes `count` events, `group` in each emit (1: one emit for each event). */
async function events({ count, group, repeat }) {
  const times = [];
  let lost = 0;
  let disordered = 0;
  for (let run = 0; run <= repeat; run++) {
    const result = await pushed(count, group);
    if (run > 0) times.push(result.ms);
    lost += result.lost;
    disordered += result.disordered;
  }
  return { ms: times, count, lost, disordered };
}

async function pushed(count, group) {
  const start = performance.now();
  let next = 0;
  let disordered = 0;
  let last = start;
  const done = new Promise((resolve) => {
    const watch = setInterval(() => {
      if (performance.now() - last > SILENCE_MS) finish();
    }, 500);
    function finish() {
      clearInterval(watch);
      resolve();
    }
    adapter.listen((value) => {
      last = performance.now();
      const values = group === 1 ? [value] : value;
      for (const one of values) {
        if (one !== next) disordered++;
        next++;
      }
      if (next >= count) finish();
    });
  });
  await adapter.call("push", count, group);
  await done;
  return { ms: last - start, lost: count - next, disordered };
}

/** The longest wait for an answer while a Python function computes beside it. */
async function liveness({ seconds, how }) {
  for (let index = 0; index < 50; index++) await adapter.call("ping", index);
  const busy = adapter.call(how, seconds);
  const end = performance.now() + seconds * 1000;
  let longest = 0;
  let answered = 0;
  while (performance.now() < end) {
    const { ms } = await timed(() => adapter.call("ping", answered));
    longest = Math.max(longest, ms);
    answered++;
  }
  await busy;
  return { longest_ms: longest, answered };
}

/** What `count` calls leave behind in the Python process. */
async function growth({ count, warm, wave }) {
  const run = async (total) => {
    for (let sent = 0; sent < total; sent += wave) {
      await Promise.all(Array.from({ length: wave }, (_, index) => adapter.call("ping", index)));
      await adapter.call("intervals"); // forgets when they came, which is not the program's memory
    }
  };
  await run(warm);
  const before = await adapter.call("memory");
  await run(count);
  return { bytes: (await adapter.call("memory")) - before, count };
}

const measures = {
  sequential,
  concurrent,
  concurrentByHand,
  dictsDown,
  dictsUp,
  bytesDown,
  bytesUp,
  events,
  liveness,
  growth,
};

async function main() {
  await adapter.ready;
  await adapter.call("ping", 0);
  await adapter.call("answered");
  for (const step of JSON.parse(await adapter.call("plan"))) {
    document.getElementById("status").textContent = step.name;
    let result;
    try {
      result = await measures[step.measure](step);
    } catch (error) {
      result = { error: String(error?.message ?? error) };
    }
    await adapter.call("record", step.name, JSON.stringify(result));
  }
  await adapter.call("finish");
}

await main();
