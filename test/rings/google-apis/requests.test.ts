import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Http, HttpRequest } from "../../../src/core/http.ts";
import { googleAdministration } from "../../../src/provisioners/gcp/administration.ts";
import { gcpProvisioner } from "../../../src/provisioners/gcp/provisioner.ts";
import { gcpPublisher } from "../../../src/publishers/gcp/publisher.ts";
import { type GcpTrust, trustedProvider, wantedSteps } from "../../../src/setup/gcp/plan-trust.ts";
import type { Step } from "../../../src/setup/plan.ts";
import { plannedStep } from "../../../src/setup/planned-step.ts";
import type { Facts } from "../../../src/setup/provisioner.ts";
import { openGoogleWorld, PROJECT } from "../../contracts/google-world.ts";
import { checkExchange, discoveryDocuments } from "./discovery.ts";

const DOCUMENTS = discoveryDocuments(["iam.v1", "cloudresourcemanager.v3", "serviceusage.v1"]);
const OWNER = "laptop-k3v9q2x7ab";
const JWKS = JSON.stringify({ keys: [{ kty: "EC", crv: "P-256", kid: "key-1", alg: "ES256", use: "sig", x: "eA", y: "eQ" }] });

const TRUST: GcpTrust = {
  project: { projectId: PROJECT, number: "123456789012" },
  owner: OWNER,
  pool: "brevet-laptop",
  provider: "brevet",
  issuer: "https://id.example.com/laptop",
  subject: OWNER,
  condition: `assertion.sub == '${OWNER}'`,
  allowedAudiences: ["https://example.com"],
  jwks: JWKS,
  account: { kind: "made", email: `brevet-laptop@${PROJECT}.iam.gserviceaccount.com` },
  roles: ["roles/viewer"],
};

/** A project whose every request and answer is held to Google's own documents. */
function openCheckedWorld() {
  const world = openGoogleWorld();
  const called = new Set<string>();
  const http: Http = async (request) => {
    const response = await world.access.http(request);
    called.add(checkExchange(request, response, DOCUMENTS));
    return response;
  };
  return { ...world, called, access: { ...world.access, http } };
}

describe("requests to Google's management APIs", () => {
  it("are what the discovery documents say, from the first look to the last undo and a second time", async () => {
    const world = openCheckedWorld();
    const provisioner = gcpProvisioner(world.access);
    const google = googleAdministration(world.access);
    assert.deepEqual(await google.project(PROJECT), TRUST.project);
    assert.deepEqual(await google.disabledServices(PROJECT, ["iam.googleapis.com"]), []);
    // The second time the names are still taken by what was deleted.
    for (let time = 1; time <= 2; time += 1) {
      const done: { readonly step: Step; readonly facts: Facts }[] = [];
      for (const wanted of wantedSteps(TRUST)) {
        const step = plannedStep(wanted, await provisioner.read(wanted));
        await provisioner.check?.(step);
        done.push({ step, facts: await provisioner.apply(step, { earlier: new Map(), progress: () => undefined }) });
      }
      const publisher = gcpPublisher(trustedProvider(TRUST), world.access);
      const present = await publisher.read("keys.json");
      const body = JSON.stringify({ keys: [...JSON.parse(JWKS).keys, { ...JSON.parse(JWKS).keys[0], kid: "key-2" }] });
      const document = { path: "keys.json", contentType: "application/json", cacheControl: "", body };
      await publisher.replace(document, present?.version ?? null);
      assert.notEqual(await google.provider(trustedProvider(TRUST)), null);
      assert.notEqual(await google.accountPolicy(`brevet-laptop@${PROJECT}.iam.gserviceaccount.com`), null);
      for (const { step, facts } of done.toReversed()) await provisioner.undo(step, facts);
    }
    for (const method of ["workloadIdentityPools.undelete", "providers.undelete", "providers.patch", "serviceAccounts.delete"]) {
      assert.ok(
        [...world.called].some((id) => id.endsWith(method)),
        `${method} was never called`,
      );
    }
    world.remove();
  });

  it("are refused by this test when they are something else", () => {
    const url = "https://iam.googleapis.com/v1/projects/1/locations/global/workloadIdentityPools?workloadIdentityPoolId=pool";
    const exchange = (request: HttpRequest) => () => checkExchange(request, { status: 400, headers: {}, body: "" }, DOCUMENTS);
    assert.doesNotThrow(exchange({ method: "POST", url, body: '{"displayName":"a"}' }));
    assert.throws(exchange({ method: "POST", url, body: '{"title":"a"}' }), /there is no .*title/);
    assert.throws(exchange({ method: "POST", url, body: '{"displayName":1}' }), /no string/);
    assert.throws(exchange({ method: "POST", url, body: '{"expireTime":"2026"}' }), /read only/);
    assert.throws(exchange({ method: "POST", url: `${url}&name=x`, body: "{}" }), /no parameter name/);
    assert.throws(exchange({ method: "PUT", url }), /no API has/);
  });
});
