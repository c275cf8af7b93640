import { Fault } from "../core/fault.ts";
import { editConfig } from "../wire/brevet-config/edit.ts";
import { parseIssuerUrl } from "../wire/issuer-documents/issuer-url.ts";
import type { Context } from "./command.ts";
import type { OpenDevice } from "./identity-kinds.ts";

/** The word that every `issuer` command takes. */
export const IDENTITY_WORD = { name: "IDENTITY", doc: "the device; default: the only identity", required: false } as const;

/** The issuer URL of a device. @throws {Fault} `ISSUER_ABSENT` while it has none. */
export function requireIssuer({ name, options }: OpenDevice): string {
  if (options.issuer !== null) return options.issuer;
  throw new Fault("ISSUER_ABSENT", `the identity ${name} has no issuer URL yet`, {
    hints: [`run \`brevet issuer generate ${name} --issuer https://…\` with the URL that you will publish at`],
  });
}

/**
 * The issuer URL of a device, after keeping the one that was given if it had none. One that is there is never replaced by
 * a flag: the roles that trust it would refuse this device.
 */
export async function settleIssuer(device: OpenDevice, given: string | undefined, { compose }: Context): Promise<string> {
  if (given === undefined) return requireIssuer(device);
  const issuer = parseIssuerUrl(given, "--issuer");
  const { name, options } = device;
  if (options.issuer === issuer) return issuer;
  if (options.issuer !== null) {
    throw new Fault("ISSUER_MISMATCH", `the issuer of ${name} is ${options.issuer}, and --issuer is ${issuer}`, {
      hints: [`change identities.${name}.issuer in the config, if every role that trusts the old one is to refuse this device`],
    });
  }
  await compose.editConfig((text) => editConfig(text, ["identities", name, "issuer"], issuer));
  return issuer;
}
