import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { type AssumeRoleCall, assumeRoleContext } from "./assume-role-context.ts";
import { evaluateTrust } from "./evaluate.ts";
import { parseTrustPolicy } from "./policy.ts";
import type { TrustAction, TrustRequest } from "./request.ts";
import { type WebIdentityCall, webIdentityContext } from "./web-identity-context.ts";

type Json = Readonly<Record<string, unknown>>;

interface Call {
  readonly action: TrustAction;
  readonly principal?: string;
  readonly context?: Readonly<Record<string, readonly string[]>>;
  readonly webIdentity?: WebIdentityCall;
  readonly assumeRole?: AssumeRoleCall;
}

interface Case {
  readonly name: string;
  readonly policy: Json;
  readonly request?: Json;
  readonly expect: "allowed" | "refused" | "unknown" | "POLICY_INVALID";
  readonly at?: string;
  readonly reason: string;
  readonly page: string;
}

interface Topic {
  readonly topic: string;
  readonly request: Json;
  readonly cases: readonly Case[];
}

const folder = join(import.meta.dirname, "../../../test/vectors/aws-trust");
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const topics = files.map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Topic);

function merge(base: unknown, change: unknown): unknown {
  const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(base) || !isObject(change)) return change;
  const merged = Object.entries(change).map(([name, value]) => [name, merge(base[name], value)] as const);
  return Object.fromEntries(Object.entries({ ...base, ...Object.fromEntries(merged) }).filter(([, value]) => value !== null));
}

function requestOf(call: Call): TrustRequest {
  const { action, webIdentity, assumeRole } = call;
  const keys = webIdentity ? webIdentityContext(webIdentity) : assumeRole ? assumeRoleContext(assumeRole) : new Map();
  const context = new Map([...keys, ...Object.entries(call.context ?? {})]);
  const resource = webIdentity?.roleArn ?? assumeRole?.roleArn ?? "arn:aws:iam::123456789012:role/dev";
  if (assumeRole) return { action, principal: { kind: "aws", arn: assumeRole.callerArn }, resource, context };
  const provider = webIdentity?.issuer.replace("https://", "") ?? "";
  const arn = call.principal ?? `arn:aws:iam::123456789012:oidc-provider/${provider}`;
  return { action, principal: { kind: "federated", arn }, resource, context };
}

function answer(policy: Json, request: TrustRequest): { readonly outcome: string; readonly at: string | undefined } {
  try {
    const verdict = evaluateTrust(parseTrustPolicy(JSON.stringify(policy)), request);
    const because = verdict.outcome === "allowed" ? [verdict.because] : verdict.because;
    assert.ok(because.length > 0, "a verdict gives a reason");
    for (const finding of because) assert.match(finding.source, /^https:\/\/docs\.aws\.amazon\.com\//);
    return { outcome: verdict.outcome, at: because[0]?.at };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { outcome: error.code, at: String(error.details["element"]) };
  }
}

for (const { topic, request, cases } of topics) {
  for (const { name, policy, request: change, expect, at, reason } of cases) {
    test(`${topic}: ${name}`, () => {
      const got = answer(policy, requestOf(merge(request, change ?? {}) as Call));
      assert.deepEqual(got, { outcome: expect, at: at ?? got.at }, reason);
    });
  }
}

test("the corpus is whole", () => {
  const all = topics.flatMap(({ cases }) => cases);
  assert.ok(all.length >= 300, `${all.length} cases`);
  for (const expect of ["allowed", "refused", "unknown", "POLICY_INVALID"]) {
    assert.ok(all.filter((one) => one.expect === expect).length >= 25, expect);
  }
  for (const { name, reason, page } of all) assert.ok(name !== "" && reason !== "" && /^[a-z][\w-]+$/.test(page), name);
});
