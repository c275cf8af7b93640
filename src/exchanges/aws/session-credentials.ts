import type { AwsCredentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { type EpochSeconds, parseUtc } from "../../core/time.ts";
import type { StsResult } from "./sts-call.ts";

const PACKED_WARNING_PERCENT = 75;

/** Where the credentials of a session come from. */
export interface SessionOrigin {
  readonly endpoint: string;
  readonly region: string;
  readonly now: EpochSeconds;
  readonly warn: (line: string) => void;
}

/**
 * The credentials in the result of `AssumeRole` or `AssumeRoleWithWebIdentity`.
 *
 * @throws {Fault} `RESPONSE_INVALID` when one of their parts is not there: half a credential is none.
 */
export function parseSessionCredentials(text: StsResult, origin: SessionOrigin): AwsCredentials {
  const packed = Number(text("PackedPolicySize"));
  if (packed > PACKED_WARNING_PERCENT) {
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
