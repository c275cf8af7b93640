import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { SIGN_IN_PROVIDER } from "../../wire/brevet-api/admin/sign-in-provider.ts";
import { API_FLAGS, defineApiCommand } from "../admin/api-command.ts";
import { readGivenFile } from "../flags/read-given-file.ts";

export const command = defineApiCommand({
  path: "admin sign-in-provider set",
  description:
    "The server asks it for its discovery document before it keeps it. Without a secret, the one stays that is kept for the same issuer and client.",
  positionals: [
    { name: "FILE", doc: "JSON: name, issuer, clientId, domains, enrols (invited or everybody), groups, claims", required: true },
  ],
  flags: {
    ...API_FLAGS,
    "secret-file": { kind: "text", value: "FILE", doc: "the server's client secret there, or - for stdin" },
  },
  examples: [
    { line: "brevet admin sign-in-provider set provider.json --secret-file -", does: "the secret is typed, then Ctrl-D" },
  ],
  async perform({ flags, words }, call) {
    const name = words["FILE"] ?? "";
    const provider = parseJsonObject(readGivenFile(name));
    if (provider === null)
      throw new Fault("USAGE_INVALID", `${name} holds no JSON object`, {
        hints: [
          'write it as `{"name": "Google", "issuer": "https://accounts.google.com", "clientId": "…", "domains": ["example.com"], "enrols": "invited"}`',
        ],
      });
    const file = flags["secret-file"];
    const secret = file === undefined ? {} : { clientSecret: readGivenFile(file).trim() };
    // The server itself refuses what is not a provider.
    const { version } = await call(SIGN_IN_PROVIDER.show);
    const body = { ...provider, ...secret } as never;
    const { value } = await call(SIGN_IN_PROVIDER.set, { body, ...(version === null ? {} : { version }) });
    return { value, shown: { said: `who comes shows who they are at ${value.provider.name}, ${value.provider.issuer}` } };
  },
});
