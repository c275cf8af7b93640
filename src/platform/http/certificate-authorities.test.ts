import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { rootCertificates } from "node:tls";
import { certificateAuthorities } from "./certificate-authorities.ts";

/** Nobody parses it here. */
const OWN = "-----BEGIN CERTIFICATE-----\nbm90IGEgcmVhbCBvbmU=\n-----END CERTIFICATE-----";

function bundle(t: TestContext, ...certificates: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "brevet-ca-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "ca.pem");
  writeFileSync(path, `# a comment\r\n${certificates.join("\r\n# another\r\n")}\r\n`);
  return path;
}

test("what is added does not take the place of what the runtime trusts", async (t) => {
  const path = bundle(t, OWN);
  assert.deepEqual(await certificateAuthorities({ AWS_CA_BUNDLE: path }, bundle(t, OWN)), [...rootCertificates, OWN]);
});

test("what the runtime trusts already is not added again", async (t) => {
  const system = bundle(t, ...rootCertificates);
  assert.equal(await certificateAuthorities({ SSL_CERT_FILE: system }, undefined), null);
  const company = bundle(t, ...rootCertificates, OWN);
  assert.deepEqual(await certificateAuthorities({ SSL_CERT_FILE: company }, undefined), [...rootCertificates, OWN]);
});

test("where nothing is added, nothing is listed", async () => {
  assert.equal(await certificateAuthorities({}, undefined), null);
  assert.equal(await certificateAuthorities({ AWS_CA_BUNDLE: "" }, ""), null);
});
