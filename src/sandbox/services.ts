import type { EpochSeconds } from "../core/time.ts";
import { awsConsoleService } from "./aws-console/service.ts";
import { openOutboundFederation } from "./aws-outbound/outbound-federation.ts";
import { awsOutboundService } from "./aws-outbound/service.ts";
import { openSessionSeal } from "./aws-sts/role-session.ts";
import { awsStsService } from "./aws-sts/service.ts";
import { entraApplications } from "./entra/entra-folder.ts";
import { entraService } from "./entra/service.ts";
import { openGoogleTokens } from "./google/access-token.ts";
import { openGoogleFolder } from "./google/google-folder.ts";
import { googleManagementService } from "./google-management/service.ts";
import { googleStsService } from "./google-sts/service.ts";
import type { IamFolder } from "./iam/iam-folder.ts";
import { iamCredentialsService } from "./iam-credentials/service.ts";
import type { FindKey } from "./issuers/verification-keys.ts";
import { microsoftManagementService } from "./microsoft-management/service.ts";
import { openSeal } from "./seal.ts";
import type { SandboxService } from "./service.ts";

/** What the stand-ins share: the folder, the issuers that are mapped, and the time. */
export interface ServiceParts {
  readonly folder: string;
  readonly iam: IamFolder;
  readonly findKey: FindKey;
  readonly now: () => EpochSeconds;
  readonly region: string;
  /** Null: the address of the client is not told to policies. */
  readonly sourceIp: string | null;
}

/**
 * Every stand-in there is. A new one is a folder next to `aws-sts/` and a line here; `test/contracts/sandbox-service.ts` then
 * holds it to what the listener relies on.
 */
export function sandboxServices(parts: ServiceParts): readonly SandboxService[] {
  const { folder, iam, findKey, now, region, sourceIp } = parts;
  const google = openGoogleFolder(folder);
  const outbound = openOutboundFederation(folder);
  const tokens = openGoogleTokens(folder);
  const seal = openSessionSeal(folder);
  return [
    awsStsService({ iam, findKey, seal, outbound, now, region, sourceIp }),
    awsOutboundService(outbound),
    awsConsoleService({ sessions: seal, seal: openSeal(folder, "aws console"), now }),
    googleStsService({ google, tokens, findKey, now }),
    iamCredentialsService({ google, tokens, now }),
    googleManagementService({ folder, tokens, now }),
    microsoftManagementService({ folder, now }),
    entraService({ applications: () => entraApplications(folder), seal: openSeal(folder, "entra access token"), findKey, now }),
  ];
}
