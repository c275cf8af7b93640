import type { AwsCredentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { CLOCK_HINT, type EpochSeconds, parseUtc } from "../../core/time.ts";
import type { RoleArn } from "../../wire/aws-sts/role-arn.ts";
import type { StsResult } from "./sts-call.ts";

const PACKED_WARNING_PERCENT = 75;
/** AWS STS API Reference, `DurationSeconds`: at most 12 hours; and 5 minutes by which the clocks may differ. */
const LONGEST_LIFE_SECONDS = 43_200 + 300;

/** Where the credentials of a session come from. */
export interface SessionOrigin {
  /** The role that was asked for. */
  readonly role: RoleArn;
  readonly endpoint: string;
  readonly region: string;
  /** By the corrected clock. */
  readonly now: EpochSeconds;
  readonly warn: (line: string) => void;
}

/**
 * The credentials in the result of any way to assume a role.
 *
 * @throws {Fault} `RESPONSE_INVALID` when one of their parts is not there, when they have ended or would outlive what AWS
 * gives, and when they are those of another role: whoever answered so is not AWS, or was asked by a clock that is wrong.
 */
export function parseSessionCredentials(text: StsResult, origin: SessionOrigin): AwsCredentials {
  const packed = text("PackedPolicySize");
  if (/^\d{1,3}$/.test(packed) && Number(packed) > PACKED_WARNING_PERCENT) {
    origin.warn(`session policies and tags fill ${packed} % of what AWS can pack; above 100 % it refuses the role`);
  }
  const [accessKeyId, secretAccessKey, sessionToken] = ["AccessKeyId", "SecretAccessKey", "SessionToken"].map((name) =>
    text(`Credentials/${name}`),
  );
  const expiresAt = parseUtc(text("Credentials/Expiration"));
  const assumedRoleArn = text("AssumedRoleUser/Arn");
  if (!accessKeyId || !secretAccessKey || !sessionToken || expiresAt === null || assumedRoleArn === "") {
    throw new Fault("RESPONSE_INVALID", `the answer of ${new URL(origin.endpoint).host} holds no complete credentials`);
  }
  requireLife(expiresAt, origin);
  requireRole(assumedRoleArn, origin);
  return {
    kind: "aws",
    accessKeyId,
    secretAccessKey: new Secret("secret access key", secretAccessKey),
    sessionToken: new Secret("session token", sessionToken),
    issuedAt: origin.now,
    expiresAt,
    assumedRoleArn,
    region: origin.region,
  };
}

function requireLife(expiresAt: EpochSeconds, { endpoint, now }: SessionOrigin): void {
  if (expiresAt > now && expiresAt <= now + LONGEST_LIFE_SECONDS) return;
  const what = expiresAt > now ? "would live longer than the 12 hours that AWS gives at most" : "have ended already";
  throw new Fault("RESPONSE_INVALID", `the credentials in the answer of ${new URL(endpoint).host} ${what}`, {
    hints: [CLOCK_HINT],
    details: { expiresAt, now },
  });
}

/** The role's name without regard to case: IAM has no two roles in an account that differ by it alone. */
function requireRole(assumedRoleArn: string, { endpoint, role }: SessionOrigin): void {
  const [, partition, accountId, name] =
    /^arn:([a-z0-9-]+):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/.exec(assumedRoleArn) ?? [];
  const isSame = name?.toLowerCase() === role.name.toLowerCase();
  if (partition === role.partition && accountId === role.accountId && isSame) return;
  throw new Fault("RESPONSE_INVALID", `the answer of ${new URL(endpoint).host} holds no credentials of ${role.text}`);
}
