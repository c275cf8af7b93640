import { Fault } from "../../../core/fault.ts";
import { shellCommand } from "../../../core/shell-command.ts";
import type { AwsAccount } from "../../../setup/aws/account.ts";
import { parameterOf, parseStackState } from "../../../setup/aws/trust-stack.ts";
import type { TrustedIdentity } from "../../../setup/aws/trust-wishes.ts";
import type { Present } from "../../../setup/provisioner.ts";
import type { AllowedClaims } from "../../../trust/aws/web-identity-trust.ts";
import { isServedNowhere, parseIssuerUrl } from "../../../wire/issuer-documents/issuer-url.ts";
import type { OpenDevice } from "../../identity-kinds.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { providerExists } from "./provider-exists.ts";

/** What AWS itself puts into `aud` for its own audience. */
const AUDIENCE = "sts.amazonaws.com";

/** Where a device's issuer is, as far as it is known before the account is looked at. */
export interface DeviceIssuer {
  /** `--issuer`. */
  readonly given: string | null;
  /** Its own; null: none, or a name that `setup gcp` gave where nothing is served: AWS fetches the keys, so it gets a real one. */
  readonly own: string | null;
}

/** @throws {Fault} `USAGE_INVALID`, `URL_INVALID`, `ISSUER_MISMATCH` for flags that cannot be meant, whatever the account holds. */
export function issuerOfDevice({ name, options }: OpenDevice, flags: Pick<AwsSetupFlags, "issuer" | "hosting">): DeviceIssuer {
  const own = options.issuer !== null && isServedNowhere(options.issuer) ? null : options.issuer;
  const given = flags.issuer === undefined ? null : parseIssuerUrl(flags.issuer, "--issuer");
  if (given !== null && own !== null && given !== own) {
    throw new Fault("ISSUER_MISMATCH", `the issuer of ${name} is ${own}, and --issuer is ${given}`, {
      hints: [
        `leave \`--issuer\` out, or give the device that one first: \`${shellCommand`brevet issuer generate ${name} --issuer ${given}`}\``,
      ],
    });
  }
  if (given !== null) refuseHosting(name, given, flags);
  return { given, own };
}

function refuseHosting(name: string, elsewhere: string, { hosting }: Pick<AwsSetupFlags, "hosting">): void {
  if (hosting === undefined) return;
  throw new Fault("USAGE_INVALID", `--hosting makes an issuer, and the one of ${name} is ${elsewhere} already`);
}

/**
 * A device as a role is to trust it: its own subject and no other. Its issuer is in the stack, unless it has one elsewhere.
 *
 * @param allowed what its tokens for the role carry.
 * @param stack the stack as it is now.
 * @throws {Fault} `USAGE_INVALID`, `AUDIENCE_INVALID`.
 */
export async function trustedDevice(
  { name, options }: OpenDevice,
  { given, own }: DeviceIssuer,
  allowed: AllowedClaims,
  flags: Pick<AwsSetupFlags, "hosting">,
  stack: Present,
  account: AwsAccount,
): Promise<TrustedIdentity> {
  const { subject } = options;
  const elsewhere = given ?? (isHosting(stack) ? null : own);
  const common = { owner: subject, subjects: [subject], patterns: [], groups: [], audience: AUDIENCE, allowed };
  if (elsewhere === null) return { ...common, issuer: { kind: "hosted", path: subject } };
  refuseHosting(name, elsewhere, flags);
  return {
    ...common,
    issuer: {
      kind: "joined",
      url: elsewhere,
      providerExists: await providerExists({ issuer: elsewhere, audience: AUDIENCE }, stack, account),
    },
  };
}

function isHosting({ owner, state }: Present): boolean {
  return owner === "ours" && state !== null && parameterOf("Hosting", parseStackState(state).parameters) !== "none";
}
