import { svelte } from "@sveltejs/vite-plugin-svelte";
import { pytron } from "vite-plugin-pytron";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [svelte(), pytron()],
  test: { environment: "happy-dom" },
});
