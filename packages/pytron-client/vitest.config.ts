import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "client",
    include: ["src/**/*.test.ts", "tests/*.test.ts"],
    // Several developers and a build share few cores: a slow machine is no failure.
    testTimeout: 20_000,
  },
});
