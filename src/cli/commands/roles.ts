import { Fault } from "../../core/fault.ts";
import type { Identity } from "../../core/identity.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { ROLE_CLAIMS, rolesInClaim } from "../../wire/aws-sts/roles-claim.ts";
import { decodeJwtUnverified } from "../../wire/jwt/decode.ts";
import { defineCommand } from "../command.ts";
import { byRecency, recentRoles, rememberRole } from "../recent-roles.ts";

export const command = defineCommand({
  path: "roles",
  description: [
    "Reads them from the identity's token, or with --saml from the assertion that AWS would be sent. --pick asks which one, the",
    "last choices first, and prints it; it asks even if there is only one.",
  ].join("\n"),
  positionals: [{ name: "IDENTITY", doc: "whose; default: the only identity", required: false }],
  flags: {
    saml: { kind: "switch", doc: "from a SAML assertion", excludes: ["claim"] },
    audience: {
      kind: "text",
      value: "AUDIENCE",
      doc: "with --saml: AWS's client at the provider; default urn:amazon:webservices",
      needs: "saml",
    },
    claim: { kind: "text", value: "NAME", doc: "the claim of the token, dots lead into it; default: roles, else AWS's own" },
    pick: { kind: "switch", doc: "ask a person for one of them, and print that alone", excludes: ["json"] },
    json: { kind: "switch", doc: "the list as JSON" },
  },
  examples: [
    { line: "brevet roles work --saml", does: "the roles in the assertion of Keycloak" },
    {
      line: "role=$(brevet roles work --pick) && brevet setup aws --identity work --role $role",
      does: "a profile of one that you choose",
    },
  ],
  async run({ flags, words }, { compose, output, terminal, paths }) {
    const { entry, identity } = await compose.identity(words["IDENTITY"]);
    if (entry.kind === "device") {
      throw new Fault("ROLE_UNOFFERED", `${entry.name} is this device: no provider stands behind it that could offer roles`, {
        hints: ["name a role that trusts it: `brevet setup aws --role ARN`; its administrator knows the ARN"],
      });
    }
    const roles = flags.saml
      ? await samlRoles(identity, flags.audience ?? "urn:amazon:webservices")
      : await claimedRoles(identity, flags.claim === undefined ? ROLE_CLAIMS : [flags.claim]);
    if (roles.length === 0) {
      throw new Fault("ROLE_UNOFFERED", `the provider of ${entry.name} offers this person no AWS role`, {
        hints: [
          "see what the token says: `brevet token --audience AUDIENCE | brevet token inspect`",
          "name another claim by `--claim`",
        ],
      });
    }
    const ordered = byRecency(roles, recentRoles(paths));
    if (!flags.pick) {
      output(flags.json ? jsonPage(ordered) : ordered.map((role) => `${role}\n`).join(""));
      return 0;
    }
    const picked = await terminal.pick(
      "which role?",
      ordered.map((role) => ({ value: role, label: role })),
    );
    rememberRole(paths, picked);
    output(`${picked}\n`);
    return 0;
  },
});

async function samlRoles(identity: Identity, audience: string): Promise<readonly string[]> {
  const { prepareSamlResponse } = await import("../../wire/saml/response.ts");
  const assertion = await identity.assert({ audience, form: "saml", algorithms: ["RS256"] });
  return [...new Set(prepareSamlResponse((await assertion.value).reveal()).saml.roles.map(({ roleArn }) => roleArn))];
}

/** The token is the identity's own; AWS verifies it before any role is given. */
async function claimedRoles(identity: Identity, claims: readonly string[]): Promise<readonly string[]> {
  const request = {
    audience: "sts.amazonaws.com",
    audienceIsDefault: true,
    form: "jwt",
    algorithms: ["ES256", "RS256"],
  } as const;
  const token = decodeJwtUnverified((await (await identity.assert(request)).value).reveal());
  for (const claim of claims) {
    const roles = rolesInClaim(token.claims, claim);
    if (roles.length > 0) return roles;
  }
  return [];
}
