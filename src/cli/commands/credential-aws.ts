import { defineCommand } from "../command.ts";
import { awsFlags, awsSelection } from "../flags/aws-flags.ts";

export const command = defineCommand({
  path: "credential aws",
  description: [
    "Prints one line of JSON on stdout, as the AWS CLI and every AWS SDK read it, or nothing.",
    "Credentials are kept sealed between calls and replaced 15 minutes before their end.",
  ].join("\n"),
  flags: awsFlags,
  examples: [
    { line: "brevet credential aws --profile dev", does: "the credentials of the profile dev" },
    { line: "brevet credential aws --role arn:aws:iam::123456789012:role/dev", does: "of a role that no profile names" },
  ],
  async run({ flags }, { compose, output, environment }) {
    const profile = await compose.profilePath(awsSelection(flags));
    const purpose = `${environment["AWS_EXECUTION_ENV"] ?? "a program"} asks for the profile ${profile.name}`;
    const credentials = await compose.credentials(profile, { renew: flags["renew"] ? "now" : "when-stale", purpose });
    const outlet = await compose.outlets.credentialProcess(output);
    return outlet.deliver(credentials);
  },
});
