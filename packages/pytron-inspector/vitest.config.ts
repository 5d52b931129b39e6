import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "inspector",
    include: ["src/**/*.test.ts"],
    environment: "happy-dom",
    // Several developers and a build share few cores: a slow machine is no failure.
    testTimeout: 20_000,
  },
});
