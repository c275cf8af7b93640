import type { Publisher } from "../../core/publisher.ts";
import type { Cell } from "../../core/terminal.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { MOST_KEYS_OF_A_TYPE } from "../../trust/issuer/aws-rules.ts";
import { JWKS_PATH } from "../../wire/issuer-documents/discovery.ts";
import { keysOf } from "../../wire/issuer-documents/jwks-document.ts";
import { isUnderItsOwnId } from "../../wire/jwk/key-ids.ts";
import { type Context, defineCommand } from "../command.ts";
import { openPublisher } from "../device/destinations.ts";
import { type KeyReport, reportKeys } from "../device/key-report.ts";

/** A key in one of the places. */
interface ListedKey {
  readonly kid: string;
  readonly algorithm: string;
  /** The identity of this machine; null: another device's. */
  readonly identity: string | null;
  readonly state: KeyReport["state"] | "other";
  /** Whether the id is that of one of our keys, and the key is another. */
  readonly disputed: boolean;
  /** Where it is published: destinations in the words of `--to`. */
  readonly publishedTo: readonly string[];
}

const NO_DEVICE = "no device has its key here: `brevet init` makes this one's; `--to` looks at a place of others";

export const command = defineCommand({
  path: "issuer devices",
  description: [
    "Looks at every place that the identities of this machine are published at, or at those that --to names, and lists each key",
    "there with the identity it belongs to. A key that is of no identity here is another device's.",
  ].join("\n"),
  flags: {
    to: { kind: "texts", value: "FOLDER", doc: "look there instead" },
    json: { kind: "switch", doc: "print the keys as JSON" },
  },
  examples: [
    { line: "brevet issuer devices", does: "then: brevet issuer revoke DEVICE" },
    { line: "brevet issuer devices --to /srv/www/fleet", does: "who shares that issuer" },
  ],
  async run({ flags }, context) {
    const { output, terminal } = context;
    const own = await ownKeys(context);
    const words = flags.to.length > 0 ? flags.to : [...new Set(own.flatMap(({ destinations }) => destinations))];
    const places: Place[] = [];
    for (const word of words) places.push(await look(word, await openPublisher(word, context)));
    const keys = listed(own, places);
    if (flags.json) {
      output(jsonPage({ keys, limit: MOST_KEYS_OF_A_TYPE }));
      return 0;
    }
    if (keys.length === 0) {
      terminal.say(places.length === 0 ? NO_DEVICE : `no key is published at ${places.map(({ word }) => word).join(", ")}`);
      return 0;
    }
    output(await terminal.table(["device", "key", "algorithm", "state", "published at"], keys.map(cells)));
    for (const { kid, publishedTo } of keys.filter(({ disputed }) => disputed)) {
      const where = publishedTo.join(", ");
      terminal.warn(
        `another key is published at ${where} under ${kid}, or that one twice: whoever put it there can sign in as this device`,
      );
    }
    for (const { word, counts } of places) {
      for (const [algorithm, count] of counts) {
        const line = `${word} holds ${count} ${algorithm} keys, and AWS takes ${MOST_KEYS_OF_A_TYPE}`;
        if (count > MOST_KEYS_OF_A_TYPE * 0.8) terminal.warn(`${line}: give devices an issuer of their own`);
      }
    }
    return 0;
  },
});

interface OwnKeys {
  readonly identity: string;
  readonly keys: readonly KeyReport[];
  readonly destinations: readonly string[];
}

async function ownKeys({ compose }: Context): Promise<readonly OwnKeys[]> {
  const names = [...(await compose.config()).identities.values()].filter(({ kind }) => kind === "device").map(({ name }) => name);
  const found: OwnKeys[] = [];
  for (const identity of names) {
    const device = await compose.device(identity);
    found.push({ identity, keys: await reportKeys(device, compose), destinations: device.options.keys.publishedTo });
  }
  return found;
}

interface Place {
  readonly word: string;
  readonly keys: readonly { readonly kid: string; readonly algorithm: string; readonly isItself: boolean }[];
  readonly counts: ReadonlyMap<string, number>;
}

async function look(word: string, publisher: Publisher): Promise<Place> {
  const entries = keysOf(await publisher.read(JWKS_PATH), publisher.placeOf(JWKS_PATH));
  const keys = entries.map((entry, index) => ({
    kid: entry.kid ?? "(no kid)",
    algorithm: String(entry.members["alg"] ?? entry.members["kty"] ?? "?"),
    isItself: isUnderItsOwnId(entry) && entries.findIndex(({ kid }) => kid === entry.kid) === index,
  }));
  const counts = new Map<string, number>();
  for (const { algorithm } of keys) counts.set(algorithm, (counts.get(algorithm) ?? 0) + 1);
  return { word, keys, counts };
}

/** Our own keys first, published or not; then those of others, place by place. */
function listed(own: readonly OwnKeys[], places: readonly Place[]): readonly ListedKey[] {
  const at = (kid: string): readonly string[] =>
    places.filter(({ keys }) => keys.some((key) => key.kid === kid && key.isItself)).map(({ word }) => word);
  const ours = own.flatMap(({ identity, keys }) =>
    keys.map(({ kid, algorithm, state }) => ({ kid, algorithm, identity, state, disputed: false, publishedTo: at(kid) })),
  );
  const known = new Set(ours.map(({ kid }) => kid));
  const disputed = places.flatMap(({ word, keys }) =>
    keys
      .filter(({ kid, isItself }) => known.has(kid) && !isItself)
      .map(({ kid, algorithm }) => ({
        kid,
        algorithm,
        identity: null,
        state: "other" as const,
        disputed: true,
        publishedTo: [word],
      })),
  );
  const others = new Map(places.flatMap(({ keys }) => keys.filter(({ kid }) => !known.has(kid)).map((key) => [key.kid, key])));
  return [
    ...ours,
    ...disputed,
    ...[...others.values()].map(({ kid, algorithm }) => ({
      kid,
      algorithm,
      identity: null,
      state: "other" as const,
      disputed: false,
      publishedTo: places.filter(({ keys }) => keys.some((key) => key.kid === kid)).map(({ word }) => word),
    })),
  ];
}

function cells({ kid, algorithm, identity, state, disputed, publishedTo }: ListedKey): readonly Cell[] {
  return [
    identity === null ? { text: "(another)", tone: "dim" } : { text: identity, tone: "strong" },
    { text: kid },
    { text: algorithm },
    disputed ? { text: "another key under that id", tone: "bad" } : { text: state.replace("-", " ") },
    publishedTo.length === 0 ? { text: "nowhere", tone: "bad" } : { text: publishedTo.join(", ") },
  ];
}
