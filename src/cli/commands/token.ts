import { defineCommand } from "../command.ts";
import { bearerFlags, bearerToken } from "../flags/bearer-flags.ts";

export const command = defineCommand({
  path: "token",
  description: [
    "The token names that audience alone and lives at most five minutes. Whoever has it can use it there, so it goes to",
    "stdout and nowhere else.",
  ].join("\n"),
  flags: bearerFlags,
  examples: [
    { line: "brevet token --audience https://app.example.com", does: "one line on stdout" },
    { line: "brevet token -a https://app.example.com | brevet token inspect", does: "see what is in it" },
  ],
  async run({ flags }, { compose, output }) {
    const credentials = await bearerToken(flags, "token", compose);
    return (await compose.outlets.token(output)).deliver(credentials);
  },
});
