import vue from "@vitejs/plugin-vue";
import { pytron } from "vite-plugin-pytron";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue(), pytron()],
  test: { environment: "happy-dom" },
});
