import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bunProgram } from "../../scripts/bundle/bun-program.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { httpContract } from "./http.ts";
import { selfSigned } from "./http-certificates.ts";
import { type HttpJob, type HttpOutcome, performJob } from "./http-job.ts";
import { rawServer, tunnelProxy, webServer } from "./http-servers.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-http-"));
const children: ChildProcess[] = [];
const errors: string[] = [];
after(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const client = join(folder, "client.mjs");
await build({
  entryPoints: [fileURLToPath(new URL("http-client.ts", import.meta.url))],
  outfile: client,
  bundle: true,
  platform: "node",
  format: "esm",
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
});

const RUNTIMES = { Node: process.execPath, Bun: bunProgram() };

/** The client in a process of its own; its environment is empty, so that only a job's own environment counts. */
function startClient(program: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(program, [client], { stdio: ["pipe", "pipe", "pipe"], env });
  child.stderr?.on("data", (text) => errors.push(String(text)));
  children.push(child);
  return child;
}

function clientIn(child: ChildProcess): (job: HttpJob) => Promise<HttpOutcome> {
  assert.ok(child.stdin !== null && child.stdout !== null);
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async (job) => {
    stdin.write(`${JSON.stringify(job)}\n`);
    const { value, done } = await lines.next();
    assert.notEqual(done, true, `the client has ended: ${errors.join("")}`);
    return JSON.parse(value) as HttpOutcome;
  };
}

httpContract({ runtime: "Node", folder, perform: (job) => performJob(createHttp, job) });
httpContract({ runtime: "Bun", folder, perform: clientIn(startClient(RUNTIMES.Bun)) });

for (const [runtime, program] of Object.entries(RUNTIMES)) {
  test(`${runtime}: after a deadline nothing keeps the process alive`, async (t) => {
    const silent = await rawServer([], "silence");
    t.after(silent.stop);
    const tunnel = await tunnelProxy(silent.port);
    t.after(tunnel.stop);
    const behind = (port: number) => ({ environment: { HTTPS_PROXY: `http://127.0.0.1:${port}` } });
    const jobs: readonly HttpJob[] = [
      { options: behind(silent.port), request: { method: "GET", url: "https://sts.example/", deadlineMs: 200 } },
      { options: behind(tunnel.port), request: { method: "GET", url: "https://sts.example/", deadlineMs: 200 } },
      { options: { environment: {} }, request: { method: "GET", url: `https://127.0.0.1:${silent.port}/`, deadlineMs: 200 } },
    ];
    for (const job of jobs) {
      const child = startClient(program);
      child.stdin?.end(`${JSON.stringify(job)}\n`);
      const ended = await new Promise<boolean>((resolve) => {
        const patience = setTimeout(() => resolve(false), 120_000);
        child.once("exit", () => {
          clearTimeout(patience);
          resolve(true);
        });
      });
      assert.ok(ended, `${JSON.stringify(job)} keeps it alive`);
    }
  });
}

for (const [runtime, program] of Object.entries(RUNTIMES)) {
  test(`${runtime}: NODE_TLS_REJECT_UNAUTHORIZED=0 does not turn verification off`, async (t) => {
    const server = await webServer((_, response) => response.end("over TLS"), await selfSigned());
    t.after(server.stop);
    const perform = clientIn(startClient(program, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }));
    const outcome = await perform({
      options: { environment: {} },
      request: { method: "GET", url: `https://localhost:${server.port}/` },
    });
    assert.equal(outcome.kind === "fault" ? outcome.code : outcome.response.body, "NETWORK_UNREACHABLE");
    assert.deepEqual(server.seen, []);
  });

  test(`${runtime}: the proxy variables of the process itself do not count, only those that are handed in`, async (t) => {
    const server = await webServer((_, response) => response.end("direct"));
    t.after(server.stop);
    const gone = "http://127.0.0.1:1";
    const perform = clientIn(
      startClient(program, { HTTP_PROXY: gone, http_proxy: gone, HTTPS_PROXY: gone, NODE_USE_ENV_PROXY: "1" }),
    );
    const outcome = await perform({
      options: { environment: {} },
      request: { method: "GET", url: `http://127.0.0.1:${server.port}/` },
    });
    assert.equal(outcome.kind === "response" ? outcome.response.body : outcome.message, "direct");
  });
}
