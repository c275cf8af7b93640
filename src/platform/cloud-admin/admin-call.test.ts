import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { NO_PAUSES } from "../../../test/no-pauses.ts";
import { Fault } from "../../core/fault.ts";
import type { HttpResponse } from "../../core/http.ts";
import { Secret } from "../../core/secret.ts";
import { type AdminCall, adminCall } from "./admin-call.ts";
import { azureAdminToken, googleAdminToken, heldToken } from "./admin-token.ts";

/** A service that gives these answers one after the other, and the tokens that it was shown. */
function service(...answers: readonly Partial<HttpResponse>[]) {
  const shown: string[] = [];
  let tokens = 0;
  const call: AdminCall = {
    service: "Cloud Storage",
    action: "storage.objects.get",
    request: { method: "GET", url: "https://storage.example/o" },
    token: heldToken(async () => ({
      secret: new Secret("token", `token-${++tokens}`),
      renewal: "ask for another",
      whose: "see whose it is",
    })),
    expected: [404],
    errorOf: ({ body }) => ({ code: "aCode", message: body }),
    permissionHint: "grant it",
  };
  const made = adminCall(call, {
    tempo: NO_PAUSES,
    http: async ({ headers }) => {
      const answer = answers[Math.min(shown.length, answers.length - 1)];
      shown.push(headers?.["authorization"] ?? "");
      return { status: 200, headers: {}, body: "", ...answer };
    },
  });
  return { made, shown };
}

async function codeOf(made: Promise<unknown>): Promise<string> {
  const error = await made.then(
    () => null,
    (cause: unknown) => cause,
  );
  return error instanceof Fault ? error.code : String(error);
}

describe("an administrative call", () => {
  it("hands over what the caller reads itself", async () => {
    assert.equal((await service({ status: 404 }).made).status, 404);
  });

  it("waits for what throttles, and gives up after six attempts", async () => {
    const passing = service({ status: 429 }, { status: 503 }, { status: 200 });
    assert.equal((await passing.made).status, 200);
    const lasting = service({ status: 503 });
    assert.equal(await codeOf(lasting.made), "CLOUD_UNAVAILABLE");
    assert.equal(lasting.shown.length, 6);
  });

  it("asks for a new token once when the cloud takes the old one no more", async () => {
    const expired = service({ status: 401 }, { status: 200 });
    assert.equal((await expired.made).status, 200);
    assert.deepEqual(expired.shown, ["Bearer token-1", "Bearer token-2"]);
    const useless = service({ status: 401 });
    await assert.rejects(useless.made, { code: "ADMIN_ABSENT", hints: ["ask for another"] });
    assert.equal(useless.shown.length, 2);
  });

  it("is not led elsewhere, with its token, by what stands before the cloud", async () => {
    const led = service({ status: 302, headers: { location: "https://login.example/" } });
    await assert.rejects(led.made, {
      code: "RESPONSE_INVALID",
      hints: ["see whether a proxy or a login page of the network stands before it"],
    });
    assert.equal(led.shown.length, 1);
  });

  it("is told apart from one that is not allowed, and from one that failed", async () => {
    await assert.rejects(service({ status: 403 }).made, { code: "ADMIN_REFUSED", hints: ["grant it", "see whose it is"] });
    assert.equal(await codeOf(service({ status: 400 }).made), "RESOURCE_FAILED");
  });

  it("repeats no token in a message, whatever the service answers", async () => {
    const { made } = service({ status: 400, body: "Bearer token-1 is not good" });
    await assert.rejects(made, (error) => error instanceof Fault && !error.message.includes("token-1"));
  });
});

describe("an administrator's token", () => {
  it("is what the environment holds", async () => {
    const google = await googleAdminToken({ CLOUDSDK_AUTH_ACCESS_TOKEN: " ya29.a " });
    assert.equal(google.secret.reveal(), "ya29.a");
    assert.equal(google.renewal, "set CLOUDSDK_AUTH_ACCESS_TOKEN to a new one");
    const azure = await azureAdminToken("https://storage.azure.com/", { AZURE_ACCESS_TOKEN: "a.b.c" });
    assert.equal(azure.secret.reveal(), "a.b.c");
  });

  it("of the cloud's tool comes with what shows whose it is", async () => {
    const folder = mkdtempSync(join(tmpdir(), "brevet-gcloud-"));
    try {
      writeFileSync(join(folder, "gcloud"), "#!/bin/sh\necho ya29.tool\n", { mode: 0o755 });
      const { secret, whose } = await googleAdminToken({ PATH: folder });
      assert.equal(secret.reveal(), "ya29.tool");
      assert.equal(whose, "`gcloud auth list` shows whose token gcloud gave; as somebody else: `gcloud auth login`");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is absent where the cloud's tool is not, and where the variable holds something else", async () => {
    await assert.rejects(googleAdminToken({ PATH: "/nowhere" }), {
      code: "ADMIN_ABSENT",
      hints: ["install `gcloud` and sign in: `gcloud auth login`", "or set BREVET_GCP_ADMIN_TOKEN to an access token"],
    });
    await assert.rejects(azureAdminToken("https://storage.azure.com/", { PATH: "/nowhere" }), {
      code: "ADMIN_ABSENT",
      hints: ["install `az` and sign in: `az login`", "or set AZURE_ACCESS_TOKEN to an access token"],
    });
    assert.equal(
      await codeOf(azureAdminToken("https://storage.azure.com/", { AZURE_ACCESS_TOKEN: "two words" })),
      "ADMIN_ABSENT",
    );
  });
});
