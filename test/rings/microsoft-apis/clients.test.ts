import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import type { HttpRequest } from "../../../src/core/http.ts";
import { azureAdministration } from "../../../src/provisioners/azure/administration.ts";
import { azureProvisioner } from "../../../src/provisioners/azure/provisioner.ts";
import { microsoftToken } from "../../../src/sandbox/microsoft-management/access-token.ts";
import { type AzureTrust, wantedSteps } from "../../../src/setup/azure/plan-trust.ts";
import type { Step } from "../../../src/setup/plan.ts";
import { plannedStep } from "../../../src/setup/planned-step.ts";
import type { Facts } from "../../../src/setup/provisioner.ts";
import { type AzureWorld, openAzureWorld } from "../../contracts/azure-world.ts";
import { NOW } from "../../contracts/google-world.ts";
import { wholeBody } from "../../contracts/whole-body.ts";
import { armClients, PACKAGES } from "./arm-clients.ts";

const SUBSCRIPTION = "33333333-3333-4333-8333-333333333333";
const SCOPE = `/subscriptions/${SUBSCRIPTION}`;
const OWNER = "laptop-k3v9q2x7ab";
const NAME = "brevet-laptop";
const READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

const trust = (principal: AzureTrust["principal"]): AzureTrust => ({
  tenantId: "11111111-1111-4111-8111-111111111111",
  owner: OWNER,
  principal,
  credential: "brevet",
  issuer: "https://id.example.com/laptop",
  subject: OWNER,
  audience: "api://AzureADTokenExchange",
  roles: [{ role: "Reader", definitionId: READER, scope: SCOPE }],
});
const MANAGED = trust({
  kind: "managed",
  name: NAME,
  subscriptionId: SUBSCRIPTION,
  resourceGroup: "sandbox",
  location: "westeurope",
});

/** Makes all of it. @returns how it is taken away again. */
async function setUp(world: AzureWorld, wanted: AzureTrust): Promise<() => Promise<void>> {
  const provisioner = azureProvisioner(world.access);
  const earlier = new Map<string, Facts>();
  const steps: Step[] = [];
  for (const one of wantedSteps(wanted)) {
    const step = plannedStep(one, await provisioner.read(one));
    await provisioner.check?.(step);
    earlier.set(step.id, await provisioner.apply(step, { earlier, progress: () => undefined }));
    steps.push(step);
  }
  return async () => {
    for (const step of steps.toReversed()) await provisioner.undo(step, earlier.get(step.id) ?? {});
  };
}

/** What was written, without what belongs to who wrote it. */
function writes(requests: readonly HttpRequest[]) {
  return requests
    .filter(({ method }) => method !== "GET")
    .map((request) => ({
      method: request.method,
      url: decodeURIComponent(request.url).replace(".com//", ".com/"),
      body: JSON.parse(wholeBody(request) ?? "null"),
    }));
}

describe("requests to Azure Resource Manager", () => {
  it("are those of Microsoft's own clients, which read what was made", async () => {
    const world = openAzureWorld();
    await setUp(world, MANAGED);
    const ours = writes(world.requests);
    const client = await armClients(world.access.http, microsoftToken(world.folder, "management", NOW), SUBSCRIPTION);
    const identity = await client.identities.get("sandbox", NAME);
    const credentials = [];
    for await (const one of client.credentials.list("sandbox", NAME)) credentials.push(one);
    const { issuer, subject, audience } = MANAGED;
    assert.deepEqual(
      credentials.map(({ name, issuer, subject, audiences }) => ({ name, issuer, subject, audiences })),
      [{ name: "brevet", issuer, subject, audiences: [audience] }],
    );
    const definitions = [];
    for await (const one of client.definitions.list(SCOPE, { filter: "roleName eq 'Reader'" })) definitions.push(one);
    assert.deepEqual(
      definitions.map(({ name, roleName }) => ({ name, roleName })),
      [{ name: READER, roleName: "Reader" }],
    );
    const assignment = wantedSteps(MANAGED).at(-1)?.address["assignment"] ?? "";
    const assigned = await client.assignments.get(SCOPE, assignment);
    assert.equal(assigned["principalId"], identity["principalId"]);

    // The same, written by them.
    world.requests.length = 0;
    await client.identities.createOrUpdate("sandbox", NAME, { location: "westeurope", tags: { "brevet-owner": OWNER } });
    await client.credentials.createOrUpdate("sandbox", NAME, "brevet", { issuer, subject, audiences: [audience] });
    const { roleDefinitionId, principalId, principalType, description } = assigned;
    await client.assignments.create(SCOPE, assignment, { roleDefinitionId, principalId, principalType, description });
    assert.deepEqual(ours, writes(world.requests));
    world.remove();
  });
});

describe("requests to Microsoft Graph", () => {
  it("have the members of Microsoft's published types, and so have the answers", async () => {
    const world = openAzureWorld();
    const answers: string[] = [];
    const { http } = world.access;
    const recording: AzureWorld = {
      ...world,
      access: {
        ...world.access,
        http: async (request) => {
          const answer = await http(request);
          if (answer.body !== "") answers.push(...typed(request, JSON.parse(answer.body)));
          const body = wholeBody(request);
          if (body !== undefined) answers.push(...typed(request, JSON.parse(body)));
          return answer;
        },
      },
    };
    const takeAway = await setUp(recording, trust({ kind: "made", name: NAME }));
    await azureAdministration(recording.access).tenantId();
    await takeAway();
    assert.deepEqual(problemsIn(answers), []);
    assert.ok(answers.length > 8, `${answers.length} were looked at`);
    assert.notDeepEqual(problemsIn(['const x: Graph.Application = { "title": "a" };']), []);
    world.remove();
  });
});

const TYPES: readonly (readonly [RegExp, string])[] = [
  [/\/federatedIdentityCredentials/, "FederatedIdentityCredential"],
  [/\/servicePrincipals/, "ServicePrincipal"],
  [/\/applications/, "Application"],
  [/\/organization/, "Organization"],
];

/** A declaration that the compiler checks; none for Azure itself, and for what is an error. */
function typed({ url }: HttpRequest, value: Readonly<Record<string, unknown>>): readonly string[] {
  const type = TYPES.find(([pattern]) => pattern.test(url))?.[1];
  if (!url.startsWith("https://graph.") || type === undefined || value["error"] !== undefined) return [];
  const list = Array.isArray(value["value"]) ? (value["value"] as readonly object[]) : [value];
  return list.map((one) => `const x: Graph.${type} = ${JSON.stringify(one)};`);
}

function problemsIn(declarations: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "brevet-graph-"));
  try {
    const types = join(PACKAGES, "@microsoft/microsoft-graph-types/microsoft-graph.d.ts");
    const blocks = declarations.map((line) => `{ ${line} void x; }`).join("\n");
    writeFileSync(join(folder, "check.ts"), `import type * as Graph from "graph";\n${blocks}\n`);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      module: "nodenext",
      types: [],
      paths: { graph: [types] },
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["check.ts"] }));
    const { stdout } = spawnSync(resolve("node_modules/.bin/tsc"), ["-p", folder], { encoding: "utf8" });
    return stdout.split("\n").filter((line) => line !== "");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
