import { SIGNING_KEYS } from "../../wire/brevet-api/admin/signing-keys.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { confirmedId, YES_FLAG } from "../flags/confirmed.ts";

export const command = defineApiCommand({
  path: "admin signing-keys revoke",
  description:
    "For a key that somebody else may have. Its successor signs at once, and verifiers that have not seen that one yet refuse its tokens until " +
    "they read the key set again. If it has none yet, `brevet admin signing-keys rotate` makes one.",
  positionals: [{ name: "KID", doc: "its id or the beginning of it, from the list", required: true }],
  flags: { ...API_FLAGS, ...YES_FLAG },
  examples: [
    {
      line: "brevet admin signing-keys revoke NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs --yes",
      does: "it was seen where it should not be",
    },
  ],
  async perform({ flags, words }, call, context) {
    const kid = await confirmedId(flags.yes, words["KID"] ?? "", context, async (typed) => {
      const { kid: id, algorithm, state } = (await call(SIGNING_KEYS.show, { segments: { kid: typed } })).value;
      return { id, question: `revoke the ${algorithm} key ${id}, which is ${state}? what it signed is refused from now on` };
    });
    const { value } = await call(SIGNING_KEYS.revoke, { segments: { kid } });
    return { value, shown: { said: "the key is published no more, and its successor signs" } };
  },
});
