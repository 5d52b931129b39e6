import { pytron } from "vite-plugin-pytron";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [solid(), pytron()],
  test: { environment: "happy-dom" },
});
