import { joined, textOf, utf8 } from "../../core/bytes.ts";

/**
 * PKCS #11 URIs, as far as they name a token and a key in it (RFC 7512): `pkcs11:token=dev;object=laptop?module-path=…`.
 * Attributes that say how to get a PIN are refused: no PIN is kept in a config, and no command is run for one.
 */

/** Which token is meant: each attribute that is there has to be the token's own. */
export interface TokenSelector {
  readonly token?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly serial?: string;
  readonly slotId?: number;
}

/** What a URI names. */
export interface Pkcs11Uri {
  readonly selector: TokenSelector;
  /** CKA_LABEL of a key. */
  readonly object?: string;
  /** CKA_ID of a key. */
  readonly id?: Uint8Array;
  readonly modulePath?: string;
}

const SELECTOR_NAMES = ["token", "manufacturer", "model", "serial"] as const;

/** The attributes that describe what brevet looks for anyway, or that narrow down nothing. */
const IGNORED = new Set([
  "type",
  "library-description",
  "library-manufacturer",
  "library-version",
  "slot-description",
  "slot-manufacturer",
]);

/**
 * Reads a PKCS #11 URI.
 *
 * @returns the URI, or one line on what is wrong with it.
 */
export function parsePkcs11Uri(text: string): Pkcs11Uri | string {
  const [, path = "", query] = /^pkcs11:([^?]*)(?:\?(.*))?$/s.exec(text) ?? [];
  if (!text.startsWith("pkcs11:")) return "does not begin with pkcs11:";
  const attributes = new Map<string, Uint8Array>();
  for (const part of [...path.split(";"), ...(query ?? "").split("&")]) {
    if (part === "") continue;
    const [, name = "", encoded = ""] = /^([^=]+)=(.*)$/s.exec(part) ?? [];
    const value = percentDecode(encoded);
    if (name === "" || value === null) return `has an attribute that cannot be read: ${part}`;
    // RFC 7512 §2.3: no attribute may be twice in the path.
    if (attributes.has(name)) return `has the attribute ${name} twice`;
    attributes.set(name, value);
  }
  return fromAttributes(attributes);
}

function fromAttributes(attributes: ReadonlyMap<string, Uint8Array>): Pkcs11Uri | string {
  const selector: { -readonly [Name in keyof TokenSelector]: TokenSelector[Name] } = {};
  const found: { -readonly [Name in keyof Omit<Pkcs11Uri, "selector">]: Pkcs11Uri[Name] } = {};
  for (const [name, value] of attributes) {
    const text = textOf(value);
    const selected = SELECTOR_NAMES.find((each) => each === name);
    if (selected !== undefined) selector[selected] = text;
    else if (name === "slot-id") {
      if (!/^\d{1,10}$/.test(text)) return `has a slot-id that is not a number: ${text}`;
      selector.slotId = Number(text);
    } else if (name === "object") found.object = text;
    else if (name === "id") found.id = value;
    else if (name === "module-path") found.modulePath = text;
    else if (name.startsWith("pin-")) return `holds ${name}: brevet takes no PIN from a config`;
    else if (!IGNORED.has(name) && !name.startsWith("x-")) return `has an attribute that brevet does not know: ${name}`;
  }
  return { selector, ...found };
}

/** RFC 3986 §2.1 to bytes: CKA_ID need not be text. */
function percentDecode(text: string): Uint8Array | null {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return null;
  // Every second part is a byte, in hexadecimal.
  const parts = text.split(/%([0-9A-Fa-f]{2})/);
  return joined(...parts.map((part, index) => (index % 2 === 0 ? utf8(part) : Uint8Array.of(Number.parseInt(part, 16)))));
}
