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

/**
 * A device as a role is to trust it: its own subject and no other. Its issuer is in the stack, unless it has one elsewhere.
 *
 * @param allowed what its tokens for the role carry.
 * @param stack the stack as it is now.
 * @throws {Fault} `USAGE_INVALID`, `URL_INVALID`, `ISSUER_MISMATCH`, `AUDIENCE_INVALID`.
 */
export async function trustedDevice(
  { name, options }: OpenDevice,
  allowed: AllowedClaims,
  flags: Pick<AwsSetupFlags, "issuer" | "hosting">,
  stack: Present,
  account: AwsAccount,
): Promise<TrustedIdentity> {
  const { subject } = options;
  // A name that `setup gcp` gave where nothing is served: AWS fetches the keys, so it gets a real one.
  const issuer = options.issuer !== null && isServedNowhere(options.issuer) ? null : options.issuer;
  const given = flags.issuer === undefined ? null : parseIssuerUrl(flags.issuer, "--issuer");
  if (given !== null && issuer !== null && given !== issuer) {
    throw new Fault("ISSUER_MISMATCH", `the issuer of ${name} is ${issuer}, and --issuer is ${given}`, {
      hints: [
        `leave \`--issuer\` out, or give the device that one first: \`${shellCommand`brevet issuer generate ${name} --issuer ${given}`}\``,
      ],
    });
  }
  const elsewhere = given ?? (isHosting(stack) ? null : issuer);
  const common = { owner: subject, subjects: [subject], patterns: [], groups: [], audience: AUDIENCE, allowed };
  if (elsewhere === null) return { ...common, issuer: { kind: "hosted", path: subject } };
  if (flags.hosting !== undefined) {
    throw new Fault("USAGE_INVALID", `--hosting makes an issuer, and the one of ${name} is ${elsewhere} already`);
  }
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
