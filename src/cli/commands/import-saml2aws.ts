import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { readUserFile } from "../../platform/user-file.ts";
import { importProviders } from "../../setup/import-providers.ts";
import { defineCommand } from "../command.ts";
import { takeOver } from "../setup/take-over.ts";

export const command = defineCommand({
  path: "import saml2aws",
  description: [
    "Makes an identity of each account at Keycloak, and a profile of its role by SAML. saml2aws fills in login pages and needs no",
    "client; brevet signs in by OpenID Connect, so a client has to be registered at the realm. Nothing of saml2aws is changed.",
  ].join("\n"),
  flags: {
    "client-id": {
      kind: "text",
      value: "ID",
      doc: "the public OpenID client that is registered for brevet at the realm, with the redirect URL `http://127.0.0.1/*`",
      required: true,
    },
    file: { kind: "text", value: "FILE", doc: "its config; default: $SAML2AWS_CONFIGFILE, else ~/.saml2aws" },
    "dry-run": { kind: "switch", doc: "show what would be added, and add nothing" },
    json: { kind: "switch", doc: "print the plan as JSON" },
  },
  examples: [{ line: "brevet import saml2aws --client-id brevet --dry-run", does: "see what would be added" }],
  async run({ flags }, context) {
    const { terminal, environment } = context;
    const clientId = flags["client-id"];
    const home = environment["HOME"] || environment["USERPROFILE"] || "";
    const file = flags.file ?? (environment["SAML2AWS_CONFIGFILE"] || join(home, ".saml2aws"));
    const text = readUserFile(file)?.text;
    if (text === undefined) {
      throw new Fault("FILE_UNREADABLE", `there is no config of saml2aws at ${file}`, { hints: ["name it by `--file`"] });
    }
    const { parseSaml2aws } = await import("../../wire/saml2aws/parse.ts");
    const { providers, left } = parseSaml2aws(text, file, clientId);
    await takeOver("import-saml2aws", importProviders(providers, []), { flags }, context);
    for (const { name, left: lines } of providers) for (const line of lines) terminal.warn(`${name}: left out ${line}`);
    for (const line of left) terminal.warn(`left out ${line}`);
    return 0;
  },
});
