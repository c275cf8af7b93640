import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemCalls } from "../../src/platform/file-calls.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { keptDocuments } from "../../src/sign-in/kept-documents.ts";
import { startProvider } from "../providers/oidc-provider.ts";
import { openBench, settingsFor } from "../providers/sign-in-parts.ts";

test("a cache that takes nothing any more costs no session: it is begun and renewed all the same", async () => {
  const running = await startProvider();
  const write = (): never => {
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  };
  const folder = mkdtempSync(join(tmpdir(), "brevet-full-"));
  const bench = openBench(settingsFor(running));
  try {
    const full = keptDocuments(privateFiles({ ...systemCalls, write }), folder, () => Math.floor(Date.now() / 1000));
    const session = bench.again({ documents: full });
    const wish = { token: "id", minLifeSeconds: 60 } as const;
    const first = await session.tokens(wish);
    bench.clock.ahead = 3560;
    const second = await bench.again({ documents: full, person: "nobody" }).tokens(wish);
    assert.equal(second.subject, "alice");
    assert.notEqual(second.accessToken.reveal(), first.accessToken.reveal());
  } finally {
    await bench.close();
    rmSync(folder, { recursive: true, force: true });
    await running.close();
  }
});
