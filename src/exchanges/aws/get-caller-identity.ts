import type { AwsCredentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import type { CloudPorts } from "../../platform/http/call-cloud.ts";
import type { Environment } from "../../platform/paths.ts";
import { type CallOptions, callSettings } from "../../wire/aws-sts/call-settings.ts";
import { stsEndpoint } from "../../wire/aws-sts/endpoint.ts";
import { partitionOfRole } from "../../wire/aws-sts/partitions.ts";
import { signWith } from "./assume-role.ts";
import type { AwsOptions } from "./options.ts";
import { callSts } from "./sts-call.ts";

/** Who AWS says that credentials belong to. */
export interface CallerIdentity {
  /** `arn:aws:sts::123456789012:assumed-role/dev/laptop-7f3a` */
  readonly arn: string;
  readonly accountId: string;
  readonly userId: string;
}

interface CallerIdentityPorts extends CloudPorts {
  readonly environment: Environment;
}

/**
 * Asks STS whose credentials these are: no permission is needed for it, so a refusal means that they do not work.
 *
 * @throws {Fault} what a call of STS raises.
 */
export async function getCallerIdentity(
  credentials: AwsCredentials,
  options: CallOptions & Pick<AwsOptions, "place">,
  ports: CallerIdentityPorts,
): Promise<CallerIdentity> {
  const { assumedRoleArn, region } = credentials;
  const endpoint = stsEndpoint(callSettings(options, ports.environment), partitionOfRole(assumedRoleArn), region);
  const text = await callSts(
    {
      action: "GetCallerIdentity",
      endpoint,
      place: options.place,
      parameters: {},
      subject: assumedRoleArn,
      secrets: [credentials.secretAccessKey, credentials.sessionToken],
      sign: signWith(credentials, region, ports.clock),
    },
    ports,
  );
  const [arn = "", accountId = "", userId = ""] = ["Arn", "Account", "UserId"].map(text);
  if (arn === "") throw new Fault("RESPONSE_INVALID", `the answer of ${new URL(endpoint).host} names no caller`);
  return { arn, accountId, userId };
}
