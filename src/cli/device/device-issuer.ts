import { Fault } from "../../core/fault.ts";
import { posixWord } from "../../core/posix-word.ts";
import { otherRecords } from "../../setup/record.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { parseIssuerUrl } from "../../wire/issuer-documents/issuer-url.ts";
import type { Context } from "../command.ts";
import type { OpenDevice } from "../identity-kinds.ts";
import { requireChangeable } from "./change-of-issuer.ts";

/** The word that every `issuer` command takes. */
export const IDENTITY_WORD = { name: "IDENTITY", doc: "the device; default: the only identity", required: false } as const;

/** The issuer URL of a device. @throws {Fault} `ISSUER_ABSENT` while it has none. */
export function requireIssuer({ name, options }: OpenDevice): string {
  if (options.issuer !== null) return options.issuer;
  throw new Fault("ISSUER_ABSENT", `the identity ${name} has no issuer URL yet`, {
    hints: [`run \`brevet issuer generate ${name} --issuer https://…\` with the URL that you will publish at`],
  });
}

/** What was typed about a device's issuer. */
export interface IssuerWish {
  /** undefined: the one that it has. */
  readonly issuer: string | undefined;
  readonly change: boolean;
}

/**
 * The issuer URL of a device, after keeping the one that was given if it had none. One that is there is replaced only if that was asked
 * for: the roles that trust it refuse this device from then on.
 *
 * @throws {Fault} `ISSUER_ABSENT`; `ISSUER_IN_USE` where setups trust the one that it has, else `ISSUER_MISMATCH`.
 */
export async function settleIssuer(device: OpenDevice, { issuer: given, change }: IssuerWish, context: Context): Promise<string> {
  if (given === undefined) return requireIssuer(device);
  const { compose, terminal } = context;
  const issuer = parseIssuerUrl(given, "--issuer");
  const { name, options } = device;
  if (options.issuer === issuer) return issuer;
  if (options.issuer !== null) {
    const wish = { isGiven: change, command: `brevet issuer generate ${name} --issuer ${posixWord(issuer)} --change-issuer` };
    const { records } = await compose.plans();
    const runAgain = requireChangeable(
      { identity: name, from: options.issuer, to: issuer, wish },
      await otherRecords(null, records),
    );
    if (!change) {
      throw new Fault("ISSUER_MISMATCH", `the issuer of ${name} is ${options.issuer}, and --issuer is ${issuer}`, {
        hints: [`\`${wish.command}\`, if every role that trusts the old one is to refuse this device`],
      });
    }
    for (const command of runAgain) terminal.warn(`to have the new issuer trusted too, run \`${command}\``);
  }
  await compose.editConfig((text) => editConfig(text, ["identities", name, "issuer"], issuer));
  return issuer;
}
