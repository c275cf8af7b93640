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

test("a client that was asked for before is changed and removed at once", async () => {
  const trial = await startTrial();
  const change = async (sql: string, values: readonly string[]): Promise<void> => {
    const unit = trial.server.storage.openUnit();
    unit.write(sql, values);
    await unit.commit();
  };
  const client = (secret: string): string =>
    JSON.stringify({ client_id: "app", client_secret: secret, redirect_uris: ["https://app.example.com/back"] });
  const ask = async (secret: string): Promise<number> => {
    const headers = { authorization: `Basic ${Buffer.from(`app:${secret}`).toString("base64")}` };
    const body = new URLSearchParams({ token: "x" });
    return (await fetch(`${trial.url}/oauth/introspect`, { method: "POST", headers, body })).status;
  };
  try {
    assert.equal(await ask("one"), 401, "before it is there");
    await change("INSERT INTO artifact (kind, handle, payload) VALUES ('Client', 'app', ?)", [client("one")]);
    assert.deepEqual([await ask("one"), await ask("one"), await ask("two")], [200, 200, 401]);
    await change("UPDATE artifact SET payload = ? WHERE kind = 'Client' AND handle = 'app'", [client("two")]);
    assert.deepEqual([await ask("one"), await ask("two")], [401, 200]);
    await change("DELETE FROM artifact WHERE kind = 'Client' AND handle = ?", ["app"]);
    assert.equal(await ask("two"), 401, "after it was removed");
  } finally {
    await trial.close();
  }
});
