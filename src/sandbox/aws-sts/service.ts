import { randomUUID } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { OutboundFederation } from "../aws-outbound/outbound-federation.ts";
import type { IamFolder } from "../iam/iam-folder.ts";
import type { FindKey } from "../issuers/verification-keys.ts";
import type { RequestRecord, SandboxAnswer, SandboxRequest, SandboxService } from "../service.ts";
import type { StsAction } from "./action.ts";
import { assumeRole } from "./assume-role.ts";
import { assumeRoleWithSaml } from "./assume-role-with-saml.ts";
import { assumeRoleWithWebIdentity } from "./assume-role-with-web-identity.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { getWebIdentityToken } from "./get-web-identity-token.ts";
import { encodeRefusal, encodeResult, type Parameters, parseParameters, STS_VERSION } from "./query-protocol.ts";
import { finding, Refusal } from "./refusal.ts";
import type { SessionSeal } from "./role-session.ts";
import { regionOfHost, serviceOfSignature } from "./signature-claim.ts";

/** What the stand-in for STS is made of. */
export interface StsParts {
  readonly iam: IamFolder;
  readonly findKey: FindKey;
  readonly seal: SessionSeal;
  readonly outbound: OutboundFederation;
  readonly now: () => EpochSeconds;
  readonly region: string;
  readonly sourceIp: string | null;
}

const ACTIONS: readonly StsAction[] = [
  assumeRoleWithWebIdentity,
  assumeRoleWithSaml,
  assumeRole,
  getCallerIdentity,
  getWebIdentityToken,
];

/** Standard, FIPS and dual-stack endpoints, and those of the partitions with a suffix of their own. */
const REGIONAL_HOSTS = [
  "sts.REGION.amazonaws.com",
  "sts-fips.REGION.amazonaws.com",
  "sts.REGION.api.aws",
  "sts.REGION.amazonaws.com.cn",
  "sts.REGION.amazonaws.eu",
];

/**
 * The stand-in for AWS STS, for the actions above and every partition's endpoints.
 *
 * @see STS API Reference, version 2011-06-15
 */
export function awsStsService(parts: StsParts): SandboxService {
  return {
    name: "aws-sts",
    certifiedHosts: ["sts.amazonaws.com", ...REGIONAL_HOSTS.map((host) => host.replace("REGION", parts.region))],
    hasHost: (hostname) => /^sts(-fips)?(\.[a-z0-9-]+)?\.(amazonaws\.com(\.cn)?|amazonaws\.eu|api\.aws)$/.test(hostname),
    wants: (request) => request.path === "/" || serviceOfSignature(request) !== null,
    actionOf: (request) => new URLSearchParams(`${request.query}&${request.body}`).get("Action") ?? "",
    answer: (request) => answer(request, parts),
  };
}

async function answer(
  request: SandboxRequest,
  parts: StsParts,
): Promise<{ readonly answer: SandboxAnswer; readonly record: RequestRecord }> {
  const requestId = randomUUID();
  let name = "no action";
  try {
    const parameters = parseParameters(request);
    name = parameters.get("Action") ?? name;
    const action = findAction(parameters, request);
    const { iam, findKey, seal, outbound, sourceIp } = parts;
    const surroundings = {
      region: regionOfHost(request.host) ?? parts.region,
      ...(sourceIp === null ? {} : { sourceIp }),
      userAgent: request.headers.get("user-agent")?.[0] ?? "",
    };
    const { result, summary } = await action.run({
      request,
      parameters,
      iam,
      findKey,
      seal,
      outbound,
      surroundings,
      now: parts.now(),
    });
    const served = encodeResult(action.name, result, requestId);
    return { answer: served, record: { service: "aws-sts", action: name, status: 200, code: null, summary, findings: [] } };
  } catch (error) {
    const refusal = asRefusal(error);
    const { status, code, message: summary, findings } = refusal;
    return {
      answer: encodeRefusal(refusal, requestId),
      record: { service: "aws-sts", action: name, status, code, summary, findings },
    };
  }
}

function findAction(parameters: Parameters, request: SandboxRequest): StsAction {
  const name = parameters.get("Action");
  const version = parameters.get("Version");
  const action = ACTIONS.find((each) => each.name === name);
  const isCall = request.method === "POST" || request.method === "GET";
  if (isCall && action !== undefined && version === STS_VERSION) return action;
  const service = serviceOfSignature(request);
  if (service !== null && service !== "sts") throw otherService(service);
  if (!isCall) throw new Refusal("InvalidAction", `Could not find operation for ${request.method}`);
  if (name === undefined) throw new Refusal("MissingAction", "The request is missing an action or a required parameter");
  const meaning = action === undefined ? "the sandbox has no such action" : "STS has one version of its API";
  throw new Refusal(
    "InvalidAction",
    `Could not find operation ${name.slice(0, 100)} for version ${version ?? "NO_VERSION_SPECIFIED"}`,
    [
      finding(
        "Action and Version",
        ACTIONS.map((each) => `${each.name} ${STS_VERSION}`),
        `${name.slice(0, 100)} ${version ?? ""}`,
        meaning,
      ),
    ],
  );
}

/** The tools of AWS send every service's calls to where `AWS_ENDPOINT_URL` leads. */
function otherService(service: string): Refusal {
  return new Refusal(
    "SandboxServiceAbsent",
    `the sandbox stands in for AWS STS alone, and this is a call of ${service.slice(0, 100)}. It makes a role by \`brevet sandbox trust\`, ` +
      "which `brevet setup aws --role ARN` joins; what the role may do is tried in an account",
  );
}

/**
 * A fault in the sandbox's own files is no verdict about the client. It gets a code that AWS does not have, so that it is not
 * mistaken for one and no client tries again. The message names the file and the key to whoever is editing them.
 */
function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof Fault) return new Refusal("SandboxInvalid", `the sandbox cannot judge this request: ${error.message}`);
  const meaning = error instanceof Error ? error.message : String(error);
  return new Refusal("InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", [
    finding("the sandbox itself", [], null, meaning),
  ]);
}
