import { parseDuration } from "../../core/time.ts";
import { INVITE_SECONDS, INVITES } from "../../wire/brevet-api/admin/invites.ts";
import { API_FLAGS, defineApiCommand, minute } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin invites create",
  description:
    "Prints the link, once. Whoever has it is taken for that person: send it by a way that only they read. It counts once, and for " +
    "three days if --expires says nothing else.",
  positionals: [
    { name: "EMAIL", doc: "the e-mail address that their tokens will name", required: true },
    { name: "NAME", doc: "what they are called", required: true },
  ],
  flags: {
    ...API_FLAGS,
    group: { kind: "texts", value: "GROUP", doc: "a group that they will be in" },
    expires: { kind: "text", value: "TIME", doc: "how long the link is good, 5m to 30d; default 3d" },
  },
  examples: [
    { line: "brevet admin invites create bob@example.com Bob --group dev", does: "print a link for Bob" },
    {
      line: "brevet admin invites create eve@example.com Eve --group administrators --expires 1h",
      does: "another administrator",
    },
  ],
  async perform({ flags, words }, call, { terminal }) {
    const range = { min: INVITE_SECONDS.least, max: INVITE_SECONDS.most, where: "--expires" };
    const { value } = await call(INVITES.create, {
      body: {
        email: words["EMAIL"] ?? "",
        name: words["NAME"] ?? "",
        groups: [...flags.group],
        ...(flags.expires === undefined ? {} : { expiresInSeconds: parseDuration(flags.expires, range) }),
      },
    });
    if (!flags.json) terminal.say(`for ${value.name}, once, until ${minute(value.expiresAt)} UTC; it is shown only now:`);
    return { value, shown: { printed: `${value.link}\n` } };
  },
});
