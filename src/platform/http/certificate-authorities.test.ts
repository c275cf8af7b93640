import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { rootCertificates } from "node:tls";
import { certificateAuthorities, RUNTIME_AUTHORITIES } from "./certificate-authorities.ts";

/** Nobody parses it here. */
const OWN = "-----BEGIN CERTIFICATE-----\nbm90IGEgcmVhbCBvbmU=\n-----END CERTIFICATE-----";

function bundle(t: TestContext, ...certificates: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "brevet-ca-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "ca.pem");
  writeFileSync(path, `# a comment\r\n${certificates.join("\r\n# another\r\n")}\r\n`);
  return path;
}

test("a few certificates are tried alone, and then beside the runtime's own", async (t) => {
  const path = bundle(t, OWN);
  const first = await certificateAuthorities({ AWS_CA_BUNDLE: path }, bundle(t, OWN));
  assert.deepEqual(first.certificates, [OWN]);
  const second = await first.wider?.();
  assert.deepEqual(second, { certificates: [...rootCertificates, OWN], wider: null });
});

test("of a system's bundle only what the runtime lacks is added", async (t) => {
  const system = bundle(t, ...rootCertificates);
  assert.deepEqual(await certificateAuthorities({ SSL_CERT_FILE: system }, undefined), RUNTIME_AUTHORITIES);
  const company = bundle(t, ...rootCertificates, OWN);
  const authorities = await certificateAuthorities({ SSL_CERT_FILE: company }, undefined);
  assert.deepEqual(authorities, { certificates: [...rootCertificates, OWN], wider: null });
});

test("where nothing is added, nothing is listed", async () => {
  assert.deepEqual(await certificateAuthorities({}, undefined), RUNTIME_AUTHORITIES);
  assert.deepEqual(await certificateAuthorities({ AWS_CA_BUNDLE: "" }, ""), RUNTIME_AUTHORITIES);
});
