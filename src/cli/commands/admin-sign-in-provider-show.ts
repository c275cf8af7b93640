import { jsonPage } from "../../platform/terminal/json-page.ts";
import { SIGN_IN_PROVIDER } from "../../wire/brevet-api/admin/sign-in-provider.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";

export const command = defineApiCommand({
  path: "admin sign-in-provider show",
  description: "As JSON, which `brevet admin sign-in-provider set` takes. Its secret is never shown.",
  flags: API_FLAGS,
  examples: [{ line: "brevet admin sign-in-provider show > provider.json", does: "edit it, then set it" }],
  async perform(_given, call) {
    const { value } = await call(SIGN_IN_PROVIDER.show);
    const { provider } = value;
    const none = { said: "there is none: people register a key by a link from an administrator" };
    return { value, shown: provider === null ? none : { printed: jsonPage(provider) } };
  },
});
