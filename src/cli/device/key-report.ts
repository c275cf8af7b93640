import { isAbsolute } from "node:path";
import type { KeyPlace, SignatureAlgorithm, SignerDescription } from "../../core/signer.ts";
import type { Cell } from "../../core/terminal.ts";
import { formatUtc } from "../../core/time.ts";
import { JWKS_PATH } from "../../wire/issuer-documents/discovery.ts";
import { keysOf } from "../../wire/issuer-documents/jwks-document.ts";
import { isUnderItsOwnId } from "../../wire/jwk/key-ids.ts";
import type { Composition } from "../composition.ts";
import type { OpenDevice } from "../identity-kinds.ts";

/** One key of a device, for `status` and `issuer devices`. */
export interface KeyReport {
  readonly kid: string;
  readonly algorithm: SignatureAlgorithm;
  /** `next`: a rotation made it; `previous`: a rotation has replaced it, and it is published until {@link until}. */
  readonly state: "in-use" | "next" | "previous";
  readonly until: string | null;
  readonly signer: Pick<SignerDescription, "kind" | "residence" | "presence">;
  /** Whether the documents hold it that verifiers see, as far as this machine remembers. */
  readonly published: boolean;
  /**
   * Where its identity is published, in the words of `--to`; empty: its documents were uploaded by other means, and seen at the
   * issuer.
   */
  readonly publishedTo: readonly string[];
}

/** The keys that a device has, in use first. Asks no hardware: each signer remembers its public halves. */
export async function reportKeys({ name, options }: OpenDevice, compose: Composition): Promise<readonly KeyReport[]> {
  const { generation, next, previous, publishedTo } = options.keys;
  const { published } = await compose.issuerCopies(name);
  const known = new Set(
    keysOf(await published.read(JWKS_PATH), `the stored copy of ${name}`)
      .filter(isUnderItsOwnId)
      .map(({ kid }) => kid),
  );
  const sets: readonly (readonly [KeyReport["state"], KeyPlace | null])[] = [
    ["in-use", { signer: options.signer, generation }],
    ["next", next],
    ["previous", previous],
  ];
  const reports: KeyReport[] = [];
  for (const [state, place] of sets) {
    if (place === null) continue;
    const signer = await compose.keys(name, place);
    const { kind, residence, presence } = signer.description;
    const until = state === "previous" && previous !== null ? formatUtc(previous.until) : null;
    for (const { kid, algorithm } of await signer.publicKeys()) {
      reports.push({
        kid,
        algorithm,
        state,
        until,
        signer: { kind, residence, presence },
        // What was served at an issuer that was given up says nothing of where the keys are.
        published: options.issuer !== null && known.has(kid),
        publishedTo,
      });
    }
  }
  return reports;
}

/** The header of {@link keyCells}. */
export const KEY_COLUMNS = ["key of", "id", "algorithm", "signer", "asks", "state", "published"] as const;

/** A row of a table of keys. */
export function keyCells(identity: string, key: KeyReport): readonly Cell[] {
  const { kid, algorithm, state, until, signer, published } = key;
  return [
    { text: identity, tone: "strong" },
    { text: kid },
    { text: algorithm },
    {
      text: signer.kind === signer.residence ? signer.kind : `${signer.kind}, ${signer.residence}`,
      tone: signer.residence === "hardware" ? "good" : "warn",
    },
    { text: PRESENCE[signer.presence] },
    { text: state === "previous" ? `replaced, published until ${until}` : state.replace("-", " ") },
    published ? { text: publishedPlace(key), tone: "good" } : { text: "no", tone: "bad" },
  ];
}

/** Where a published key is, as far as is known here: a folder may not be served by anybody. */
export function publishedPlace({ publishedTo }: Pick<KeyReport, "publishedTo">): string {
  if (publishedTo.length === 0) return "seen at the issuer";
  return publishedTo.map((place) => (isAbsolute(place) ? `in the folder ${place}` : `to ${place}`)).join(", ");
}

/** What a signature asks of a person. */
const PRESENCE = { none: "nobody", touch: "a touch", pin: "a PIN", biometric: "a fingerprint or a face" } as const;
