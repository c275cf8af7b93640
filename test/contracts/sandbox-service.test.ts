import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openIamFolder } from "../../src/sandbox/iam/iam-folder.ts";
import { sandboxServices } from "../../src/sandbox/services.ts";
import { requestWith, sandboxServiceContract } from "./sandbox-service.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-services-"));
after(() => rmSync(folder, { recursive: true }));

const services = sandboxServices({
  folder,
  iam: openIamFolder(folder),
  findKey: async () => ({ kind: "missing", why: "no issuer is mapped" }),
  now: () => 1_800_000_000,
  region: "eu-west-1",
  sourceIp: null,
});

for (const service of services) sandboxServiceContract(service);

test("a request to a loopback name has exactly one stand-in", () => {
  assert.ok(services.length > 0);
  assert.equal(
    services.filter((service) => service.wants(requestWith({ body: "Action=GetCallerIdentity&Version=2011-06-15" }))).length,
    1,
  );
  const names = services.flatMap((service) => service.certifiedHosts);
  for (const name of names) assert.equal(services.filter((service) => service.hasHost(name)).length, 1, name);
});
