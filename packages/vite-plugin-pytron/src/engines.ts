/** What pages must be like for the engines that show them. */

/**
 * The oldest browsers among the engines: Electron 22 is Chromium 108, WebKitGTK 2.40 and macOS 11
 * are Safari 16.
 */
export const TARGET: string[] = ["chrome108", "safari16"];

/** The app's own origin in its window: that of every engine; a tab has neither. */
const OWN = "pytron: https://pytron.localhost";

/**
 * The policy of documents in development: that of the kit (pytron/assets/csp.py), and what Vite needs
 * besides: its inline scripts and its socket.
 */
export function developmentPolicy(): string {
  const rules: Record<string, string> = {
    "default-src": "'self'",
    // Tools such as the inspector come from the app's own origin.
    "script-src": `'self' ${OWN} 'wasm-unsafe-eval' 'unsafe-inline'`,
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob: https:",
    "media-src": "'self' data: blob: https:",
    "font-src": "'self' data:",
    // In the app's window binary goes past Vite.
    "connect-src": `'self' ${OWN} https: wss: ws: data: blob:`,
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
