import { request } from "node:http";
import { createServer, type ViteDevServer } from "vite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { pytron } from "../src/index.js";
import { fits, isKnown, refusal } from "../src/proxy.js";
import { Project, type Python, startPython } from "./python.js";

let project: Project;
let python: Python;
let vite: ViteDevServer;
let origin: string;

beforeEach(async () => {
  project = new Project();
  python = await startPython();
  vite = await createServer({
    root: project.root,
    configFile: false,
    logLevel: "silent",
    server: { port: 0, host: "127.0.0.1" },
    plugins: [pytron({ types: false })],
  });
  await vite.listen();
  origin = vite.resolvedUrls?.local[0]?.replace(/\/$/, "") ?? "";
});

afterEach(async () => {
  await vite.close();
  await python.close();
  project.remove();
});

/** Not `fetch`: it forbids the headers that this is about. */
function get(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; body: string; headers: Record<string, unknown> }>(
    (done, fail) => {
      request(`${origin}${path}`, { headers }, (answer) => {
        let body = "";
        answer.on("data", (data) => {
          body += data;
        });
        answer.on("end", () =>
          done({ status: answer.statusCode ?? 0, body, headers: answer.headers }),
        );
      })
        .on("error", fail)
        .end();
    },
  );
}

function socket(headers: Record<string, string>): Promise<WebSocket | Error> {
  const made = new WebSocket(`${origin.replace("http", "ws")}/_pytron/socket?window=`, { headers });
  return new Promise((done) => {
    made.on("open", () => done(made));
    made.on("error", done);
  });
}

test("what is Python's goes there with the token, the rest stays with Vite", async () => {
  project.tell({ url: python.url, routes: ["thumb/{id}.png"] });
  expect((await get("/_pytron/session")).body).toBe("python GET /_pytron/session");
  expect((await get("/thumb/3.png?size=2")).body).toBe("python GET /thumb/3.png?size=2");
  expect((await get("/src/main.js")).body).toContain("console.log(1)");
  expect((await get("/", { accept: "text/html" })).body).toContain("/src/main.js");
  expect(python.requests.map((req) => req.headers["pytron-token"])).toEqual(["secret", "secret"]);
});

test("a token from outside is dropped", async () => {
  project.tell({ url: python.url });
  await get("/_pytron/session", { "pytron-token": "forged" });
  expect(python.requests[0]?.headers["pytron-token"]).toBe("secret");
});

test.each([
  [{ "sec-fetch-site": "cross-site" }],
  [{ "sec-fetch-site": "same-site" }],
  [{ origin: "http://evil.example" }],
  [{ origin: "null" }],
])("a page of another site gets nothing: %o", async (headers) => {
  project.tell({ url: python.url });
  expect((await get("/_pytron/blob/1", headers)).status).toBe(403);
  expect(python.requests).toEqual([]);
});

test("a socket is joined, binary too, and ends when Python goes", async () => {
  project.tell({ url: python.url });
  const page = await socket({ origin });
  if (page instanceof Error) throw page;
  const answers: string[] = [];
  page.on("message", (data, binary) => answers.push(`${binary} ${data}`));
  page.send("text");
  page.send(Buffer.from("bytes"));
  await vi.waitFor(() => expect(answers).toEqual(["false text", "true bytes"]));
  expect(python.requests[0]?.url).toBe("/_pytron/socket?window=");
  expect(python.requests[0]?.headers["pytron-token"]).toBe("secret");
  const gone = new Promise((done) => page.on("close", done));
  python.sockets[0]?.terminate();
  await gone;
});

test.each([[{}], [{ origin: "http://evil.example" }], [{ origin: "null" }]])(
  "a socket of another site is refused: %o",
  async (headers) => {
    project.tell({ url: python.url });
    const page = await socket(headers);
    expect(String(page)).toContain("403");
    expect(python.sockets).toEqual([]);
  },
);

test("who asks while Python is starting waits for it, over a socket too", async () => {
  project.tell({ url: "" });
  const asked = get("/_pytron/session");
  const joined = socket({ origin });
  await get("/src/main.js"); // both have arrived
  project.tell({ url: python.url });
  expect((await asked).status).toBe(200);
  expect(await joined).toBeInstanceOf(WebSocket);
});

