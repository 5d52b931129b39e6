import { mockPython } from "pytron-client/testing";
import { expect, test, vi } from "vitest";

const text = (id: string) => document.getElementById(id)?.textContent?.trim();

test("the page calls, counts and listens", async () => {
  const python = mockPython({
    functions: {
      greet: (name: string) => `Hello, ${name}!`,
      reset: () => python.change([{ op: "set", path: ["count"], value: 0 }]),
    },
    state: { count: 0 },
  });
  document.body.innerHTML = '<div id="app"></div>';
  await import("./main");

  await vi.waitFor(() => expect(text("count")).toBe("0"));
  const name = document.getElementById("name") as HTMLInputElement;
  // As a person types: frameworks that put a property of their own over `value` hear of it too.
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(name, "Ada");
  name.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise(requestAnimationFrame); // some frameworks draw a moment later
  document.querySelector<HTMLButtonElement>("#greet button")?.click();
  await vi.waitFor(() => expect(text("answer")).toBe("Hello, Ada!"));

  document.getElementById("more")?.click();
  await vi.waitFor(() => expect(text("count")).toBe("1"));
  document.getElementById("reset")?.click();
  await vi.waitFor(() => expect(text("count")).toBe("0"));

  python.emit("greeted", { name: "Ada", at: "12:00:00" });
  await vi.waitFor(() => expect(text("events")).toContain("Ada"));
});
