import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "vite-plugin",
    include: ["src/**/*.test.ts", "tests/*.test.ts"],
    // Several developers and a build share few cores: a slow machine is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
