import { isAbsolute } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import type { SignatureAlgorithm, SignerDescription } from "../../core/signer.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";
import { type Pkcs11Uri, parsePkcs11Uri, type TokenSelector } from "../../wire/pkcs11/uri.ts";

/** The options of a signer of kind `pkcs11` in the config, without `kind`; the JSON Schema is generated from it. */
export const pkcs11OptionsSchema = v.strictObject({
  module: v.optional(
    v.pipe(
      v.string(),
      v.description("The PKCS #11 module: the absolute path of a library. May stand in `token` as `module-path`."),
    ),
  ),
  token: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "The token: its label, or a URI of RFC 7512 (`pkcs11:token=dev;serial=…`). Default: the only one. `brevet init` records it.",
      ),
    ),
  ),
  key: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "A key that is on the token already: its label, or a URI with `object` or `id`. Default: `brevet init` makes one.",
      ),
    ),
  ),
  pin: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "Where the PIN comes from: `ask` on the terminal, `stored` (asked for once, then sealed in brevet's store, so the keychain or the TPM guards it), `fd:N` (one line of an open file), or `none`. `brevet init` records what the token wants.",
      ),
    ),
  ),
  algorithms: v.optional(
    v.pipe(
      v.union([v.picklist(["ES256", "RS256"]), v.array(v.picklist(["ES256", "RS256"]))]),
      v.description(
        "The algorithms to sign with: `RS256` for a `key` of RSA. Recorded by `brevet init`. Default: what the token signs with.",
      ),
    ),
  ),
  residence: v.optional(
    v.pipe(
      v.picklist(["hardware", "software"]),
      v.description("Whether the token is a device or a program; recorded by `brevet init`. Default: `hardware`."),
    ),
  ),
});

/** Where a PIN comes from. */
export type PinSource =
  | { readonly from: "person" | "store" }
  | { readonly from: "descriptor"; readonly descriptor: number }
  | null;

/** What the config says about a token, checked. */
export interface Pkcs11Options {
  readonly module: string;
  readonly selector: TokenSelector;
  /** null: brevet makes the key. */
  readonly key: { readonly id?: Uint8Array; readonly label?: string } | null;
  readonly pin: PinSource;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly presence: SignerDescription["presence"];
  readonly residence: SignerDescription["residence"];
}

/**
 * @param where names the place in messages: `identities.laptop.signer`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`
 */
export function parsePkcs11Options(raw: unknown, where: Place): Pkcs11Options {
  const options = parseOptions(pkcs11OptionsSchema, raw, where);
  const token = uriOrLabel(options.token, where.at("token"), (label) => ({ selector: { token: label } }));
  const key = uriOrLabel(options.key, where.at("key"), (label) => ({ selector: {}, object: label }));
  const module = options.module ?? token?.modulePath ?? "";
  // As with every program: a relative path is another library in each folder.
  if (!isAbsolute(module)) {
    throw new Fault(
      "CONFIG_MALFORMED",
      `${where.at("module")} has to be the absolute path of a PKCS #11 module, and "${module}" is not`,
      {
        hints: ["for example `--signer-option module=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so`"],
      },
    );
  }
  const named = { ...(token ?? {}), ...(key ?? {}) };
  if (options.key !== undefined && named.id === undefined && named.object === undefined) {
    throw new Fault("CONFIG_MALFORMED", `${where.at("key")} names no key: a URI needs object or id`);
  }
  const pin = parsePinSource(options.pin ?? "ask", where.at("pin"));
  return {
    module,
    selector: { ...(token?.selector ?? {}), ...(key?.selector ?? {}) },
    key:
      named.id === undefined && named.object === undefined
        ? null
        : { ...(named.id === undefined ? {} : { id: named.id }), ...(named.object === undefined ? {} : { label: named.object }) },
    pin,
    algorithms: [options.algorithms ?? ["ES256", "RS256"]].flat(),
    presence: pin?.from === "person" ? "pin" : "none",
    residence: options.residence ?? "hardware",
  };
}

function uriOrLabel(text: string | undefined, where: Place, ofLabel: (label: string) => Pkcs11Uri): Pkcs11Uri | null {
  if (text === undefined) return null;
  if (!text.startsWith("pkcs11:")) return ofLabel(text);
  const uri = parsePkcs11Uri(text);
  if (typeof uri === "string") throw new Fault("CONFIG_MALFORMED", `${where} ${uri}`);
  return uri;
}

function parsePinSource(text: string, where: Place): PinSource {
  if (text === "none") return null;
  if (text === "ask") return { from: "person" };
  if (text === "stored") return { from: "store" };
  const [, descriptor] = /^fd:(\d{1,4})$/.exec(text) ?? [];
  if (descriptor === undefined || Number(descriptor) < 3) {
    // The value is not shown: it may be a PIN.
    throw new Fault("CONFIG_MALFORMED", `${where} has to be ask, stored, none or fd:N with N from 3 on`);
  }
  return { from: "descriptor", descriptor: Number(descriptor) };
}
