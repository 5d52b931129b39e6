import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "packages/*/tests/**/*.test.{ts,tsx}"],
    // Several developers and a build share two cores: a slow machine is no failure.
    testTimeout: 20_000,
  },
});
