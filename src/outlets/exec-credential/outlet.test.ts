import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeBearerCredentials } from "../../../test/contracts/outlet.ts";
import { Fault } from "../../core/fault.ts";
import { execCredentialOutlet } from "./outlet.ts";

async function answerTo(asked: string | undefined): Promise<unknown> {
  const written: string[] = [];
  await execCredentialOutlet(asked, (text) => written.push(text)).deliver(fakeBearerCredentials());
  return JSON.parse(written.join(""));
}

const info = (version: string): string =>
  JSON.stringify({ kind: "ExecCredential", apiVersion: `client.authentication.k8s.io/${version}`, spec: { interactive: false } });

test("the token is said to end when brevet would replace it", async () => {
  assert.deepEqual(await answerTo(undefined), {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    status: { expirationTimestamp: "2026-03-04T12:34:00Z", token: "fake.bearer.token" },
  });
});

test("the answer is of the version that was asked for", async () => {
  for (const version of ["v1", "v1beta1"]) {
    const { apiVersion } = (await answerTo(info(version))) as { readonly apiVersion: string };
    assert.equal(apiVersion, `client.authentication.k8s.io/${version}`);
  }
});

test("a version that is not known gets no token", async () => {
  for (const asked of [info("v1alpha1"), "{", "null", "{}"]) {
    await assert.rejects(answerTo(asked), (error) => error instanceof Fault && error.code === "CREDENTIALS_UNSUPPORTED");
  }
});
