import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { Publisher } from "../../core/publisher.ts";
import { publishIssuer } from "../../flows/publish-issuer.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { type Context, defineCommand } from "../command.ts";
import { IDENTITY_WORD, requireIssuer } from "../device-issuer.ts";

export const command = defineCommand({
  path: "issuer publish",
  summary: "put the generated documents where clouds look",
  description: [
    "Reads what is published there, adds this device's keys to it, and loses nobody's. What is published is remembered:",
    "every token is checked by it before it leaves this machine.",
  ].join("\n"),
  positionals: [IDENTITY_WORD],
  flags: {
    to: { kind: "text", value: "FOLDER", doc: "the folder that is served as the issuer URL" },
    shared: {
      kind: "switch",
      doc: "share the issuer with the other keys that are there: each of them can then claim this subject",
    },
    json: { kind: "switch", doc: "print what was published as JSON" },
  },
  examples: [{ line: "brevet issuer publish --to /srv/www/laptop", does: "for a web server that serves it as the issuer URL" }],
  async run({ flags, words }, context) {
    const { compose, output, terminal } = context;
    const destination = await openDestination(flags.to, context);
    const device = await compose.device(words["IDENTITY"]);
    const { name, options, signer } = device;
    const issuer = requireIssuer(device);
    const published = await publishIssuer(
      { identity: name, issuer, shared: flags.shared || options.sharedIssuer },
      { signer, destination, ...(await compose.issuerCopies(name)) },
    );
    if (flags.shared && !options.sharedIssuer) {
      await compose.editConfig((text) => editConfig(text, ["identities", name, "sharedIssuer"], true));
      terminal.warn(`${issuer} is shared from now on: the config says so (sharedIssuer)`);
    }
    if (flags.json) {
      output(`${JSON.stringify({ issuer, ...published }, null, 2)}\n`);
      return 0;
    }
    for (const path of published.written) output(`${published.destination}/${path}\n`);
    if (published.written.length === 0) terminal.say(`everything is published at ${published.destination} already`);
    for (const kid of published.kids) terminal.say(`${published.foreign.includes(kid) ? "of others" : "of this device"}: ${kid}`);
    terminal.say(`next: \`brevet issuer verify ${name}\` fetches it as a cloud would`);
    return 0;
  },
});

/** A path is a folder; `scheme://…` names another kind of publisher. */
async function openDestination(to: string | undefined, { compose, workingFolder }: Context): Promise<Publisher> {
  if (to === undefined || to === "") {
    throw new Fault("USAGE_INVALID", "it was not said where to publish", {
      hints: [
        "`--to FOLDER`, which a web server serves as the issuer URL",
        "or upload the documents of `brevet issuer generate --output DIR`",
      ],
    });
  }
  const scheme = /^([a-z][a-z0-9-]+):\/\//.exec(to)?.[1];
  return scheme === undefined ? compose.publisher("directory", resolve(workingFolder, to)) : compose.publisher(scheme, to);
}
