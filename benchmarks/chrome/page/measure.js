// The same measurements over any function that adds two numbers and answers later.
const ROUND = 20; // calls between two looks at the clock, which has steps of 0.1 ms
const ROUNDS = 150;

export const now = () => performance.timeOrigin + performance.now();

export async function latency(add) {
  for (let i = 0; i < 400; i++) await add(i, 1);
  const found = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begin = performance.now();
    for (let i = 0; i < ROUND; i++) await add(i, 1);
    found.push(((performance.now() - begin) / ROUND) * 1000);
  }
  found.sort((a, b) => a - b);
  return found[ROUNDS / 2];
}

export async function rate(count, call) {
  let best = 0;
  for (let round = 0; round < 5; round++) {
    const begin = performance.now();
    await call();
    best = Math.max(best, count / ((performance.now() - begin) / 1000));
  }
  return best;
}
