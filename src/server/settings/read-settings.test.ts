import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { privateFiles } from "../../platform/private-files.ts";
import { readSettings } from "./read-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-settings-"));
after(() => rmSync(folder, { recursive: true, force: true }));

describe("server.json", () => {
  for (const text of ["[]", "null", '"8h"', "7"]) {
    test(`is refused where it holds no settings: ${text}`, () => {
      writeFileSync(join(folder, "server.json"), text, { mode: 0o600 });
      assert.throws(() => readSettings(privateFiles(), folder, {}), { code: "CONFIG_MALFORMED" });
    });
  }

  test("is named where it says a duration that cannot be", () => {
    for (const [settings, message] of [
      [{ session: "3d" }, /`session` in server\.json: the duration 3d is outside of 5m to 1d/],
      [{ auditKeep: "1h" }, /`auditKeep` in server\.json: the duration 1h is outside/],
      [{ auditKeep: "long" }, /`auditKeep` in server\.json: "long" is not a duration/],
    ] as const) {
      writeFileSync(join(folder, "server.json"), JSON.stringify(settings), { mode: 0o600 });
      assert.throws(() => readSettings(privateFiles(), folder, {}), { code: "DURATION_INVALID", message });
    }
  });

  test("wants a name for a port that nobody knows yet", () => {
    rmSync(join(folder, "server.json"));
    assert.throws(() => readSettings(privateFiles(), folder, { listen: "127.0.0.1:0" }), {
      code: "URL_INVALID",
      message: /port 0/,
    });
    const named = readSettings(privateFiles(), folder, { listen: "127.0.0.1:0", issuer: "https://id.example.com" });
    assert.equal(named.listen.port, 0);
  });

  test("is not needed", () => {
    rmSync(join(folder, "server.json"), { force: true });
    assert.equal(readSettings(privateFiles(), folder, {}).issuer, "http://localhost:8080");
    assert.equal(readSettings(privateFiles(), folder, { listen: "127.0.0.1:80" }).issuer, "http://localhost");
  });
});
