import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { rootCertificates } from "node:tls";
import { certificateAuthorities } from "./certificate-authorities.ts";

function bundle(t: TestContext): { readonly path: string; readonly text: string } {
  const folder = mkdtempSync(join(tmpdir(), "brevet-ca-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const text = rootCertificates[0] ?? "";
  const path = join(folder, "ca.pem");
  writeFileSync(path, text);
  return { path, text };
}

test("what is added does not take the place of what the runtime trusts", async (t) => {
  const { path, text } = bundle(t);
  const authorities = await certificateAuthorities({ AWS_CA_BUNDLE: path, SSL_CERT_FILE: path }, undefined);
  assert.deepEqual(authorities, [...rootCertificates, text]);
});

test("where nothing is added, nothing is listed", async () => {
  assert.equal(await certificateAuthorities({}, undefined), null);
  assert.equal(await certificateAuthorities({ AWS_CA_BUNDLE: "" }, ""), null);
});
