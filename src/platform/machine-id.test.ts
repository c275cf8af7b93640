import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { it } from "node:test";
import { linuxMachineId, machineId } from "./machine-id.ts";

it("is what the system says it is, the same at each call", async () => {
  const expected = ["/etc/machine-id", "/var/lib/dbus/machine-id"]
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8").trim())
    .find((text) => /^[0-9a-f]{32}$/.test(text));
  assert.equal(linuxMachineId(), expected ?? null);
  const id = await machineId();
  assert.deepEqual(
    id,
    expected === undefined ? { value: hostname(), source: "hostname" } : { value: expected, source: "system" },
  );
  assert.deepEqual(await machineId(), id);
});

it("is the name of the machine where the system's own tool is not there", async () => {
  assert.deepEqual(await machineId(process.platform === "darwin" ? "win32" : "darwin"), {
    value: hostname(),
    source: "hostname",
  });
});
