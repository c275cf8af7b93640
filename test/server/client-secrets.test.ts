import assert from "node:assert/strict";
import { test } from "node:test";
import { startTrial } from "./trial-server.ts";

test("a login server that starts over a database of an earlier version seals the secrets of clients in it", async () => {
  const first = await startTrial();
  const unit = first.server.storage.openUnit();
  const client = { client_id: "app", client_secret: "in-clear-secret", redirect_uris: ["https://app.example.com/back"] };
  unit.write("INSERT INTO artifact (kind, handle, payload) VALUES ('Client', 'app', ?)", [JSON.stringify(client)]);
  await unit.commit();
  await first.stop();
  const second = await startTrial({ dataFolder: first.dataFolder, url: first.url });
  try {
    const rows = await second.server.storage.read("SELECT payload FROM artifact WHERE kind = 'Client'");
    assert.equal(rows.length, 1);
    assert.doesNotMatch(JSON.stringify(rows), /in-clear-secret/);
    const asked = await fetch(`http://localhost:${second.server.port}/oauth/introspect`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from("app:in-clear-secret").toString("base64")}` },
      body: new URLSearchParams({ token: "x" }),
    });
    assert.equal(asked.status, 200, await asked.text());
  } finally {
    await second.close();
  }
});
