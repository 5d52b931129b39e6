import preact from "@preact/preset-vite";
import { pytron } from "vite-plugin-pytron";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [preact(), pytron()],
  test: { environment: "happy-dom" },
});
