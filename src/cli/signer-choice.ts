import { Fault } from "../core/fault.ts";
import type { SignerCandidate } from "../flows/create-device.ts";
import type { RawObject } from "../wire/brevet-config/config.ts";
import type { Context } from "./command.ts";

/** The flag of every command that takes `--signer`. */
export const SIGNER_OPTION = {
  kind: "texts",
  value: "KEY=VALUE",
  doc: "an option of that signer, as the config has it; KEY alone turns it on; KEY again makes a list. Needs --signer",
} as const;

/** Every kind of signer there is, best first, with these options. */
export async function signerCandidates({ compose }: Context, options: RawObject): Promise<readonly SignerCandidate[]> {
  const kinds = await compose.signerKinds();
  return kinds.map((kind) => ({
    kind: kind.kind,
    options,
    probe: () => kind.probe(options),
    open: (identity, settled) => kind.open({ identity, options: settled ?? options }),
  }));
}

/**
 * The options of `--signer-option`. The kind itself checks them, as it checks what the config holds.
 *
 * @throws {Fault} `USAGE_INVALID` for an option of no signer.
 */
export function parseSignerOptions(words: readonly string[], signer: string | undefined): RawObject {
  if (words.length > 0 && signer === undefined) {
    throw new Fault("USAGE_INVALID", `--signer-option ${words[0]} needs --signer: each kind has options of its own`);
  }
  const switches: Readonly<Record<string, boolean>> = { true: true, false: false };
  const options = new Map<string, unknown>();
  for (const word of words) {
    const [, key = word, text = "true"] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const [value, before] = [switches[text] ?? text, options.get(key)];
    // A list is given item by item, so that an item may hold any character: `command=/bin/signer`, `command=--slot=1`.
    options.set(key, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(options);
}
