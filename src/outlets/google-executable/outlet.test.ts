import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeAwsCredentials, fakeBearerCredentials } from "../../../test/contracts/outlet.ts";
import type { Credentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { googleExecutableFault, googleExecutableOutlet } from "./outlet.ts";

/** What goes to stdout, and what to which file. */
async function deliver(
  wish: { readonly outputFile: string | null; readonly interactive: boolean },
  given: Credentials = fakeBearerCredentials({ token: new Secret("token", "fake.jwt.value"), expiresAt: 1_800_000_300 }),
) {
  const told = { output: "", files: [] as { readonly path: string; readonly text: string }[] };
  const outlet = googleExecutableOutlet(
    { tokenType: "urn:ietf:params:oauth:token-type:id_token", ...wish },
    (text) => {
      told.output += text;
    },
    (path, text) => told.files.push({ path, text }),
  );
  assert.equal(await outlet.deliver(given), 0);
  return told;
}

test("the answer is on stdout and, where the library keeps one, in its file", async () => {
  const { output, files } = await deliver({ outputFile: "/cache", interactive: false });
  assert.deepEqual(JSON.parse(output), {
    version: 1,
    success: true,
    token_type: "urn:ietf:params:oauth:token-type:id_token",
    id_token: "fake.jwt.value",
    expiration_time: 1_800_000_300,
  });
  assert.deepEqual(files, [{ path: "/cache", text: output }]);
});

test("in interactive mode it is in the file alone, and on stdout only where there is no file", async () => {
  const kept = await deliver({ outputFile: "/cache", interactive: true });
  assert.deepEqual([kept.output, kept.files.length], ["", 1]);
  const shown = await deliver({ outputFile: null, interactive: true });
  assert.match(shown.output, /fake\.jwt\.value/);
});

test("credentials that are no token are refused", async () => {
  await assert.rejects(deliver({ outputFile: null, interactive: false }, fakeAwsCredentials()), {
    code: "CREDENTIALS_UNSUPPORTED",
  });
});

test("a fault is one line that the library shows, with what to do", () => {
  const text = googleExecutableFault(new Fault("KEY_ABSENT", "there is no key", { hints: ["run `brevet init`"] }));
  assert.deepEqual(JSON.parse(text), {
    version: 1,
    success: false,
    code: "KEY_ABSENT",
    message: "there is no key; run `brevet init`",
  });
});
