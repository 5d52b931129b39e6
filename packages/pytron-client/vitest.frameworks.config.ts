import { compile } from "svelte/compiler";
import { defineConfig, type Plugin } from "vitest/config";

const svelte: Plugin = {
  name: "svelte",
  transform: (code, filename) =>
    filename.endsWith(".svelte")
      ? compile(code, { filename, generate: "client", css: "injected" }).js.code
      : undefined,
};

export default defineConfig({
  plugins: [svelte],
  resolve: { conditions: ["browser"] },
  test: {
    name: "frameworks",
    environment: "happy-dom",
    include: ["tests/bindings/*.test.ts"],
    // Loaded through Vite, so that the frameworks' builds for browsers are taken.
    server: { deps: { inline: ["solid-js", "svelte"] } },
    testTimeout: 20_000,
  },
});
