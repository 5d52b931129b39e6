import react from "@vitejs/plugin-react";
import { pytron } from "vite-plugin-pytron";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), pytron()],
  test: { environment: "happy-dom" },
});
