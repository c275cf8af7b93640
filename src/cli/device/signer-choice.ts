import { Fault } from "../../core/fault.ts";
import type { JsonObject } from "../../core/json-object.ts";
import type { SignerCandidate } from "../../flows/create-device.ts";
import type { Context, Flag } from "../command.ts";
import { SIGNERS } from "../kinds.ts";

/** The flag of the commands that make keys: it names the kinds there are. */
export function signerFlag(doc: string): Flag<"text"> {
  return { kind: "text", value: "KIND", choices: Object.keys(SIGNERS), doc };
}

/** The flag beside it where a kind may be given options. */
export const SIGNER_OPTION = {
  kind: "texts",
  value: "KEY=VALUE",
  doc: "an option of that signer, as the config has it; KEY alone turns it on; KEY again makes a list",
  needs: "signer",
} as const;

/** Every kind of signer there is, best first, with these options. */
export async function signerCandidates({ compose }: Context, options: JsonObject): Promise<readonly SignerCandidate[]> {
  const kinds = await compose.signerKinds();
  return kinds.map((kind) => ({
    kind: kind.kind,
    options,
    probe: () => inWordsOfFlags(kind.kind, () => kind.probe(options)),
    open: (identity, settled) => kind.open({ identity, options: settled ?? options }),
  }));
}

/** A kind names the place of its options, which here is `signer`: the person typed a flag. */
export async function inWordsOfFlags<T>(kind: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw cause instanceof Fault ? inWordsOfTheFlag(cause, kind) : cause;
  }
}

function inWordsOfTheFlag(fault: Fault, kind: string): Fault {
  const { at, key, meant, known } = fault.details;
  const { code } = fault;
  if (code === "CONFIG_KEY_UNKNOWN" && at === "signer") {
    const names = Array.isArray(known) ? known.join(", ") : "";
    const hints = [
      ...(typeof meant === "string" ? [`did you mean \`--signer-option ${meant}\`?`] : []),
      names === "" ? `the signer ${kind} has no options` : `the options of the signer ${kind} are ${names}`,
    ];
    return fault.told({ message: `--signer-option ${key}: the signer ${kind} has no such option`, hints });
  }
  if (code !== "CONFIG_MALFORMED" || !fault.message.startsWith("signer.")) return fault;
  const message = fault.message.replace(/^signer\.(\S+)/, `--signer-option $1 of the signer ${kind}`);
  return fault.told({ message });
}

/** The options of `--signer-option`. The kind itself checks them, as it checks what the config holds. */
export function parseSignerOptions(words: readonly string[]): JsonObject {
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
