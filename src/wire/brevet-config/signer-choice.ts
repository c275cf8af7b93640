import * as v from "valibot";
import { type Place, placeIn } from "../../core/place.ts";
import type { SignerChoice, SignerContext } from "../../core/signer.ts";

/** The schema of what holds a key: the name of a signer kind, or an object with `kind` and that kind's own options. */
export const signerSchema = v.union([v.string(), v.looseObject({ kind: v.string() })]);

/** What was written by {@link signerSchema}; the kind itself checks its options. */
export function signerChoice(written: v.InferOutput<typeof signerSchema>): SignerChoice {
  if (typeof written === "string") return { kind: written, options: {} };
  const { kind, ...options } = written;
  return { kind, options };
}

/** The same as the config keeps it: only the name, where there is nothing else. */
export function signerEntry({ kind, options = {} }: Pick<SignerChoice, "kind"> & Partial<SignerChoice>): unknown {
  return Object.keys(options).length === 0 ? kind : { kind, ...options };
}

/** Where the options of a signer come from. */
export function signerPlace({ identity, place }: Pick<SignerContext<unknown>, "identity" | "place">): Place {
  return place ?? placeIn(null, `identities.${identity}.signer`);
}
