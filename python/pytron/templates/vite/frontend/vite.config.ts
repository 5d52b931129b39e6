import { pytron } from "vite-plugin-pytron";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [pytron()],
  test: { environment: "happy-dom" },
});
