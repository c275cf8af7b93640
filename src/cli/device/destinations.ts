import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";
import type { Publisher } from "../../core/publisher.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { parseConfig } from "../../wire/brevet-config/parse.ts";
import type { Context } from "../command.ts";
import type { OpenDevice } from "../identity-kinds.ts";

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
      `or upload the documents of \`${shellCommand`brevet issuer generate ${device.name} --output DIR`}\``,
    ],
  });
}

/** The same, but empty where there is none and a person uploads the documents. */
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

async function remember(identity: string, word: string, context: Context): Promise<void> {
  await editPlaces(identity, (before) => (before.includes(word) ? before : [...before, word]), context);
}

/**
 * Takes a place out of those that the identity is published at. What is published there stays.
 *
 * @param given the place as it was typed.
 * @returns the place in the words of the config.
 * @throws {Fault} `USAGE_INVALID` for a place that is none of them.
 */
export async function forgetDestination({ name, options }: OpenDevice, given: string, context: Context): Promise<string> {
  const word = absolute(given, context.workingFolder);
  const known = options.keys.publishedTo;
  if (!known.includes(word)) {
    const meant = nearest(word, known);
    const there = known.length === 0 ? "it is published nowhere yet" : `the places there are: ${known.join(", ")}`;
    throw new Fault("USAGE_INVALID", `--forget: ${name} is not published at ${word}`, {
      hints: [meant === null ? there : `did you mean ${meant}?`],
    });
  }
  await editPlaces(name, (before) => before.filter((one) => one !== word), context);
  return word;
}

type Places = readonly unknown[];

async function editPlaces(identity: string, edit: (before: Places) => Places, { compose, paths }: Context): Promise<void> {
  await compose.editConfig((text) => {
    const keys = parseConfig(text, paths.configFile).identities.get(identity)?.options["keys"];
    const { publishedTo: before = [] } = (keys ?? {}) as { readonly publishedTo?: Places };
    const after = edit(before);
    if (after.length === before.length) return text;
    return editConfig(text, ["identities", identity, "keys", "publishedTo"], after.length === 0 ? undefined : after);
  });
}
