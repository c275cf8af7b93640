import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_PAUSES } from "../../../test/no-pauses.ts";
import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import type { JsonObject } from "../../core/json-object.ts";
import { Secret } from "../../core/secret.ts";
import { heldToken } from "../../platform/cloud-admin/admin-token.ts";
import { googleApi } from "../../platform/cloud-admin/google-api.ts";
import { bindingResource } from "./binding.ts";

const ADDRESS = { on: "projects/p", role: "roles/viewer", member: "serviceAccount:ours" };

/** A project with that policy, and what was written to it. */
function project(policy: JsonObject) {
  const written: JsonObject[] = [];
  const http: Http = async ({ url, body }) => {
    if (url.endsWith(":setIamPolicy")) written.push((JSON.parse(String(body)) as { readonly policy: JsonObject }).policy);
    return { status: 200, headers: {}, body: JSON.stringify(policy) };
  };
  const token = heldToken(async () => ({ secret: new Secret("token", "an administrator's"), renewal: "sign in" }));
  return { written, binding: bindingResource(googleApi({ http, environment: {}, token, tempo: NO_PAUSES })) };
}

const wanted = { address: ADDRESS, state: "{}", facts: {}, progress: () => undefined };
const known = { state: "{}", owner: "ours", facts: {} } as const;
const theirs = { role: "roles/owner", members: ["user:alice"] };
const conditional = { role: "roles/viewer", members: ["user:bob"], condition: { expression: "false" } };

describe("the policy of a project", () => {
  it("keeps everything of others when a member is added to it, and when it is taken out", async () => {
    for (const [bindings, added, removed] of [
      [undefined, [{ role: "roles/viewer", members: ["serviceAccount:ours"] }], []],
      [
        [theirs, conditional],
        [theirs, conditional, { role: "roles/viewer", members: ["serviceAccount:ours"] }],
        [theirs, conditional],
      ],
      [
        [theirs, { role: "roles/viewer", members: ["user:bob"] }],
        [theirs, { role: "roles/viewer", members: ["user:bob", "serviceAccount:ours"] }],
        [theirs, { role: "roles/viewer", members: ["user:bob"] }],
      ],
      [[theirs, { role: "roles/viewer" }], [theirs, { role: "roles/viewer", members: ["serviceAccount:ours"] }], [theirs]],
    ] as const) {
      const policy = { version: 3, etag: "BwX", auditConfigs: [{ service: "allServices" }] };
      const { binding, written } = project({ ...policy, ...(bindings && { bindings }) });
      await binding.create(wanted);
      await binding.remove(known, ADDRESS);
      assert.deepEqual(written, [
        { ...policy, bindings: added },
        { ...policy, bindings: removed },
      ]);
    }
  });

  it("is not written where what was answered is none: what is not understood of it would be lost", async () => {
    for (const bindings of [
      "none",
      {},
      null,
      [null],
      ["x"],
      [[]],
      [theirs, {}],
      [{ ...theirs, role: 1 }],
      [{ ...theirs, members: {} }],
      [{ ...theirs, members: [1] }],
    ]) {
      const { binding, written } = project({ etag: "BwX", bindings });
      for (const act of [() => binding.create(wanted), () => binding.remove(known, ADDRESS)]) {
        await assert.rejects(act, (cause) => cause instanceof Fault && cause.code === "RESPONSE_INVALID");
      }
      assert.deepEqual(written, [], JSON.stringify(bindings));
    }
  });
});
