/**
 * Vite for pages of Pytron apps.
 *
 * @packageDocumentation
 */
import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Plugin, UserConfig } from "vite";
import { type Contract, moduleOf, pythonOf, writeTypes } from "./contract.js";
import { Development, RESOLVED, VIRTUAL, writeVirtualTypes } from "./development.js";
import { developmentPolicy, TARGET } from "./engines.js";
import { projectOf } from "./session.js";

const BROWSER = ["browser", "module", "development|production"];

/** Settings of the plugin; all may be left out. */
export interface PytronOptions {
  /** What `pytron types` is given; by default the project's app. */
  app?: string;
  /** The interpreter; by default that of the running app, else the project's environment. */
  python?: string;
  /** The Content-Security-Policy of documents in development; `false` for none. */
  csp?: string | false;
  /** `false` leaves `pytron.d.ts` alone. */
  types?: boolean;
}

/** The plugin: `plugins: [pytron()]`. */
export function pytron(options: PytronOptions = {}): Plugin {
  let development: Development | undefined;
  let root = process.cwd();
  return {
    name: "pytron",
    config: (config) => settings(config),
    configResolved(config) {
      root = config.root;
      if (config.base !== "/" && config.base !== "./" && config.base !== "")
        config.logger.warn(
          `pytron: base is ${config.base}, but an app's page is always at /; leave base out`,
        );
    },
    configureServer(server) {
      if (server.config.server.middlewareMode && process.env.VITEST) return;
      const policy = options.csp === false ? undefined : (options.csp ?? developmentPolicy());
      development = new Development(server, {
        app: options.app,
        python: options.python,
        types: options.types ?? true,
        policy,
      });
    },
    resolveId: (id) => (id === VIRTUAL ? RESOLVED : undefined),
    async load(id) {
      if (id !== RESOLVED) return undefined;
      if (development !== undefined) return development.source();
      return moduleOf(await contractOf(root, options, (message) => this.error(message)));
    },
    buildEnd() {
      development?.close();
    },
  };
}

/** The contract for a build: Python must be sound, or names would be missing from the page. */
async function contractOf(
  root: string,
  options: PytronOptions,
  fail: (message: string) => never,
): Promise<Contract> {
  const project = projectOf(root);
  const told = await writeTypes(project, options.python ?? pythonOf(project), options.app);
  if ("failure" in told)
    fail(`${told.failure.name}: ${told.failure.message}\n${told.failure.trace}`);
  writeVirtualTypes(root, told.contract);
  return told.contract;
}

function settings(config: UserConfig): UserConfig {
  return {
    base: config.base ?? "/",
    clearScreen: config.clearScreen ?? false,
    build: {
      target: config.build?.target ?? TARGET,
      // An inline script that every engine here can do without.
      modulePreload: { polyfill: false },
      ...pagesOf(config),
    },
    // A page's tests run it as browsers do, not as a server would draw it.
    resolve: { dedupe: ["pytron-client"], ...(process.env.VITEST && { conditions: BROWSER }) },
    // In tests too the bindings must get the framework as Vite resolves it.
    ...({ test: { server: { deps: { inline: ["pytron-client"] } } } } as UserConfig),
  };
}

/** Every HTML file beside index.html is a page of the app, for a window of its own. */
function pagesOf(config: UserConfig): UserConfig["build"] {
  const root = resolve(config.root ?? process.cwd());
  const chosen = config.build?.rollupOptions?.input ?? config.build?.rolldownOptions?.input;
  if (chosen !== undefined || !existsSync(join(root, "index.html"))) return {};
  const pages = readdirSync(root).filter((name) => name.endsWith(".html"));
  return { rollupOptions: { input: pages.map((name) => join(root, name)) } };
}

export default pytron;
