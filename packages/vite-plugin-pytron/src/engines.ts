/** What pages must be like for the engines that show them. */

/**
 * The oldest browsers among the engines: Electron 22 is Chromium 108, WebKitGTK 2.40 and macOS 11
 * are Safari 16.
 */
export const TARGET: string[] = ["chrome108", "safari16"];

/**
 * The policy of documents in development: that of the kit (pytron/assets/csp.py), and what Vite needs
 * besides: its inline scripts and its socket.
 */
export function developmentPolicy(): string {
  const rules: Record<string, string> = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval' 'unsafe-inline'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob: https:",
    "media-src": "'self' data: blob: https:",
    "font-src": "'self' data:",
    // The app's own scheme: in its window binary goes past Vite.
    "connect-src": "'self' pytron: https: wss: ws: data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(rules)
    .map(([name, sources]) => `${name} ${sources}`)
    .join("; ");
}
