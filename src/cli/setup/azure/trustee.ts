import { Fault } from "../../../core/fault.ts";
import { publishCommand } from "../../../core/publish-command.ts";
import { verifyIssuer } from "../../../flows/verify-issuer.ts";
import type { AzureTrust } from "../../../setup/azure/plan-trust.ts";
import type { ProfileSource } from "../../../setup/profile-source.ts";
import { isServedNowhere } from "../../../wire/issuer-documents/issuer-url.ts";
import { decodeJwtUnverified } from "../../../wire/jwt/decode.ts";
import type { Context } from "../../command.ts";
import { requireIssuer } from "../../device/device-issuer.ts";
import { reachOf } from "../../flags/reach-flags.ts";
import { refusePeopleFlags } from "../refuse-people-flags.ts";
import { requireIdentity } from "../require-identity.ts";
import { requireHttpsIssuer } from "../require-issuer-form.ts";
import type { AzureSetupFlags } from "./flags.ts";

/** Whom Entra ID is to trust, and what proves it in the profile. */
export interface AzureTrustee extends Pick<AzureTrust, "owner" | "issuer" | "subject"> {
  readonly source: ProfileSource;
  /** In the title of the plan. */
  readonly name: string;
}

/**
 * Whom the flags name. Nothing of it can be mended after something was made at Azure, so all of it is found out before.
 *
 * @throws {Fault} `USAGE_INVALID`, `ALGORITHM_UNSUPPORTED`, `ISSUER_ABSENT`, `ISSUER_MISMATCH`; what the network raises.
 */
export async function openTrustee(flags: AzureSetupFlags, context: Context): Promise<AzureTrustee> {
  if (flags.via !== undefined) return viaProfile(flags.via, context);
  const { compose } = context;
  const name = await requireIdentity(flags.identity, context);
  const { entry, identity } = await compose.identity(name);
  const source = { identity: name };
  if (entry.kind === "device") {
    refusePeopleFlags(name, flags, ["allow-subject"]);
    const device = await compose.device(name);
    const keys = await device.signer.publicKeys();
    requireRsa(
      name,
      keys.map(({ algorithm }) => algorithm),
    );
    const issuer = requirePublic(requireIssuer(device), name);
    await requireServed(issuer, name, flags, context);
    const { subject } = device.options;
    return { owner: subject, issuer, subject, source, name };
  }
  const { issuer, subject } = await identity.describe();
  if (issuer === null)
    throw new Fault("ISSUER_ABSENT", `the issuer of the identity ${name} is not known here, so Entra ID cannot be told`);
  requireHttpsIssuer(issuer, name, "Entra ID");
  const wanted = flags["allow-subject"] ?? subject;
  if (wanted === null || wanted === undefined) {
    throw new Fault("USAGE_INVALID", `say whom of ${issuer} to trust: Entra ID compares the whole subject`, {
      hints: [
        `\`--allow-subject SUB\`; \`brevet token --identity ${name} --audience api://AzureADTokenExchange | brevet token inspect\` shows it`,
      ],
    });
  }
  return { owner: `${name}@${issuer.replace(/^https:\/\//, "")}`, issuer, subject: wanted, source, name };
}

/** The bridge: AWS signs RS256 for a role, and the token itself says who it is. */
async function viaProfile(via: string, { compose }: Context): Promise<AzureTrustee> {
  const path = await compose.profilePath({ profile: via, overrides: {} });
  const credentials = await compose.credentials(path, { renew: "when-stale", purpose: "brevet setup azure" });
  if (credentials.kind !== "bearer") {
    throw new Fault("CREDENTIALS_UNSUPPORTED", `the profile ${via} gives ${credentials.kind} credentials, and no token`, {
      hints: ["name a profile with an `awsToken` block: the guide for Azure shows one"],
    });
  }
  // What AWS has just given us is what it will give again: nothing is decided by it here.
  const { iss: issuer, sub: subject } = decodeJwtUnverified(credentials.token.reveal()).claims;
  if (typeof issuer !== "string" || typeof subject !== "string")
    throw new Fault("TOKEN_MALFORMED", `the token of the profile ${via} has no issuer or no subject`);
  return { owner: subject, issuer, subject, source: { via }, name: via };
}

function requireRsa(name: string, algorithms: readonly string[]): void {
  if (algorithms.includes("RS256")) return;
  throw new Fault(
    "ALGORITHM_UNSUPPORTED",
    `Entra ID takes RS256 alone, and the keys of ${name} sign ${algorithms.join(", ") || "nothing"}`,
    {
      hints: [
        `make an RSA key too, and publish it: \`brevet issuer generate ${name} --add RS256\`, \`brevet issuer publish ${name}\``,
        "where the signer has no RSA, reach Azure through an AWS role: `brevet setup azure … --via PROFILE`, as the guide for Azure says",
      ],
      details: { algorithms },
    },
  );
}

/** A name that nobody can look up is one that `setup gcp` gave, where nothing is fetched. */
function requirePublic(issuer: string, name: string): string {
  if (!isServedNowhere(issuer)) return issuer;
  throw new Fault("ISSUER_ABSENT", `the issuer ${issuer} of ${name} is served nowhere, and Entra ID fetches the keys`, {
    hints: [
      "give it one that is public: `brevet setup aws --policy-arn … --change-issuer` hosts it, or change `identities` in the config and publish",
      "then run `brevet setup gcp` again, so that Google trusts the new one",
    ],
  });
}

async function requireServed(issuer: string, name: string, flags: AzureSetupFlags, context: Context): Promise<void> {
  const { compose } = context;
  const { signer, options } = await compose.device(name);
  const { published } = await compose.issuerCopies(name);
  const { judgements } = await verifyIssuer({ issuer }, { http: await compose.http(reachOf(flags, context)), signer, published });
  const verdict = judgements.find(({ verifier }) => verifier === "entra")?.verdict;
  if (verdict?.outcome === "allowed") return;
  const [why] = verdict?.because ?? [];
  throw new Fault(
    "ISSUER_MISMATCH",
    `Entra ID could not check tokens by what ${issuer} serves: ${why?.meaning ?? "nothing fits"}`,
    {
      hints: [`publish the keys: \`${publishCommand(name, options.keys)}\``, `see why: \`brevet issuer verify ${name}\``],
    },
  );
}
