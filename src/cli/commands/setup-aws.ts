import { Fault } from "../../core/fault.ts";
import { defineCommand } from "../command.ts";
import { awsSetupFlags } from "../setup/aws/flags.ts";
import { samlOf } from "../setup/aws/saml-flags.ts";

export const command = defineCommand({
  path: "setup aws",
  description: [
    "With --policy-arn: creates what AWS needs, once, as an administrator of the account: one CloudFormation stack with what",
    "serves the issuer's two files, the OIDC provider and a role with these policies. Publishes the files, writes the profiles,",
    "and tries them until AWS takes them. Needs credentials as AWS's own tools find them, and no AWS CLI.",
    "With --role: joins a role that exists, and changes nothing in AWS; with --via, one that another profile's role may assume.",
    "",
    "The profile goes into brevet's config and, by the same name, into ~/.aws/config, which asks brevet for credentials. Nothing",
    "else in the two files changes; a copy is kept beside each. `brevet unsetup` removes exactly what was made.",
  ].join("\n"),
  flags: awsSetupFlags,
  examples: [
    {
      line: "brevet setup aws --policy-arn arn:aws:iam::123456789012:policy/MyDevPolicy",
      does: "create everything; then: aws --profile brevet s3 ls",
    },
    {
      line: "brevet setup aws --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --dry-run",
      does: "show what would be created",
    },
    { line: "brevet setup aws --role arn:aws:iam::123456789012:role/dev", does: "join a role; then: aws --profile brevet s3 ls" },
    {
      line: "brevet setup aws --role arn:aws:iam::210987654321:role/prod --via brevet --profile prod",
      does: "a role of another account, by the first one",
    },
  ],
  async run({ flags }, context) {
    const { role, "policy-arn": policies } = flags;
    const metadata = flags["saml-metadata"];
    if (policies.length > 0 && metadata !== undefined) {
      return (await import("../setup/aws/create-saml-trust.ts")).createSamlTrust(metadata, flags, context);
    }
    if (policies.length > 0 && samlOf(flags) !== null) {
      throw new Fault(
        "USAGE_INVALID",
        "--policy-arn creates a role that trusts an issuer of tokens, and --saml is for one that trusts assertions",
        {
          hints: [
            "have its metadata trusted: `--saml-metadata FILE`",
            "or name a role that trusts the SAML provider: `--saml --role arn:aws:iam::123456789012:role/NAME`",
          ],
        },
      );
    }
    if (policies.length > 0) return (await import("../setup/aws/create-trust.ts")).createTrust(flags, context);
    if (role === undefined) {
      throw new Fault("USAGE_INVALID", "`brevet setup aws` needs --policy-arn or --role", {
        hints: [
          "run `brevet setup aws … --policy-arn arn:aws:iam::123456789012:policy/NAME` to create a role with that policy",
          "run `brevet setup aws … --role arn:aws:iam::123456789012:role/NAME` with a role that exists",
        ],
      });
    }
    return (await import("../setup/aws/join-role.ts")).joinRole(role, flags, context);
  },
});
