import { defineConfig } from "vite";

export default defineConfig({
  build: {
    // One page for each window. The engines' oldest web view is that of 2022.
    target: "es2022",
    rollupOptions: { input: ["index.html", "overview.html"] },
  },
});
