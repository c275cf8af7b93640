import { resolve } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Publisher } from "../core/publisher.ts";
import { editConfig } from "../wire/brevet-config/edit.ts";
import { parseConfig } from "../wire/brevet-config/parse.ts";
import type { Context } from "./command.ts";
import type { OpenDevice } from "./identity-kinds.ts";

/** A place where documents are published. */
export interface Destination {
  /** In the words of `--to`, the path of a folder made absolute. */
  readonly word: string;
  readonly publisher: Publisher;
  /** Keeps it in the config, so that a rotation and a revocation find it. */
  remember(): Promise<void>;
}

/**
 * The places that were given, else every one that the identity was published at before.
 *
 * @throws {Fault} `USAGE_INVALID` if there is none; `KIND_UNKNOWN`.
 */
export async function openDestinations(
  device: OpenDevice,
  given: readonly string[],
  context: Context,
): Promise<readonly Destination[]> {
  const found = await knownDestinations(device, given, context);
  if (found.length > 0) return found;
  throw new Fault("USAGE_INVALID", "it was not said where to publish", {
    hints: [
      "`--to FOLDER`, which a web server serves as the issuer URL",
      "or upload the documents of `brevet issuer generate --output DIR`",
    ],
  });
}

/** The same; none if there is none: then a person uploads the documents. */
export async function knownDestinations(
  device: OpenDevice,
  given: readonly string[],
  context: Context,
): Promise<readonly Destination[]> {
  const words = given.filter((word) => word !== "").map((word) => absolute(word, context.workingFolder));
  const wanted = words.length > 0 ? words : device.options.keys.publishedTo;
  return Promise.all(
    wanted.map(async (word) => ({
      word,
      publisher: await openPublisher(word, context),
      remember: async () => {
        if (!device.options.keys.publishedTo.includes(word)) await remember(device.name, word, context);
      },
    })),
  );
}

/** A path is a folder; `scheme://…` names another kind of publisher. */
export async function openPublisher(
  word: string,
  { compose, workingFolder }: Pick<Context, "compose" | "workingFolder">,
): Promise<Publisher> {
  const scheme = schemeOf(word);
  return scheme === null ? compose.publisher("directory", absolute(word, workingFolder)) : compose.publisher(scheme, word);
}

function schemeOf(word: string): string | null {
  return /^([a-z][a-z0-9-]+):\/\//.exec(word)?.[1] ?? null;
}

function absolute(word: string, workingFolder: string): string {
  return schemeOf(word) === null ? resolve(workingFolder, word) : word;
}

async function remember(identity: string, word: string, { compose, paths }: Context): Promise<void> {
  const known = (text: string): readonly unknown[] => {
    const keys = parseConfig(text, paths.configFile).identities.get(identity)?.options["keys"];
    const { publishedTo } = (keys ?? {}) as { readonly publishedTo?: readonly unknown[] };
    return publishedTo ?? [];
  };
  await compose.editConfig((text) => {
    const before = known(text);
    return before.includes(word) ? text : editConfig(text, ["identities", identity, "keys", "publishedTo"], [...before, word]);
  });
}
