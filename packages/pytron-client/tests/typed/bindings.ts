// What the bindings make of the described state; checked by the compiler only.
import { usePytron as useInReact, usePytronEvent } from "pytron-client/react";
import { pytronSignal } from "pytron-client/signal";
import { createPytron } from "pytron-client/solid";
import { pytronStore } from "pytron-client/svelte";
import { usePytron as useInVue } from "pytron-client/vue";
import { Signal } from "signal-polyfill";

export function values(): number {
  const [count, setCount] = useInReact("count");
  setCount(count + 1);
  setCount((before) => before + 1);
  const ref = useInVue("count");
  ref.value = ref.value + 1;
  const [text] = createPytron("items.0.text");
  const shown: string | undefined = text();
  pytronStore("count").update((before) => before + 1);
  const signal = pytronSignal(Signal, "count");
  signal.set(signal.get() + (shown?.length ?? 0));
  usePytronEvent("saved", (data) => data.id.toFixed());

  // @ts-expect-error a value of another type
  setCount("1");
  // @ts-expect-error a value of another type
  ref.value = "1";
  // @ts-expect-error a value of another type
  pytronStore("count").set("1");
  // @ts-expect-error a snapshot is not to be changed
  useInReact("items")[0].push({ text: "x", done: false });
  return count;
}
