import { CreateStackCommand, type Parameter, UpdateStackCommand } from "@aws-sdk/client-cloudformation";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import type { Http } from "../../../src/core/http.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { awsClients } from "../../../src/provisioners/aws/clients.ts";
import { awsProvisioner } from "../../../src/provisioners/aws/provisioner.ts";
import { planTrustStack, type StackPlace } from "../../../src/setup/aws/plan-trust.ts";
import { parseStackState, TRUST_TEMPLATE, type TrustParameters } from "../../../src/setup/aws/trust-stack.ts";
import { checkWishes, stackTags, trustParameters } from "../../../src/setup/aws/trust-wishes.ts";
import type { Step } from "../../../src/setup/plan.ts";
import { type ProvisionerWorld, survival } from "../../contracts/provisioner.ts";
import { NO_PAUSES } from "../../no-pauses.ts";
import { ACCOUNT, createPolicy, type Moto, POLICY_ARN } from "./moto-server.ts";

const OWNER = "laptop-abcdefghij";
export const PLACE: StackPlace = { account: ACCOUNT, region: "us-east-1", stack: "brevet-infra", owner: OWNER };

/** The step that makes the stack of a device. */
export function stackStep(maxSessionSeconds = 3600, before: string | null = null): Step {
  const wishes = {
    policyArns: [POLICY_ARN],
    stackName: "brevet-infra",
    roleName: "brevet-device-role",
    hosting: "cloudfront" as const,
    permissionsBoundary: null,
    maxSessionSeconds,
    pinRole: false,
    bindSessionName: false,
    tags: ["team=platform"],
  };
  checkWishes(wishes);
  const parameters = trustParameters(wishes, {
    owner: OWNER,
    subjects: [OWNER],
    patterns: [],
    groups: [],
    audience: "sts.amazonaws.com",
    allowed: { allowTags: false, allowSourceIdentity: false },
    issuer: { kind: "hosted", path: OWNER },
  });
  const present = { state: before, owner: before === null ? ("nobody" as const) : ("ours" as const) };
  return planTrustStack(PLACE, { parameters, tags: stackTags(wishes, OWNER) }, present);
}

/** Http of a process that is killed before its request of that number. */
export function stoppingHttp(stopAfter: number | null): Http {
  const http = createHttp({ environment: {} });
  const survive = survival(stopAfter);
  return (request) => {
    survive();
    return http(request);
  };
}

export function provisionerAt(stopAfter: number | null = null) {
  const http = stoppingHttp(stopAfter);
  return awsProvisioner({ clients: (region) => awsClients({ region, http }), tempo: NO_PAUSES });
}

/** An account with nothing in it but a policy. */
export async function openStackWorld(moto: Moto, stopAfter: number | null): Promise<ProvisionerWorld> {
  await fetch(`${moto.url}/moto-api/reset`, { method: "POST" });
  await createPolicy(moto);
  return stackWorld(moto, stopAfter);
}

function stackWorld(moto: Moto, stopAfter: number | null): ProvisionerWorld {
  return {
    provisioner: provisionerAt(stopAfter),
    snapshot: moto.snapshot,
    async strangerCreates() {
      const { parameters } = parseStackState(stackStep().after ?? "");
      await moto.cloudFormation.send(new CreateStackCommand(operation({ ...parameters, RoleName: "theirs" })));
    },
    async strangerChanges() {
      const { parameters, tags } = parseStackState(stackStep().after ?? "");
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await moto.cloudFormation.send(
        new UpdateStackCommand({ ...operation({ ...parameters, MaxSessionDuration: "43200" }), Tags }),
      );
    },
    async strangerWorksBeside() {
      await moto.s3.send(new CreateBucketCommand({ Bucket: "strangers-bucket" }));
    },
    reopen: () => stackWorld(moto, null),
    remove: () => undefined,
  };
}

function operation(parameters: TrustParameters) {
  const Parameters: Parameter[] = Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  return { StackName: "brevet-infra", TemplateBody: TRUST_TEMPLATE, Parameters, Capabilities: ["CAPABILITY_NAMED_IAM" as const] };
}
