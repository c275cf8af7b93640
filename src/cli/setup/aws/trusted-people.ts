import { Fault } from "../../../core/fault.ts";
import type { IdentityDescription } from "../../../core/identity.ts";
import type { AwsAccount } from "../../../setup/aws/account.ts";
import type { TrustedIdentity } from "../../../setup/aws/trust-wishes.ts";
import type { Present } from "../../../setup/provisioner.ts";
import type { AllowedClaims } from "../../../trust/aws/web-identity-trust.ts";
import type { IdentityEntry } from "../../../wire/brevet-config/config.ts";
import type { AwsSetupFlags } from "./flags.ts";
import { providerExists } from "./provider-exists.ts";

/** The issuer whose tokens an identity presents. @throws {Fault} `ISSUER_ABSENT` while it is not known. */
export function issuerOf({ issuer }: IdentityDescription, name: string): string {
  if (issuer !== null) return issuer;
  throw new Fault("ISSUER_ABSENT", `the issuer of the identity ${name} is not known here, so AWS cannot be told to trust it`);
}

/**
 * The people, or the build jobs, that a role is to trust: the flags choose them among all who get tokens of the issuer.
 *
 * @throws {Fault} `USAGE_INVALID` if nobody was named: then everybody could come.
 */
export async function trustedPeople(
  { kind, options }: IdentityEntry,
  { issuer, owner }: { readonly issuer: string; readonly owner: string },
  flags: Pick<AwsSetupFlags, "allow-email" | "allow-domain" | "allow-group" | "allow-subject" | "audience">,
  stack: Present,
  account: AwsAccount,
): Promise<TrustedIdentity> {
  const { "allow-email": emails, "allow-domain": domains, "allow-group": groups, "allow-subject": subjects } = flags;
  if ([...emails, ...domains, ...groups, ...subjects].length === 0) {
    throw new Fault("USAGE_INVALID", `everybody to whom ${issuer} gives a token could assume the role, so say who may`, {
      hints: [
        kind === "server"
          ? "`--allow-email alice@example.com`, `--allow-domain example.com` or `--allow-subject SUB`"
          : "`--allow-email alice@example.com`, `--allow-domain example.com`, `--allow-group developers` or `--allow-subject SUB`",
      ],
    });
  }
  // What the tokens name where nobody chose: an OpenID client its own id, a login server itself.
  const own = kind === "server" ? issuer : options["clientId"];
  const audience = flags.audience ?? (typeof own === "string" ? own : "sts.amazonaws.com");
  if (kind === "server" && groups.length > 0) {
    throw new Fault("USAGE_INVALID", "a login server sends groups as tags of their own, which --allow-group does not ask for", {
      hints: [`let a rule of the server say who gets the role: \`brevet admin rules replace\`, with \`groups\` and \`roles\``],
    });
  }
  const named = [...emails, ...subjects.filter((subject) => !subject.includes("*"))];
  const patterns = [...domains.map((domain) => `*@${domain}`), ...subjects.filter((subject) => subject.includes("*"))];
  return {
    owner,
    // One condition for all: with two, a subject would have to meet both.
    subjects: patterns.length === 0 ? named : [],
    patterns: patterns.length === 0 ? [] : [...patterns, ...named],
    groups,
    audience,
    allowed: allowedFrom(kind, options, groups),
    issuer: { kind: "joined", url: issuer, providerExists: await providerExists({ issuer, audience }, stack, account) },
  };
}

/**
 * A provider of people may put tags and a source identity into its tokens, and so may whoever makes one for a file or a variable. What
 * build services, clusters and clouds sign for a program has neither, unless a group is demanded of it.
 */
function allowedFrom(kind: string, { source }: IdentityEntry["options"], groups: readonly string[]): AllowedClaims {
  const isAnybodys = kind !== "ambient" || source === "file" || source === "environment";
  return { allowTags: isAnybodys || groups.length > 0, allowSourceIdentity: isAnybodys };
}
