import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placeIn } from "../core/place.ts";
import type { ProfileEntry } from "../wire/brevet-config/config.ts";
import { inOrderOfRemoval, leavingToOthers, profilesGoingBy, setupsUsing } from "./issuer-trust.ts";
import type { Step } from "./plan.ts";
import type { PlanRecord, RecordedStep } from "./record.ts";

const NOWHERE = "https://laptop-k3v9q2x7ab.brevet.invalid";
const HOSTED = "https://d111111abcdef8.cloudfront.net/laptop-k3v9q2x7ab";
const AT_GOOGLE = "gcp://projects/1/locations/global/workloadIdentityPools/p/providers/brevet";
const IN_BUCKET = "s3://bucket/laptop";

function recorded(step: Partial<Step> & Pick<Step, "kind">, facts: Readonly<Record<string, string>> = {}): RecordedStep {
  const whole: Step = { id: step.kind, does: "make it", owner: "nobody", address: {}, before: null, after: null, ...step };
  return { step: whole, progress: "done", facts };
}

function issuerStep(before: object | null, after: object): RecordedStep {
  const address = { file: "/config.json", identity: "laptop" };
  return recorded({
    kind: "brevet-issuer",
    address,
    before: before === null ? null : JSON.stringify(before),
    after: JSON.stringify(after),
  });
}

function record(id: string, sequence: number, steps: readonly RecordedStep[]): PlanRecord {
  return { version: 1, id, title: id, changedAt: 1, sequence, steps };
}

const stack = recorded(
  { kind: "aws-stack", after: JSON.stringify({ template: "t", parameters: {}, tags: {} }) },
  { outputIssuer: HOSTED, outputBucket: "bucket" },
);
const google = (issuerUri: string) => recorded({ kind: "gcp-provider", after: JSON.stringify({ issuerUri }) });
const entra = recorded({ kind: "azure-credential", after: JSON.stringify({ issuer: HOSTED, subject: "s", audience: "a" }) });
const ids = (records: readonly PlanRecord[]): readonly string[] => records.map(({ id }) => id);

describe("an issuer that several setups lean on", () => {
  const aws = record("aws-brevet", 20, [
    stack,
    issuerStep({ issuer: NOWHERE, publishedTo: [AT_GOOGLE] }, { issuer: HOSTED, publishedTo: [AT_GOOGLE, IN_BUCKET] }),
  ]);
  const azure = record("azure-azure", 30, [entra]);
  /** Set up before AWS, and again after it. */
  const gcp = record("gcp-gcp", 10, [google(HOSTED), issuerStep(null, { issuer: HOSTED, publishedTo: [AT_GOOGLE, IN_BUCKET] })]);
  const stale = record("gcp-old", 5, [google(NOWHERE), issuerStep(null, { issuer: NOWHERE, publishedTo: [AT_GOOGLE] })]);

  it("is given up by who hosts it, and used by every cloud that trusts it", () => {
    assert.deepEqual(ids(setupsUsing(aws, [aws, azure, gcp, stale])), ["azure-azure", "gcp-gcp"]);
    assert.deepEqual(ids(setupsUsing(azure, [aws, azure, gcp])), []);
    assert.deepEqual(ids(setupsUsing(gcp, [aws, azure, gcp])), []);
    assert.deepEqual(ids(setupsUsing(stale, [aws, azure])), []);
  });

  it("stands beside profiles that others go by, which leave before", () => {
    const profile = (name: string, state: object, before: string | null = null) =>
      recorded({ kind: "brevet-profile", address: { file: "/c", profile: name }, before, after: JSON.stringify(state) });
    const base = record("aws-base", 50, [profile("base", { identity: "laptop" }), profile("base-token", { via: "base" })]);
    const prod = record("aws-prod", 60, [profile("prod", { via: "base" })]);
    const deep = record("aws-deep", 40, [profile("deep", { via: "prod" })]);
    const joined = record("aws-joined", 70, [profile("base", { identity: "laptop" }, "{}")]);
    const all = [base, prod, deep, joined];
    assert.deepEqual(ids(setupsUsing(base, all)), ["aws-prod"]);
    assert.deepEqual(ids(setupsUsing(joined, all)), []);
    assert.deepEqual(ids(inOrderOfRemoval(all)), ["aws-joined", "aws-deep", "aws-prod", "aws-base"]);
  });

  it("stands beside profiles that the config has by hand, which are named but for its own", () => {
    const via = (name: string, profile: string): [string, ProfileEntry] => [
      name,
      { name, source: { kind: "via", profile }, exchange: "aws", options: {}, interactive: "auto", place: placeIn(null, name) },
    ];
    const made = record("aws-base", 1, [
      recorded({ kind: "brevet-profile", address: { file: "/c", profile: "base" }, after: "{}" }),
      recorded({ kind: "brevet-profile", address: { file: "/c", profile: "base-token" }, after: "{}" }),
    ]);
    const config = new Map([via("base-token", "base"), via("mine", "base"), via("other", "another")]);
    assert.deepEqual(profilesGoingBy(made, config), ["mine"]);
  });

  it("is given up by who alone put it into the config", () => {
    const address = { parameters: { Hosting: "none", IssuerAddress: NOWHERE.slice("https://".length) }, template: "t", tags: {} };
    const joined = record("aws-joined", 40, [recorded({ kind: "aws-stack", after: JSON.stringify(address) })]);
    assert.deepEqual(ids(setupsUsing(stale, [joined])), ["aws-joined"]);
  });

  it("goes last of all that trust it, and else the newest goes first", () => {
    assert.deepEqual(ids(inOrderOfRemoval([aws, azure, gcp])), ["azure-azure", "gcp-gcp", "aws-brevet"]);
    assert.deepEqual(ids(inOrderOfRemoval([azure, record("b", 50, []), gcp])), ["b", "azure-azure", "gcp-gcp"]);
  });

  it("stays in the config with its host's places when one that wrote it too is taken away", () => {
    const [, ofGoogle] = gcp.steps;
    assert.ok(ofGoogle !== undefined);
    assert.equal(leavingToOthers(ofGoogle, [aws]).step.before, JSON.stringify({ issuer: HOSTED, publishedTo: [IN_BUCKET] }));
    assert.equal(leavingToOthers(ofGoogle, [azure]), ofGoogle);
    const [, ofAws] = aws.steps;
    assert.ok(ofAws !== undefined);
    assert.equal(leavingToOthers(ofAws, [gcp]), ofAws);
  });

  it("is not the name that setup gcp made up any more, once nothing of Google Cloud is left", () => {
    const [, ofAws] = aws.steps;
    assert.ok(ofAws !== undefined);
    assert.equal(leavingToOthers(ofAws, [azure]).step.before, null);
    const mine = issuerStep({ issuer: "https://mine.example" }, { issuer: HOSTED });
    assert.equal(leavingToOthers(mine, []), mine);
  });
});
