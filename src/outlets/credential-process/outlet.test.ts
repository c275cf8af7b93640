import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fakeAwsCredentials } from "../../../test/contracts/outlet.ts";
import { Secret } from "../../core/secret.ts";
import { credentialProcessOutlet } from "./outlet.ts";

async function answer(changes: Parameters<typeof fakeAwsCredentials>[0]): Promise<string> {
  let written = "";
  await credentialProcessOutlet((text) => {
    written += text;
  }).deliver(fakeAwsCredentials(changes));
  return written;
}

test("one line of JSON with the members that the SDKs know", async () => {
  const text = await answer({});
  assert.equal(
    text,
    `{"Version":1,"AccessKeyId":"ASIAEXAMPLEEXAMPLE00","SecretAccessKey":"fake/secret+access=key",` +
      `"SessionToken":"fake//session+token==","Expiration":"2026-03-04T13:30:00Z","AccountId":"123456789012"}\n`,
  );
});

test("an ARN without an account gives no AccountId", async () => {
  const parsed: unknown = JSON.parse(await answer({ assumedRoleArn: "arn:aws:sts:::assumed-role/dev/laptop" }));
  assert.deepEqual(Object.keys(parsed as object), ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"]);
});

test("any value survives, without an escaped quote and in ASCII", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom('"', "\\", "a", "\n") }),
      async (key, token) => {
        const text = await answer({ accessKeyId: key, sessionToken: new Secret("session token", token) });
        // What the SDK for Go does on Windows before it parses.
        const parsed = JSON.parse(text.replaceAll('\\"', '"')) as Record<string, unknown>;
        assert.equal(parsed["AccessKeyId"], key);
        assert.equal(parsed["SessionToken"], token);
        assert.match(text, /^[\x20-\x7e]*\n$/);
      },
    ),
  );
});
