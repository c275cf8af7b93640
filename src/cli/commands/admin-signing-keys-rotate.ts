import { parseDuration } from "../../core/time.ts";
import { AHEAD_SECONDS, SIGNING_KEYS } from "../../wire/brevet-api/admin/signing-keys.ts";
import { API_FLAGS, defineApiCommand, minute } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin signing-keys rotate",
  description:
    "They are published now and sign a day later, when every verifier has seen them; the present keys stay published until their last " +
    "token has ended. The server does this by itself every 90 days.",
  flags: {
    ...API_FLAGS,
    ahead: { kind: "text", value: "TIME", doc: "how long they are published before they sign, 1h to 30d; default 1d" },
  },
  examples: [{ line: "brevet admin signing-keys rotate", does: "before it is due" }],
  async perform({ flags }, call) {
    const { ahead } = flags;
    const range = { min: AHEAD_SECONDS.least, max: AHEAD_SECONDS.most, where: "--ahead" };
    const body = ahead === undefined ? {} : { aheadSeconds: parseDuration(ahead, range) };
    const { value } = await call(SIGNING_KEYS.rotate, { body });
    return { value, shown: { said: `the new keys are published, and sign from ${minute(value.signsFrom)} UTC on` } };
  },
});
