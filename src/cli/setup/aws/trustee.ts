import { Fault } from "../../../core/fault.ts";
import type { AwsAccount } from "../../../setup/aws/account.ts";
import type { TrustedIdentity } from "../../../setup/aws/trust-wishes.ts";
import type { Present } from "../../../setup/provisioner.ts";
import type { Context } from "../../command.ts";
import type { OpenDevice } from "../../identity-kinds.ts";
import { allowedFor } from "../allowed-claims.ts";
import { refusePeopleFlags } from "../refuse-people-flags.ts";
import { requireIssuerForm } from "../require-issuer-form.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { issuerOfDevice, trustedDevice } from "./trusted-device.ts";
import { issuerOf, trustedPeople } from "./trusted-people.ts";

/** Whom AWS is to trust, of whatever kind. */
export interface Trustee {
  /** What everything that is made is tagged with. */
  readonly owner: string;
  /** null where somebody else publishes what proves it. */
  readonly device: OpenDevice | null;
  /** @param stack the stack as it is now. @param roleArn the role that is to trust it. */
  trusted(stack: Present, account: AwsAccount, roleArn: string): Promise<TrustedIdentity>;
}

/** @throws {Fault} `USAGE_INVALID`, `URL_INVALID`, `ISSUER_MISMATCH` for flags that cannot be meant; `ISSUER_ABSENT`. */
export async function openTrustee(name: string, flags: AwsSetupFlags, { compose }: Context): Promise<Trustee> {
  const { entry, identity } = await compose.identity(name);
  if (entry.kind === "device") {
    refusePeopleFlags(name, flags, ["allow-email", "allow-domain", "allow-subject", "allow-group", "audience"]);
    const device = await compose.device(name);
    const { subject: owner } = device.options;
    const config = await compose.config();
    const issuer = issuerOfDevice(device, flags);
    const trusted: Trustee["trusted"] = (stack, account, roleArn) =>
      trustedDevice(device, issuer, allowedFor(roleArn, device, config), flags, stack, account);
    return { owner, device, trusted };
  }
  if (flags.hosting !== undefined || flags.issuer !== undefined) {
    throw new Fault("USAGE_INVALID", `--hosting and --issuer are for a device, and ${name} is of kind ${entry.kind}`);
  }
  const issuer = issuerOf(await identity.describe(), name);
  requireIssuerForm(issuer, name);
  // A tag of IAM takes no `#`.
  const owner = `${name}@${issuer.replace(/^https:\/\//, "")}`;
  return { owner, device: null, trusted: (stack, account) => trustedPeople(entry, { issuer, owner }, flags, stack, account) };
}