test("who waits for a Python that then fails is told so", async () => {
  project.tell({ url: "" });
  const asked = get("/_pytron/session");
  await get("/src/main.js");
  project.tell({ url: "", error: { name: "SyntaxError", message: "invalid syntax", trace: "…" } });
  expect((await asked).body).toContain("SyntaxError: invalid syntax");
});

test("an app goes on while its new code is not good", async () => {
  const error = { name: "SyntaxError", message: "invalid syntax", trace: "…" };
  project.tell({ url: python.url, error });
  expect((await get("/_pytron/session")).status).toBe(200);
});

test("a name that was rebound to this machine gets nothing, also over a socket", async () => {
  project.tell({ url: python.url });
  const { port } = new URL(origin);
  const rebound = `evil.example:${port}`;
  const page = await socket({ host: rebound, origin: `http://${rebound}` });
  expect(String(page)).toContain("403");
  expect((await get("/_pytron/session", { host: rebound })).status).toBe(403);
  expect(python.requests).toEqual([]);
});

test("another machine gets nothing", () => {
  const from = (remoteAddress: string) =>
    refusal(
      { headers: { host: "192.168.1.2:5173" }, socket: { remoteAddress } } as never,
      [],
      false,
    );
  expect(from("192.168.1.7")).toMatch("pytron serve");
  expect(from("127.0.0.1")).toBeUndefined();
  expect(from("::ffff:127.0.0.1")).toBeUndefined();
  expect(from("::1")).toBeUndefined();
});

test.each([
  ["localhost:5173", [], true],
  ["app.localhost:5173", [], true],
  ["127.0.0.1:5173", [], true],
  ["[::1]:5173", [], true],
  ["evil.example", [], false],
  ["localhost.evil.example", [], false],
  ["dev.example:5173", ["dev.example"], true],
  ["a.dev.example", [".dev.example"], true],
  ["evildev.example", [".dev.example"], false],
  ["evil.example", true, true],
])("%s is known beside %o: %s", (host, hosts, expected) => {
  expect(isKnown(host, hosts as true | string[])).toBe(expected);
});

test("without an app it says how to start one", async () => {
  const { status, body } = await get("/_pytron/session");
  expect(status).toBe(503);
  expect(JSON.parse(body)).toEqual({
    code: "no_backend",
    message: expect.stringMatching("pytron dev"),
  });
  expect(String(await socket({ origin }))).toContain("503");
});

test("an app that cannot be started, or has died, is none", async () => {
  const error = { name: "SyntaxError", message: "invalid syntax", trace: "…" };
  project.tell({ url: "", error });
  expect((await get("/_pytron/session")).body).toContain("SyntaxError: invalid syntax");
  project.tell({ url: python.url, pid: 2 ** 22 + 1 });
  expect((await get("/_pytron/session")).status).toBe(503);
});

test("only this machine is ever passed to", async () => {
  project.tell({ url: "http://192.0.2.1:80" });
  expect((await get("/_pytron/session")).status).toBe(503);
  project.tell({ url: "file:///etc/passwd" });
  expect((await get("/_pytron/session")).status).toBe(503);
});

test("a restart elsewhere is followed, and a port without a server is no crash", async () => {
  project.tell({ url: "http://127.0.0.1:9" });
  expect((await get("/_pytron/session")).status).toBe(503);
  project.tell({ url: python.url, epoch: "2" });
  expect((await get("/_pytron/session")).status).toBe(200);
});

test("documents carry the app's policy", async () => {
  const { headers } = await get("/", { accept: "text/html" });
  expect(headers["content-security-policy"]).toContain("object-src 'none'");
});

test.each([
  ["/thumb/3", "thumb/{id}", true],
  ["/thumb/3/4", "thumb/{id}", false],
  ["/thumb/", "thumb/{id}", false],
  ["/files/a/b.txt", "files/{rest:path}", true],
  ["/files", "files/{rest:path}", true],
  ["/x/3.png", "x/{id}.png", true],
  ["/x/3.jpg", "x/{id}.png", false],
  ["/xa3.png", "x.{id}", false],
])("%s fits %s: %s", (path, pattern, expected) => {
  expect(fits(path, pattern)).toBe(expected);
});
