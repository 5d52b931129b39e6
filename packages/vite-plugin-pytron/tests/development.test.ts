import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, createServer, type ViteDevServer } from "vite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { pytron } from "../src/index.js";
import { Project } from "./python.js";

/**
 * Stands for `python -m pytron types --json`: what Python would say is in a file. The real command
 * is run by the tests of the templates.
 */
const INTERPRETER = `#!/usr/bin/env node
import { readFileSync } from "node:fs";
process.stdout.write(readFileSync(new URL("./told.json", import.meta.url)));
`;

let project: Project;
let vite: ViteDevServer | undefined;

function tells(told: unknown): void {
  project.write("told.json", JSON.stringify(told));
}

function functions(...names: string[]): unknown {
  return { files: [{ changed: true }], contract: { functions: names.map((name) => ({ name })) } };
}

const FAILURE = {
  name: "SyntaxError",
  message: "invalid syntax",
  trace: '  File "app.py", line 3\n    def broken(:',
  file: "/project/app.py",
  line: 3,
};

function options() {
  const python = join(project.folder, "python.mjs");
  return {
    root: project.root,
    configFile: false as const,
    logLevel: "silent" as const,
    server: { port: 0, host: "127.0.0.1" },
    plugins: [pytron({ python })],
  };
}

async function serve(): Promise<ViteDevServer> {
  vite = await createServer(options());
  await vite.listen();
  return vite;
}

beforeEach(async () => {
  project = new Project();
  project.write("python.mjs", INTERPRETER);
  const { chmodSync } = await import("node:fs");
  chmodSync(join(project.folder, "python.mjs"), 0o755);
  project.write("app.py", "x = 1\n");
  project.write("frontend/node_modules/pytron-client/package.json", CLIENT_MANIFEST);
  project.write("frontend/node_modules/pytron-client/index.js", CLIENT);
});

afterEach(async () => {
  await vite?.close();
  vite = undefined;
  project.remove();
});

const CLIENT_MANIFEST = '{"name": "pytron-client", "type": "module", "exports": "./index.js"}';
const CLIENT = "export const api = {}; export const pytron = {}; export default pytron;";

/** What the server tells a page over its socket, in order. */
async function pageOf(server: ViteDevServer) {
  const messages: { type: string; err?: Record<string, unknown> }[] = [];
  const address = server.resolvedUrls?.local[0]?.replace("http", "ws") ?? "";
  const socket = new WebSocket(`${address}?token=${server.config.webSocketToken}`, "vite-hmr");
  socket.on("message", (data) => messages.push(JSON.parse(String(data))));
  await new Promise((done) => socket.on("open", done));
  const errors = () => messages.filter((message) => message.type === "error");
  return { messages, errors };
}

test("an error of Python shows with its place and traceback, and goes when it is mended", async () => {
  tells({ error: FAILURE });
  const page = await pageOf(await serve());
  await vi.waitFor(() => expect(page.errors()).toHaveLength(1), 20_000);
  expect(page.errors()[0]?.err).toMatchObject({
    message: "SyntaxError: invalid syntax",
    stack: FAILURE.trace,
    id: "/project/app.py",
    loc: { line: 3 },
  });
  const before = page.messages.length;
  tells(functions("greet"));
  project.write("app.py", "x = 2\n");
  await vi.waitFor(
    () => expect(page.messages.slice(before)).toContainEqual({ type: "update", updates: [] }),
    20_000,
  );
});

test("a page that opens later sees the error too", async () => {
  tells({ error: FAILURE });
  const server = await serve();
  const first = await pageOf(server);
  await vi.waitFor(() => expect(first.errors()).toHaveLength(1), 20_000);
  const second = await pageOf(server);
  await vi.waitFor(() => expect(second.errors()).toHaveLength(1), 20_000);
});

test("while an app runs, its types are asked for when it has come up, not when a file is saved", async () => {
  tells(functions("greet"));
  project.tell({ epoch: "1" });
  const server = await serve();
  await vi.waitFor(async () => expect(await source(server)).toContain("greet"), 20_000);
  tells(functions("greet", "wave"));
  project.write("app.py", "x = 2\n");
  project.tell({ epoch: "2" });
  await vi.waitFor(async () => expect(await source(server)).toContain("wave"), 20_000);
});

async function source(server: ViteDevServer): Promise<string> {
  return (await server.transformRequest("virtual:pytron"))?.code ?? "";
}

test("why the app does not run shows as well", async () => {
  tells(functions());
  const page = await pageOf(await serve());
  project.tell({ error: { ...FAILURE, name: "ConfigError" } });
  await vi.waitFor(
    () => expect(page.errors()[0]?.err?.message).toBe("ConfigError: invalid syntax"),
    20_000,
  );
});

test("virtual:pytron exports the functions, and follows Python", async () => {
  tells(functions("greet", "notes.add", "notes.list", "delete", "reset"));
  const server = await serve();
  const source = async () => (await server.transformRequest("virtual:pytron"))?.code ?? "";
  const code = await source();
  for (const name of ["greet", "notes", "reset"])
    expect(code).toContain(`const ${name} = api.${name}`);
  expect(code).not.toContain("const delete");
  const types = join(project.root, "src", "pytron-virtual.d.ts");
  expect(readFileSync(types, "utf-8")).toContain(
    'export const greet: import("pytron-client").Functions["greet"];',
  );
  tells(functions("greet", "wave"));
  project.write("app.py", "x = 2\n");
  await vi.waitFor(() => expect(readFileSync(types, "utf-8")).toContain("wave"), 20_000);
  expect(await source()).toContain("const wave = api.wave");
});

test("a build refuses a function that Python does not have", async () => {
  tells(functions("greet"));
  project.write("frontend/src/main.js", 'import { greet } from "virtual:pytron"; greet();');
  await build({ ...options(), build: { write: false } });
  project.write("frontend/src/main.js", 'import { gret } from "virtual:pytron"; gret();');
  await expect(build({ ...options(), build: { write: false } })).rejects.toThrow(/gret/);
});

test("a build with a broken Python says why", async () => {
  tells({ error: FAILURE });
  project.write("frontend/src/main.js", 'import { greet } from "virtual:pytron"; greet();');
  const made = build({ ...options(), build: { write: false } });
  await expect(made).rejects.toThrow(/SyntaxError: invalid syntax/);
});

test("every page beside index.html is built", async () => {
  project.write("frontend/settings.html", "<title>settings</title>");
  await build(options());
  expect(existsSync(join(project.root, "dist", "settings.html"))).toBe(true);
  expect(existsSync(join(project.root, "dist", "index.html"))).toBe(true);
});

test("where Vite listens is told, and not any more when it ends", async () => {
  tells(functions());
  const server = await serve();
  const place = join(project.folder, ".pytron", "vite.json");
  await vi.waitFor(() => expect(existsSync(place)).toBe(true), 20_000);
  const { url, pid } = JSON.parse(readFileSync(place, "utf-8"));
  expect(`${url}/`).toBe(server.resolvedUrls?.local[0]);
  expect(pid).toBe(process.pid);
  await server.close();
  expect(existsSync(place)).toBe(false);
});
