"""The page's part, the same for both sides but for how it calls."""

SCRIPT = """
const quantile = (times, q) => [...times].sort((a, b) => a - b)[Math.floor(times.length * q)];
async function measure(call, count, atOnce, waves) {
  for (let i = 0; i < count / 4; i++) await call(i);
  const times = [];
  for (let i = 0; i < count; i += 10) {  // ten at a time: the clock has steps of 0.1 ms
    const from = performance.now();
    for (let j = 0; j < 10; j++) await call(i + j);
    times.push((performance.now() - from) / 10);
  }
  let best = 0;
  for (let wave = 0; wave < waves; wave++) {
    const from = performance.now();
    await Promise.all([...Array(atOnce)].map((_, i) => call(i)));
    best = Math.max(best, (atOnce / (performance.now() - from)) * 1000);
  }
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), atOnce: best };
}
"""

BARE = f"""<!doctype html><meta charset="utf-8"><title>bare</title><script>
{SCRIPT}
const socket = new WebSocket(`ws://${{location.host}}/ws`);
const waiting = new Map();
let last = 0;
socket.onmessage = ({{ data }}) => {{
  const {{ id, value }} = JSON.parse(data);
  waiting.get(id)(value);
  waiting.delete(id);
}};
const call = (a) => new Promise((done) => {{
  const id = ++last;
  waiting.set(id, done);
  socket.send(JSON.stringify({{ id, a }}));
}});
socket.onopen = async () => {{
  const [count, atOnce, waves] = location.hash.slice(1).split(",").map(Number);
  socket.send(JSON.stringify({{ report: await measure(call, count, atOnce, waves) }}));
}};
</script>"""

PYTRON = f"""<!doctype html><meta charset="utf-8"><title>pytron</title><script type="module">
import pytron from "/_pytron/client.js";
{SCRIPT}
await pytron.ready;
const [count, atOnce, waves] = await pytron.sizes();
await pytron.report(await measure((a) => pytron.add(a, 1), count, atOnce, waves));
</script>"""
