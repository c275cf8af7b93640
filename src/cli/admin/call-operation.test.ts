import assert from "node:assert/strict";
import { test } from "node:test";
import { SIGNING_KEYS } from "../../wire/brevet-api/admin/signing-keys.ts";
import type { ServerApi } from "../server-api.ts";
import { callOperations } from "./call-operation.ts";

test("a change is waited for longer than what only reads", async () => {
  const asked: (number | undefined)[] = [];
  const send: ServerApi["send"] = async ({ deadlineMs }) => {
    asked.push(deadlineMs);
    return { status: 404, headers: {}, body: "" };
  };
  const api: ServerApi = { identity: "work", url: "https://id.example.com", send, signIn: async () => {} };
  const call = callOperations(api, { hasPerson: false } as never);
  await assert.rejects(call(SIGNING_KEYS.list), { code: "RESPONSE_INVALID" });
  await assert.rejects(call(SIGNING_KEYS.rotate, { body: {} }), { code: "RESPONSE_INVALID" });
  const [read, changed] = asked;
  assert.equal(read, undefined);
  assert.ok((changed ?? 0) > 10_000, String(changed));
});
