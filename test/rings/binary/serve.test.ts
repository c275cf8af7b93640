import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { freePort } from "../../free-port.ts";

test("the executable serves: its own SQLite, its keys, its documents, and a stop in order", async () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-serve-"));
  const port = await freePort();
  const program = resolve(import.meta.dirname, "../../../build/bin/brevet");
  const child = spawn(program, ["serve", "--data", folder, "--listen", `127.0.0.1:${port}`], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    let said = "";
    await new Promise<void>((listening, ended) => {
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("listens on port")) listening();
      });
      child.once("exit", () => ended(new Error(said)));
    });
    const get = async (path: string): Promise<Record<string, unknown>> =>
      (await (await fetch(`http://localhost:${port}${path}`)).json()) as Record<string, unknown>;
    assert.deepEqual(await get("/ready"), { status: "ready" });
    assert.equal((await get("/.well-known/openid-configuration"))["issuer"], `http://localhost:${port}`);
    assert.equal(((await get("/.well-known/jwks.json"))["keys"] as unknown[]).length, 2);
    const stopped = new Promise<number | null>((ended) => child.once("exit", ended));
    child.kill("SIGTERM");
    assert.equal(await stopped, 0, said);
    assert.doesNotMatch(said, /oidc-provider/);
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
});
