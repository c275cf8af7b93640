import { SIGN_IN_PROVIDER } from "../../wire/brevet-api/admin/sign-in-provider.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { confirmed, YES_FLAG } from "../flags/confirmed.ts";

export const command = defineApiCommand({
  path: "admin sign-in-provider remove",
  description: "Keys that are registered stay.",
  flags: { ...API_FLAGS, ...YES_FLAG },
  examples: [{ line: "brevet admin sign-in-provider remove --yes", does: "from now on, by links of administrators alone" }],
  async perform({ flags }, call, context) {
    const { value, version } = await call(SIGN_IN_PROVIDER.show);
    const { provider } = value;
    if (provider !== null) {
      await confirmed(flags.yes, context, async () => `remove the sign-in provider ${provider.name}?`);
      await call(SIGN_IN_PROVIDER.remove, version === null ? {} : { version });
    }
    const said = "there is no sign-in provider: people register a key by a link from an administrator";
    return { value: null, shown: { said } };
  },
});
