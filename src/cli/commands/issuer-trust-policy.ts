import { shellCommand } from "../../core/shell-command.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { webIdentityStatement } from "../../trust/aws/web-identity-trust.ts";
import { parseRoleArn } from "../../wire/aws-sts/role-arn.ts";
import { defineCommand } from "../command.ts";
import { IDENTITY_WORD, requireIssuer } from "../device/device-issuer.ts";
import { allowedFor } from "../setup/allowed-claims.ts";

export const command = defineCommand({
  path: "issuer trust-policy",
  description: [
    "Goes to stdout, ready for IAM. It lets in this device's subject alone, with tokens for that audience, and allows session",
    "tags and a source identity if the config has them. The account needs an OIDC provider for the issuer, too.",
  ].join("\n"),
  positionals: [IDENTITY_WORD],
  flags: {
    role: {
      kind: "text",
      value: "ARN",
      doc: "the role, which need not exist yet: its account is the provider's",
      required: true,
    },
    audience: { kind: "text", value: "AUDIENCE", doc: "the audience of the tokens; default sts.amazonaws.com" },
  },
  examples: [
    {
      line: "brevet issuer trust-policy --role arn:aws:iam::123456789012:role/dev > trust.json",
      does: "then create the role with it",
    },
  ],
  async run({ flags, words }, { compose, output, terminal }) {
    const { name, partition, accountId } = parseRoleArn(flags.role, "--role");
    const device = await compose.device(words["IDENTITY"]);
    const { subject } = device.options;
    const [issuer, audience] = [requireIssuer(device), flags.audience ?? "sts.amazonaws.com"];
    const allowed = allowedFor(flags.role, device, await compose.config());
    const statement = webIdentityStatement({ partition, accountId, issuer, subject, audience, ...allowed });
    output(jsonPage({ Version: "2012-10-17", Statement: [statement] }));
    terminal.say("as an administrator of that account, with this in trust.json:");
    terminal.say(`  \`${shellCommand`aws iam create-open-id-connect-provider --url ${issuer} --client-id-list ${audience}`}\``);
    terminal.say(
      `  \`${shellCommand`aws iam create-role --role-name ${name} --assume-role-policy-document file://trust.json`}\``,
    );
    const join = shellCommand`brevet setup aws --role ${flags.role} --identity ${device.name}`;
    terminal.say(`then: \`${join}\``);
    return 0;
  },
});
