import { pageAlone, pageWith, sessionOf, settled, welcome } from "./page.js";

/** The state that these pages begin with. */
export const start = () => ({
  count: 0,
  items: [
    { text: "a", done: false },
    { text: "b", done: true },
  ],
});

/** A page whose Python has this state, ready. */
export async function page() {
  const all = pageWith({ state: start() });
  await all.pytron.ready;
  return all;
}

/** A page whose kit is played by the test, with this state at revision 0. */
export async function scripted(value: unknown = start()) {
  const all = pageAlone();
  await settled();
  all.transport.deliver([
    welcome(sessionOf(all.transport)),
    { kind: "snapshot", scope: "app", revision: 0, value },
  ]);
  await settled();
  const patch = (revision: number, ops: object[], id?: number) =>
    all.transport.deliver([{ kind: "patch", scope: "app", revision, ops, ...(id && { id }) }]);
  const last = () => all.transport.messages.at(-1) as Record<string, unknown>;
  return { ...all, patch, last };
}

/** The op that sets a value. */
export const set = (path: (string | number)[], value: unknown) => ({ op: "set", path, value });
