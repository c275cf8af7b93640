import { Fault } from "../../../core/fault.ts";
import type { GcpTrust } from "../../../setup/gcp/plan-trust.ts";
import { celText } from "../../../trust/gcp/cel-text.ts";
import { uploadableJwks } from "../../../trust/gcp/provider.ts";
import { jwksMembers } from "../../../wire/issuer-documents/jwks-document.ts";
import type { Context } from "../../command.ts";
import type { OpenDevice } from "../../identity-kinds.ts";
import { refusePeopleFlags } from "../refuse-people-flags.ts";
import { requireHttpsIssuer } from "../require-issuer-form.ts";
import type { GcpSetupFlags } from "./flags.ts";

/** Whom Google Cloud is to trust, of whatever kind. */
export interface GcpTrustee extends Pick<GcpTrust, "owner" | "issuer" | "subject" | "condition" | "allowedAudiences" | "jwks"> {
  /** The device whose keys are uploaded and published; null where others publish the keys. */
  readonly device: OpenDevice | null;
}

/** @throws {Fault} `USAGE_INVALID` for flags of the other kind, and where everybody of an issuer could come; `ISSUER_ABSENT`. */
export async function openTrustee(name: string, flags: GcpSetupFlags, { compose }: Context): Promise<GcpTrustee> {
  const { entry, identity } = await compose.identity(name);
  const allowedAudiences = flags.audience === undefined ? [] : [flags.audience];
  if (entry.kind !== "device") {
    if (flags["hosted-keys"])
      throw new Fault("USAGE_INVALID", `--hosted-keys is for a device, and ${name} is of kind ${entry.kind}`);
    const { issuer } = await identity.describe();
    if (issuer === null) {
      throw new Fault(
        "ISSUER_ABSENT",
        `the issuer of the identity ${name} is not known here, so Google cannot be told to trust it`,
      );
    }
    requireHttpsIssuer(issuer, name, "Google");
    const clientId = entry.options["clientId"];
    const usual = typeof clientId === "string" && allowedAudiences.length === 0 ? [clientId] : allowedAudiences;
    const condition = conditionOf(flags, issuer);
    const owner = `${name}@${issuer.replace(/^https:\/\//, "")}`;
    return { owner, issuer, subject: null, condition, allowedAudiences: usual, jwks: null, device: null };
  }
  refusePeopleFlags(name, flags, ["allow-subject", "allow-email", "condition"]);
  const device = await compose.device(name);
  const { options, signer } = device;
  const { subject } = options;
  if (flags["hosted-keys"] && options.issuer === null) {
    throw new Fault("ISSUER_ABSENT", `the identity ${name} has no issuer yet from which Google could fetch its keys`, {
      hints: ["leave --hosted-keys out: then the keys are uploaded", `run \`brevet issuer generate ${name} --issuer https://…\``],
    });
  }
  return {
    owner: subject,
    // Nobody fetches it where the keys are uploaded. A name that can never exist (RFC 2606 §2) is nobody's to serve keys at.
    issuer: options.issuer ?? `https://${subject}.brevet.invalid`,
    device,
    subject,
    condition: `assertion.sub == ${celText(subject)}`,
    allowedAudiences,
    jwks: flags["hosted-keys"] ? null : uploadableJwks((await signer.publicKeys()).map((key) => jwksMembers(key, null))),
  };
}

function conditionOf({ condition, "allow-subject": subjects, "allow-email": emails }: GcpSetupFlags, issuer: string): string {
  const anyOf = [
    ...(subjects.length === 0 ? [] : [`assertion.sub in [${subjects.map(celText).join(", ")}]`]),
    ...(emails.length === 0
      ? []
      : [`(assertion.email_verified == true && assertion.email in [${emails.map(celText).join(", ")}])`]),
  ].join(" || ");
  const all = [anyOf, condition ?? ""].filter((part) => part !== "");
  if (all.length > 0) return all.length === 1 ? (all[0] ?? "") : all.map((part) => `(${part})`).join(" && ");
  throw new Fault("USAGE_INVALID", `everybody to whom ${issuer} gives a token could come in, so say who may`, {
    hints: ["`--allow-email alice@example.com`, `--allow-subject SUB` or `--condition CEL`"],
  });
}
