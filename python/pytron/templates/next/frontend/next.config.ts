import type { NextConfig } from "next";

// Plain files in out/, which the app serves: there is no Node beside it.
const config: NextConfig = { output: "export", images: { unoptimized: true } };

export default config;
