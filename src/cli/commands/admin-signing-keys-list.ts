import { SIGNING_KEYS } from "../../wire/brevet-api/admin/signing-keys.ts";
import { defineApiCommand, LIST_FLAGS, pagingOf } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin signing-keys list",
  flags: LIST_FLAGS,
  examples: [{ line: "brevet admin signing-keys list", does: "which sign, which wait, which were revoked" }],
  async perform({ flags }, call) {
    const { value } = await call(SIGNING_KEYS.list, { query: pagingOf(flags) });
    const tones = { signing: "good", waiting: "strong", retired: "dim", withdrawn: "dim", revoked: "bad" } as const;
    const rows = value.items.map((key) => [
      { text: key.kid },
      { text: key.algorithm },
      { text: key.state, tone: tones[key.state] },
      { at: key.signsFrom },
      { at: key.revokedAt ?? key.retiredAt },
    ]);
    return {
      value,
      shown: {
        header: ["key", "algorithm", "state", "signs from", "until"],
        rows,
        next: value.next,
        none: "there is no signing key",
      },
    };
  },
});
