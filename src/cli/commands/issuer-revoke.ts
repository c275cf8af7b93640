import { counted } from "../../core/counted.ts";
import { Fault } from "../../core/fault.ts";
import type { Publisher } from "../../core/publisher.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { LockHolder } from "../../core/store.ts";
import { forgetCredentials, forgetLateCredentials } from "../../flows/forget-credentials.ts";
import { forgetKeysIn, keyMeant, type RevokedAt, revokeKeysAt } from "../../flows/revoke-keys.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { keyHolders } from "../../setup/key-holders.ts";
import { otherRecords, type PlanRecord } from "../../setup/record.ts";
import { awsRevocation } from "../../setup/revoke-aws.ts";
import { trustedKeys } from "../../setup/trusted-keys.ts";
import { parseRoleArn } from "../../wire/aws-sts/role-arn.ts";
import { DISCOVERY_PATH, JWKS_PATH } from "../../wire/issuer-documents/discovery.ts";
import { keysOf } from "../../wire/issuer-documents/jwks-document.ts";
import { isThumbprint } from "../../wire/jwk/thumbprint.ts";
import { type Context, defineCommand, type FlagValues } from "../command.ts";
import { knownDestinations, openPublisher } from "../device/destinations.ts";
import { configKeyBook } from "../device/key-book.ts";
import { reportKeys } from "../device/key-report.ts";
import { type Revoked, reportRevocation } from "../device/revocation-report.ts";
import { confirmed, YES_FLAG } from "../flags/confirmed.ts";
import { forgetDevice, requireNoProfile } from "../forget-identity.ts";
import type { OpenDevice } from "../identity-kinds.ts";
import { profilesProvedBy, rolesProvedBy } from "../proving-identity.ts";
import { cacheKeyPrefix } from "../resolve-profile.ts";

const flags = {
  to: {
    kind: "texts",
    value: "FOLDER",
    doc: "where its documents are published; default: everywhere that this machine published them",
  },
  role: {
    kind: "texts",
    value: "ARN",
    doc: "an AWS role that trusted it, to print the denials for; default: the roles of this machine's profiles",
  },
  subject: {
    kind: "text",
    value: "SUB",
    doc: "with --role: its subject, where it shares an issuer with others and is not of this machine",
    needs: "role",
  },
  forget: { kind: "switch", doc: "also forget the identity of this machine, and its subject, which roles trust" },
  ...YES_FLAG,
  json: { kind: "switch", doc: "print what was done and the policies as JSON" },
} as const;

export const command = defineCommand({
  path: "issuer revoke",
  description: [
    "DEVICE is an identity of this machine, or the id of a key that another machine had (`brevet issuer devices` lists them); for",
    "the latter --to says where. The key is taken out of every document. An identity of this machine also loses its private key",
    "and its cached credentials, and stays for a new key unless --forget is given. Then it prints, for each AWS role, what shuts",
    "the door at once and what ends open sessions, and names other verifiers that may still hold the key.",
  ].join("\n"),
  positionals: [{ name: "DEVICE", doc: "an identity of this machine, or the id of a published key", required: true }],
  flags,
  examples: [
    { line: "brevet issuer revoke laptop", does: "this machine's own identity" },
    { line: "brevet issuer revoke laptop --forget", does: "the same, and the identity goes too: another device gets the name" },
    {
      line: "brevet issuer revoke Nk2xv7 --to /srv/www/laptop --role arn:aws:iam::123456789012:role/dev",
      does: "a machine that is gone, by the beginning of its key's id",
    },
  ],
  async run({ flags: given, words }, context) {
    const { compose, output } = context;
    const wanted = words["DEVICE"] ?? "";
    const known = (await compose.config()).identities.get(wanted);
    if (given.forget && known?.kind !== "device") {
      const person = `where somebody signs in as it: \`${shellCommand`brevet logout ${wanted} --forget`}\``;
      throw new Fault("USAGE_INVALID", `--forget is for a device of this machine, and "${wanted}" is none`, {
        hints: known === undefined ? [] : [person],
      });
    }
    const revocation =
      known?.kind === "device"
        ? await revocationOfOwn(await compose.device(wanted), given, context)
        : await revocationOfForeign(wanted, given, context);
    await confirmed(given.yes, context, async () => revocation.question);
    const revoked = await revocation.revoke();
    const policies = await denials(revoked, given, context);
    if (given.json) output(jsonPage({ ...revoked, aws: policies }));
    else reportRevocation(revoked, policies, context);
    return 0;
  },
});

