import { expect, test } from "vitest";
import { tapConsole, type Written } from "./console.js";

/** A console that remembers, as the page's own does by showing. */
function fakeConsole() {
  const shown: Written[] = [];
  const show =
    (method: string) =>
    (...given: unknown[]) =>
      void shown.push([method, given]);
  return { shown, console: { log: show("log"), warn: show("warn"), error: show("error") } };
}

test("what was written before somebody listens is told, in order, and shown as ever", () => {
  const { shown, console } = fakeConsole();
  const tap = tapConsole(console);
  console.log("one", 1);
  console.warn("two");
  const told: Written[] = [];
  tap((written) => told.push(written));
  console.error("three");
  const expected = [
    ["log", ["one", 1]],
    ["warn", ["two"]],
    ["error", ["three"]],
  ];
  expect(told).toEqual(expected);
  expect(shown).toEqual(expected);
});

test("a console that nobody wants to hear gets its own methods back", () => {
  const { console } = fakeConsole();
  const { log } = console;
  const tap = tapConsole(console);
  expect(console.log).not.toBe(log);
  tap();
  expect(console.log).toBe(log);
});

test("what the page has put in place of a method stays there", () => {
  const { console } = fakeConsole();
  const tap = tapConsole(console);
  const theirs = () => undefined;
  console.log = theirs;
  tap();
  expect(console.log).toBe(theirs);
});

test("a page that writes without end before anybody listens keeps a bounded part", () => {
  const { console } = fakeConsole();
  const tap = tapConsole(console);
  for (let i = 0; i < 10_000; i++) console.log(i);
  const told: Written[] = [];
  tap((written) => told.push(written));
  expect(told.length).toBe(200);
});
