import { defineCommand } from "../command.ts";
import { awsFlags, awsSelection } from "../flags/aws-flags.ts";

export const command = defineCommand({
  path: "auth",
  flags: {
    ...awsFlags,
    provider: {
      kind: "text",
      value: "CLOUD",
      choices: ["aws"],
      doc: "whose credentials; Google's: `brevet credential gcp`; default aws",
    },
    format: {
      kind: "text",
      value: "FORM",
      choices: ["credential_process", "env"],
      doc: "how they are printed; default credential_process",
    },
  },
  examples: [{ line: "brevet auth --provider aws --format env", does: "exports for this shell" }],
  async run({ flags }, { compose, output }) {
    const profile = await compose.profilePath(awsSelection(flags));
    const credentials = await compose.credentials(profile, {
      renew: flags.renew ? "now" : "when-stale",
      purpose: `auth asks for the profile ${profile.name}`,
    });
    const { outlets } = compose;
    const outlet = await (flags.format === "env" ? outlets.env(undefined, output) : outlets.credentialProcess(output));
    return outlet.deliver(credentials);
  },
});
