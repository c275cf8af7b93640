import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";
import type { KeyPlace, SignerChoice } from "../../core/signer.ts";
import { formatUtc } from "../../core/time.ts";
import { keepPlaces } from "../../flows/kept-places.ts";
import type { KeyBook, KeySet } from "../../flows/rotate-key.ts";
import { editConfig } from "../../wire/brevet-config/edit.ts";
import { parseConfig } from "../../wire/brevet-config/parse.ts";
import { signerEntry } from "../../wire/brevet-config/signer-choice.ts";
import type { Context } from "../command.ts";
import type { OpenDevice } from "../identity-kinds.ts";

/** Where a rotation stands, kept in the config: one edit for each step, none of which overwrites another process's change. */
export interface ConfigKeyBook extends KeyBook {
  /** The keys in use and the next ones as they are now, for a trial of them. */
  place(key: "current" | "next"): { readonly place: KeyPlace; readonly set: KeySet };
}

/**
 * @param wanted the signer of the next keys; null: as now.
 * @throws {Fault} `ROTATION_PENDING` if a rotation to another signer is under way.
 */
export async function configKeyBook(device: OpenDevice, wanted: SignerChoice | null, context: Context): Promise<ConfigKeyBook> {
  const { name, options } = device;
  const { compose } = context;
  const { keys, signer } = options;
  const present: KeyPlace = { signer, generation: keys.generation };
  const places = new Map([present, keys.next, keys.previous].flatMap((place) => (place ? [[place.generation, place]] : [])));
  refuseOtherSigner(device, wanted);
  const open = async (place: KeyPlace): Promise<KeySet> => ({
    signer: await compose.keys(name, place),
    generation: place.generation,
  });
  const current = await open(present);
  const placeOf = (generation: number): KeyPlace => {
    const place = places.get(generation);
    if (place === undefined) throw new TypeError(`${name} has no keys of generation ${generation}`);
    return place;
  };
  const kept: JsonObject = keys.publishedTo.length === 0 ? {} : { publishedTo: keys.publishedTo };
  let expected = rawKeys((await compose.config()).identities.get(name)?.options);

  /** The block `keys`, and the signer where it changes, in one edit. */
  async function write(block: JsonObject, inUse: KeyPlace): Promise<void> {
    const written = { ...(inUse.generation === 1 ? {} : { generation: inUse.generation }), ...kept, ...block };
    await compose.editConfig((text) => {
      const there = rawKeys(parseConfig(text, context.paths.configFile).identities.get(name)?.options);
      if (there !== expected) throw changedMeanwhile(name);
      const signed = editConfig(text, ["identities", name, "signer"], signerEntry(inUse.signer));
      return editConfig(signed, ["identities", name, "keys"], Object.keys(written).length === 0 ? undefined : written);
    });
    expected = JSON.stringify(written);
    await keepPlaces(await compose.store(), name, { signer: signerEntry(inUse.signer), keys: written });
  }

  let inUse = present;
  let next = keys.next;
  let nextSet = next === null ? null : await open(next);
  return {
    current,
    next: nextSet,
    previous: keys.previous === null ? null : { ...(await open(keys.previous)), until: keys.previous.until },
    place(key) {
      if (key === "current" || next === null) return { place: present, set: current };
      return { place: next, set: nextSet ?? current };
    },
    async propose() {
      const taken = new Set((await current.signer.publicKeys()).map(({ kid }) => kid));
      for (let generation = keys.generation + 1; ; generation++) {
        const place = { signer: wanted ?? signer, generation };
        places.set(generation, place);
        const set = await open(place);
        // What an earlier attempt recorded there may be the key in use, of a signer that has one key for all names.
        if ((await set.signer.publicKeys()).every(({ kid }) => !taken.has(kid))) return set;
      }
    },
    async begin(set) {
      next = placeOf(set.generation);
      nextSet = set;
      await write({ next: placeEntry(next) }, inUse);
    },
    async switchOver(until) {
      if (next === null) throw new TypeError("there is nothing to switch to");
      const old = inUse;
      inUse = next;
      await write({ previous: { ...placeEntry(old), until: formatUtc(until) } }, inUse);
    },
    settle: () => write({}, inUse),
  };
}

function refuseOtherSigner({ name, options }: OpenDevice, wanted: SignerChoice | null): void {
  const { next, previous } = options.keys;
  const under = next ?? (previous === null ? null : { signer: options.signer });
  if (wanted === null || under === null || JSON.stringify(under.signer) === JSON.stringify(wanted)) return;
  throw new Fault("ROTATION_PENDING", `a rotation of ${name} to the signer ${under.signer.kind} is under way`, {
    hints: [
      `finish it first: \`brevet issuer rotate ${name}\``,
      ...(next === null ? [] : [`or drop it: \`brevet issuer rotate ${name} --abandon\``]),
    ],
  });
}

function placeEntry({ signer, generation }: KeyPlace): JsonObject {
  return { signer: signerEntry(signer), generation };
}

function rawKeys(options: JsonObject | undefined): string {
  return JSON.stringify(options?.["keys"] ?? {});
}

function changedMeanwhile(name: string): Fault {
  return new Fault("ROTATION_PENDING", `the keys of ${name} were changed in the config by another process meanwhile`, {
    hints: [`see where it stands: \`brevet status\`, then run \`brevet issuer rotate ${name}\` again`],
  });
}