/** What is to be revoked, found before anybody is asked. */
interface Revocation {
  readonly question: string;
  revoke(): Promise<Revoked>;
}

/** @throws {Fault} `IDENTITY_IN_USE` */
async function revocationOfOwn(
  device: OpenDevice,
  { to, forget }: Pick<FlagValues<typeof flags>, "to" | "forget">,
  context: Context,
): Promise<Revocation> {
  const { name } = device;
  if (forget) {
    const instead = `to revoke its key alone: \`${shellCommand`brevet issuer revoke ${name}`}\``;
    await requireNoProfile(name, instead, context);
  }
  const what = forget
    ? `Revoke ${name} and forget it? Its private key and its subject are`
    : `Revoke ${name}? Its private key is`;
  return {
    question: `${what} destroyed, and no role trusts this device any more.`,
    async revoke() {
      const revoked = await revokeOwn(device, to, context);
      if (!forget) return revoked;
      await forgetDevice(name, context);
      return { ...revoked, forgotten: true };
    },
  };
}

/** The documents first, then what is here: after an interruption the keys are still known, and it can be run again. */
async function revokeOwn(device: OpenDevice, to: readonly string[], context: Context): Promise<Revoked> {
  const { compose, terminal } = context;
  const { name, options } = device;
  const kids = new Set((await reportKeys(device, compose)).map(({ kid }) => kid));
  const recorded = trustedKeys(options.subject, await readableRecords(context));
  const config = await compose.config();
  const roles = rolesProvedBy(name, config);
  // What a setup made holds a key, also when the config does not lead there any more.
  const known = [...new Set([...options.keys.publishedTo, ...recorded.places])];
  const destinations = await knownDestinations(device, to.length > 0 ? to : known, context);
  if (destinations.length === 0)
    terminal.warn(`it is not known where the documents of ${name} are published: take the keys out by hand`);
  const places: RevokedAt[] = [];
  for (const { publisher } of destinations) places.push(await revokeKeysAt(publisher, kids));
  const { generated, published } = await compose.issuerCopies(name);
  for (const copy of [generated, published]) await forgetKeysIn(copy, kids);
  const [store, prefix] = [await compose.store(), cacheKeyPrefix(name)];
  const atOnce = await forgetCredentials(store, prefix);
  const book = await configKeyBook(device, null, context);
  const left: string[] = [];
  for (const set of [book.current, book.next, book.previous])
    left.push(...((await set?.signer.destroyKeys()) ?? []).map(({ kid }) => kid));
  await book.settle();
  // Who asked before that still has a token, and keeps what it gives.
  const waiting = ({ pid, purpose }: LockHolder): void => terminal.say(`waiting for process ${pid}: ${purpose}`);
  const forgotten = atOnce + (await forgetLateCredentials({ prefix, purpose: `revokes ${name}` }, { store, waiting }));
  const destroyed = counted(kids.size - new Set(left).size, "private key");
  terminal.say(`destroyed ${destroyed} and ${counted(forgotten, "cached credential")} of ${name}`);
  for (const kid of new Set(left)) terminal.warn(`the private key of ${kid} was there before ${name}, and stays where it is`);
  return {
    keys: [...kids],
    places,
    issuer: options.issuer,
    subject: options.subject,
    shared: options.sharedIssuer,
    identity: name,
    forgotten: false,
    holders: keyHolders(
      profilesProvedBy(name, config),
      places.map(({ destination }) => destination),
    ),
    roles: [...new Set([...roles.direct, ...recorded.roles])],
    chainedRoles: roles.chained,
  };
}

