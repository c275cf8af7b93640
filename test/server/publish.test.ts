import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { directoryPublisher } from "../../src/publishers/directory/publisher.ts";
import { publishJob } from "../../src/server/publish-documents.ts";
import { ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { startTrial } from "./trial-server.ts";

test("the documents that a host of files gets are those that the server serves, to the byte", async () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-published-"));
  const trial = await startTrial();
  try {
    const publisher = directoryPublisher({ folder: join(folder, "site"), lockFolder: join(folder, "locks") });
    const served = await Promise.all(
      [ENDPOINTS.jwks, ENDPOINTS.discovery].map(async (path) => (await fetch(`${trial.url}${path}`)).text()),
    );
    const documents = [ENDPOINTS.jwks, ENDPOINTS.discovery].map((path, index) => ({
      path: path.slice(1),
      contentType: "application/json",
      cacheControl: "",
      body: served[index] ?? "",
    }));
    const [keys] = documents;
    assert.ok(keys !== undefined);
    await publisher.replace({ ...keys, body: '{"keys":[]}' }, null);
    await publishJob(publisher, trial.server.current).run(trial.now());
    await publishJob(publisher, trial.server.current).run(trial.now());
    for (const { path, body } of documents) assert.equal(readFileSync(join(folder, "site", path), "utf8"), body);
  } finally {
    await trial.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
