import type { Publisher } from "../../core/publisher.ts";
import { type PublishedIssuer, publishIssuer } from "../../flows/publish-issuer.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { isServedNowhere } from "../../wire/issuer-documents/issuer-url.ts";
import { type Context, defineCommand } from "../command.ts";
import { forgetDestination, openDestinations } from "../device/destinations.ts";
import { IDENTITY_WORD, requireIssuer } from "../device/device-issuer.ts";
import { everySigner, keysOfAll } from "../device/device-keys.ts";
import type { OpenDevice } from "../identity-kinds.ts";

export const command = defineCommand({
  path: "issuer publish",
  description: [
    "Reads what is published there, adds this device's keys to it, and loses nobody's. What is published is remembered:",
    "every token is checked by it before it leaves this machine. So is where: the next time, --to may be left out.",
  ].join("\n"),
  positionals: [IDENTITY_WORD],
  flags: {
    to: {
      kind: "text",
      value: "PLACE",
      doc: [
        "what is served as the issuer URL: a folder, s3://BUCKET/PATH?region=REGION, gcs://BUCKET/PATH or",
        "azure-blob://ACCOUNT/CONTAINER/PATH; default: everywhere that it was published before",
      ].join(" "),
    },
    bucket: {
      kind: "text",
      value: "NAME",
      doc: "an S3 bucket, below the issuer's path: the same as --to s3://NAME/PATH?region=REGION",
      excludes: ["to"],
    },
    region: { kind: "text", value: "REGION", doc: "with --bucket: its region; default us-east-1", needs: "bucket" },
    distribution: {
      kind: "text",
      value: "ID",
      doc: "with --bucket: the CloudFront distribution whose copies are to be renewed",
      needs: "bucket",
    },
    shared: {
      kind: "switch",
      doc: "share the issuer with the other keys that are there: each of them can then claim this subject",
    },
    forget: {
      kind: "text",
      value: "PLACE",
      doc: "publish nothing, and no more at this place: it is not remembered any longer",
      excludes: ["to", "bucket", "shared", "json"],
    },
    json: { kind: "switch", doc: "print what was published as JSON" },
  },
  examples: [
    { line: "brevet issuer publish --to /srv/www/laptop", does: "for a web server that serves it as the issuer URL" },
    { line: "brevet issuer publish --bucket your-oidc-bucket --region us-east-1", does: "for S3, or CloudFront in front of it" },
    { line: "brevet issuer publish --to gcs://your-oidc-bucket/laptop", does: "for Cloud Storage, as its administrator" },
  ],
  async run({ flags, words }, context) {
    const { compose, output, terminal } = context;
    const device = await compose.device(words["IDENTITY"]);
    const { name, options } = device;
    if (flags.forget !== undefined) return forget(flags.forget, device, context);
    const signer = keysOfAll(await everySigner(device, compose));
    const issuer = requireIssuer(device);
    const destinations = await openDestinations(device, destinationWords(flags, issuer), context);
    const done: { readonly publisher: Publisher; readonly published: PublishedIssuer }[] = [];
    for (const { publisher, remember } of destinations) {
      const published = await publishIssuer(
        { identity: name, issuer, shared: flags.shared || options.sharedIssuer },
        { signer, destination: publisher, notices: terminal, ...(await compose.issuerCopies(name)) },
      );
      done.push({ publisher, published });
      await remember();
    }
    if (flags.shared && !options.sharedIssuer) {
      await compose.editConfig((text) => editConfig(text, ["identities", name, "sharedIssuer"], true));
      terminal.warn(`${issuer} is shared from now on: the config says so (sharedIssuer)`);
    }
    if (flags.json) {
      output(jsonPage({ issuer, published: done.map(({ published }) => published) }));
      return 0;
    }
    for (const { publisher, published } of done) report(published, publisher, context);
    terminal.say(
      isServedNowhere(issuer)
        ? "next: `brevet status --check` tries each profile"
        : `next: \`brevet issuer verify ${name}\` fetches it as a cloud would`,
    );
    return 0;
  },
});

async function forget(place: string, device: OpenDevice, context: Context): Promise<number> {
  const word = await forgetDestination(device, place, context);
  context.terminal.say(`${device.name} is not published to ${word} any more; what lies there stays until you delete it`);
  return 0;
}

interface DestinationFlags {
  readonly to: string | undefined;
  readonly bucket: string | undefined;
  readonly region: string | undefined;
  readonly distribution: string | undefined;
}

/** Where to publish, in the words of `--to`; empty: everywhere it was published before. */
function destinationWords({ to, bucket, region, distribution }: DestinationFlags, issuer: string): readonly string[] {
  if (bucket === undefined) return to === undefined ? [] : [to];
  const { pathname } = new URL(issuer);
  const query = new URLSearchParams({ region: region ?? "us-east-1", ...(distribution === undefined ? {} : { distribution }) });
  return [`s3://${bucket}${pathname.replace(/\/$/, "")}?${query}`];
}

function report(
  { destination, written, kids, foreign }: PublishedIssuer,
  publisher: Publisher,
  { output, terminal }: Context,
): void {
  for (const path of written) output(`${publisher.placeOf(path)}\n`);
  if (written.length === 0) terminal.say(`everything is published at ${destination} already`);
  for (const kid of kids) terminal.say(`${foreign.includes(kid) ? "of others" : "of this device"}: ${kid}`);
}