async function readableRecords({ compose, terminal }: Context): Promise<readonly PlanRecord[]> {
  const { records } = await compose.plans();
  const readable = await otherRecords(null, records);
  for (const id of (await records.list()).filter((one) => readable.every((record) => record.id !== one))) {
    terminal.warn(`the record of the setup ${id} cannot be read: see yourself whether its cloud has the key`);
  }
  return readable;
}

/** @throws {Fault} `USAGE_INVALID`, `KEY_ABSENT` */
async function revocationOfForeign(
  wanted: string,
  { to, role, subject }: Pick<FlagValues<typeof flags>, "to" | "role" | "subject">,
  context: Context,
): Promise<Revocation> {
  const publishers: Publisher[] = [];
  for (const word of to) publishers.push(await openPublisher(word, context));
  if (publishers.length === 0) {
    throw new Fault(
      "USAGE_INVALID",
      `"${wanted}" is no identity of this machine, and it was not said where its key is published`,
      {
        hints: [`\`${shellCommand`brevet issuer revoke ${wanted} --to`} …\` with the folder or bucket of its issuer`],
      },
    );
  }
  const published: string[] = [];
  for (const publisher of publishers) {
    const keys = keysOf(await publisher.read(JWKS_PATH), publisher.placeOf(JWKS_PATH));
    published.push(...keys.flatMap(({ kid }) => kid ?? []));
  }
  // A key that is gone from its issuer's documents may have sessions at AWS still: its whole id prints again what ends them.
  const again = role.length > 0 && isThumbprint(wanted) && (await holdAnIssuer(publishers));
  const kid = again ? wanted : keyMeant(wanted, published, to);
  if (role.length > 0 && subject === undefined && published.some((other) => other !== kid)) {
    throw new Fault(
      "USAGE_INVALID",
      `other devices share the issuer of ${kid}: a denial without its subject would lock them all out`,
      {
        hints: [
          "say which one is out: `--subject SUB`, which `brevet status` showed there and CloudTrail records",
          "or leave --role out, to take the key out and print no denial",
        ],
      },
    );
  }
  return {
    question: `Take the key ${kid} out of the documents? Whoever holds it is locked out.`,
    revoke: () => revokeForeign(kid, publishers),
  };
}

async function holdAnIssuer(publishers: readonly Publisher[]): Promise<boolean> {
  for (const { read } of publishers) if ((await read(DISCOVERY_PATH)) !== null) return true;
  return false;
}

async function revokeForeign(kid: string, publishers: readonly Publisher[]): Promise<Revoked> {
  const places: RevokedAt[] = [];
  for (const publisher of publishers) places.push(await revokeKeysAt(publisher, new Set([kid])));
  const issuer = places.find((place) => place.issuer !== null)?.issuer ?? null;
  return {
    keys: [kid],
    places,
    issuer,
    subject: null,
    shared: places.some(({ left }) => left > 0),
    identity: null,
    forgotten: false,
    holders: [],
    roles: [],
    chainedRoles: [],
  };
}

async function denials(
  revoked: Revoked,
  given: { readonly role: readonly string[]; readonly subject: string | undefined },
  context: Context,
) {
  const { issuer, shared, subject } = revoked;
  if (issuer === null) return [];
  const [direct, chained] = given.role.length > 0 ? [given.role, []] : [revoked.roles, revoked.chainedRoles];
  const input = { issuer, shared, subject: subject ?? given.subject ?? null, at: context.compose.clock.now() };
  return [
    ...direct.map((role) => awsRevocation(parseRoleArn(role, "--role"), { ...input, chained: false })),
    ...chained.map((role) => awsRevocation(parseRoleArn(role, "roleArn"), { ...input, chained: true })),
  ];
}
