import { randomUUID, sign } from "node:crypto";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { permissionVerdict } from "../../trust/aws/caller-permission.ts";
import type { TrustRequest } from "../../trust/aws/request.ts";
import type { OutboundKey, TokenAlgorithm } from "../aws-outbound/outbound-federation.ts";
import { permissionsOf } from "../iam/iam-folder.ts";
import type { ActionContext, StsAction } from "./action.ts";
import { sessionVerdict } from "./authorize-chain.ts";
import { callerKeys } from "./caller-keys.ts";
import { listParameter, type Parameters } from "./query-protocol.ts";
import { finding, Refusal } from "./refusal.ts";
import { assumedRoleArn, type RoleSession } from "./role-session.ts";
import { verifySignature } from "./verify-signature.ts";

const REFERENCE = "https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html";
const ACTION = "sts:GetWebIdentityToken";
const MOST_AUDIENCES = 10;

/** What a caller asks for. */
interface TokenWish {
  readonly audiences: readonly string[];
  readonly algorithm: TokenAlgorithm;
  readonly durationSeconds: number;
}

/**
 * A token that says who the caller is, signed as the account's own issuer. The account must have turned it on, the role's permissions
 * must allow it, and no token outlives the session. Tags in the request are not taken here.
 *
 * @see STS API Reference, GetWebIdentityToken; IAM User Guide, Outbound identity federation
 */
export const getWebIdentityToken: StsAction = {
  name: "GetWebIdentityToken",
  async run(context) {
    const { request, parameters, outbound, seal, now } = context;
    requireRegionalHost(request.host);
    const caller = await verifySignature(request, seal, now);
    const wish = readWish(parameters);
    authorize(caller, wish, context);
    const issuer = outbound.issuerOf(caller.accountId);
    if (issuer === null) {
      throw new Refusal(
        "OutboundWebIdentityFederationDisabledException",
        "Outbound web identity federation is disabled for this account",
        [
          finding(
            "the account",
            "one that has turned it on",
            caller.accountId,
            "`brevet sandbox trust … --outbound AUDIENCE` turns it on",
            REFERENCE,
          ),
        ],
      );
    }
    const expiresAt = now + wish.durationSeconds;
    if (expiresAt > caller.expiresAt) {
      throw new Refusal("SessionDurationEscalationException", "The requested token would outlive the session of its caller", [
        finding("DurationSeconds", `at most ${caller.expiresAt - now}`, String(wish.durationSeconds), "ask for less", REFERENCE),
      ]);
    }
    const claims = claimsOf(caller, wish, { issuer, now, expiresAt, region: context.surroundings.region ?? "us-east-1" });
    const token = signToken(claims, wish.algorithm, outbound.keyOf(caller.accountId, wish.algorithm));
    return {
      result: { WebIdentityToken: token, Expiration: formatUtc(expiresAt) },
      summary: `a token for ${wish.audiences.join(", ")} says ${caller.roleArn}`,
    };
  },
};

/** The global endpoint does not have the action. */
function requireRegionalHost(host: string): void {
  if (host.replace(/:\d+$/, "") !== "sts.amazonaws.com") return;
  throw new Refusal("InvalidAction", "GetWebIdentityToken is not available on the global endpoint", [
    finding("the host", "sts.REGION.amazonaws.com", host, "the action is served by regional endpoints alone", REFERENCE),
  ]);
}

function readWish(parameters: Parameters): TokenWish {
  const audiences = listParameter(parameters, "Audience");
  const algorithm = parameters.get("SigningAlgorithm");
  const duration = parameters.get("DurationSeconds") ?? "300";
  const refuse = (name: string, wanted: string, saw: string | null): Refusal =>
    new Refusal("ValidationError", `1 validation error detected: ${name} is not ${wanted}`, [
      finding(name, wanted, saw, "the parameter breaks its rule", REFERENCE),
    ]);
  const isList = audiences.length >= 1 && audiences.length <= MOST_AUDIENCES;
  if (!isList || audiences.some((each) => each === "" || each.length > 1000)) {
    throw refuse("Audience", `1 to ${MOST_AUDIENCES} texts of 1 to 1000 characters`, `${audiences.length} of them`);
  }
  if (algorithm !== "RS256" && algorithm !== "ES384") throw refuse("SigningAlgorithm", "RS256 or ES384", algorithm ?? null);
  const durationSeconds = /^\d{1,5}$/.test(duration) ? Number(duration) : 0;
  if (durationSeconds < 60 || durationSeconds > 3600) throw refuse("DurationSeconds", "60 to 3600", duration.slice(0, 40));
  const [tag] = [...parameters.keys()].filter((name) => name.startsWith("Tags."));
  if (tag !== undefined) throw refuse(tag, "served by the sandbox: it takes no tags here", null);
  return { audiences, algorithm, durationSeconds };
}

function authorize(caller: RoleSession, wish: TokenWish, { iam }: ActionContext): void {
  const request: TrustRequest = {
    action: ACTION,
    principal: { kind: "aws", arn: assumedRoleArn(caller) },
    // It is about no resource, so that only statements for all of them allow it.
    resource: "*",
    context: new Map([
      ...callerKeys(caller),
      ["sts:identitytokenaudience", wish.audiences],
      ["sts:signingalgorithm", [wish.algorithm]],
      ["sts:durationseconds", [String(wish.durationSeconds)]],
    ]),
  };
  const deny = (because: Refusal["findings"]): Refusal => {
    const reason = "because no identity-based policy allows the action, or one denies it";
    return new Refusal(
      "AccessDenied",
      `User: ${assumedRoleArn(caller)} is not authorized to perform: ${ACTION} ${reason}`,
      because,
    );
  };
  const role = iam.findRole(caller.roleArn);
  if (role === null)
    throw deny([finding("the caller", "a role in iam/roles", caller.roleArn, "there is no such role", REFERENCE)]);
  const verdict = permissionVerdict(permissionsOf(role), request, "nothing");
  if (verdict.outcome !== "allowed") throw deny(verdict.because);
  const limited = sessionVerdict(caller, request, "nothing");
  if (limited !== null) throw deny(limited);
}

interface TokenTimes {
  readonly issuer: string;
  readonly now: EpochSeconds;
  readonly expiresAt: EpochSeconds;
  readonly region: string;
}

function claimsOf(caller: RoleSession, { audiences }: TokenWish, { issuer, now, expiresAt, region }: TokenTimes): object {
  const [first] = audiences;
  return {
    iss: issuer,
    // The role, not the session: one subject for whoever verifies it.
    sub: caller.roleArn,
    aud: audiences.length === 1 ? first : audiences,
    iat: now,
    exp: expiresAt,
    jti: randomUUID(),
    "https://sts.amazonaws.com/": {
      aws_account: caller.accountId,
      source_region: region,
      principal_id: caller.roleArn,
      ...(Object.keys(caller.tags).length === 0 ? {} : { principal_tags: caller.tags }),
    },
  };
}

/** Written without the library that signs brevet's own tokens: what is verified must not come from the code that is tried. */
function signToken(claims: object, algorithm: TokenAlgorithm, { kid, privateKey }: OutboundKey): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${part({ alg: algorithm, typ: "JWT", kid })}.${part(claims)}`;
  const signature = sign(algorithm === "RS256" ? "sha256" : "sha384", Buffer.from(input), {
    key: privateKey,
    dsaEncoding: "ieee-p1363",
  });
  return `${input}.${signature.toString("base64url")}`;
}
