import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { privateFiles } from "../../platform/files.ts";
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

  test("is not needed", () => {
    rmSync(join(folder, "server.json"));
    assert.equal(readSettings(privateFiles(), folder, {}).issuer, "http://localhost:8080");
  });
});
