import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign, webcrypto } from "node:crypto";
import "reflect-metadata";
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from "@simplewebauthn/server";

/**
 * An authenticator and its browser in software, written from WebAuthn Level 3 §6 and §8: the ceremonies without a screen, and the
 * attested ones, whose root certificate a test can be given. It shares no code with the library that verifies what it says.
 */
export interface SoftwareAuthenticator {
  /** @throws {Error} when a key of `excludeCredentials` is in it, as a browser does. */
  create(options: PublicKeyCredentialCreationOptionsJSON, twist?: Twist): Promise<RegistrationResponseJSON>;
  /** Answers with the newest key that may. */
  get(options: PublicKeyCredentialRequestOptionsJSON, twist?: Twist): AuthenticationResponseJSON;
  /** A second one with the same keys and counters: what must not exist. */
  copy(): SoftwareAuthenticator;
}

/** What an attacker, a phishing page or a broken authenticator would do otherwise. */
export interface Twist {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly userVerified?: boolean;
  /** Whether the key is one that its maker copies to other devices (backup eligibility and state). */
  readonly synced?: boolean;
  readonly userHandle?: string;
  /** The model that the signed data name, instead of its own. */
  readonly aaguid?: string;
  /** Changes the signature. */
  readonly forged?: boolean;
}

/** What vouches for an authenticator: nothing, itself, or its maker. */
export type Vouching =
  | { readonly kind: "none" }
  | { readonly kind: "self" }
  | {
      readonly kind: "maker";
      readonly certificate: Uint8Array;
      readonly between?: readonly Uint8Array[];
      readonly key: webcrypto.CryptoKey;
    };

interface Resident {
  readonly id: Buffer;
  readonly key: KeyObject;
  readonly userHandle: string;
  counter: number;
}

/** UP, UV, BE and BS, AT (§6.1). */
const FLAGS = { present: 0x01, verified: 0x04, synced: 0x18, attested: 0x40 };

/** A new authenticator without keys. @param origin the page that the browser is on. */
export function softwareAuthenticator(
  origin: string,
  { vouching = { kind: "none" }, aaguid = "00000000-0000-0000-0000-000000000000" }: { vouching?: Vouching; aaguid?: string } = {},
  residents: Resident[] = [],
): SoftwareAuthenticator {
  return {
    async create(options, twist = {}) {
      const excluded = options.excludeCredentials?.map(({ id }) => id) ?? [];
      if (residents.some(({ id }) => excluded.includes(id.toString("base64url")))) throw new Error("InvalidStateError");
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const resident: Resident = { id: randomBytes(32), key: privateKey, userHandle: options.user.id, counter: 0 };
      residents.push(resident);
      const { x, y } = publicKey.export({ format: "jwk" });
      // A COSE_Key (RFC 9052 §7): kty EC2, alg ES256, crv P-256.
      const coseKey = Buffer.concat([
        Buffer.from("a5010203262001215820", "hex"),
        Buffer.from(x ?? "", "base64url"),
        Buffer.from("225820", "hex"),
        Buffer.from(y ?? "", "base64url"),
      ]);
      const model = Buffer.from((twist.aaguid ?? aaguid).replaceAll("-", ""), "hex");
      const length = Buffer.from([resident.id.length >> 8, resident.id.length & 0xff]);
      const data = Buffer.concat([
        authenticatorData(twist.rpId ?? options.rp.id ?? "", 0, twist, FLAGS.attested),
        model,
        length,
        resident.id,
        coseKey,
      ]);
      const clientData = clientDataFor(
        twist.type ?? "webauthn.create",
        twist.challenge ?? options.challenge,
        twist.origin ?? origin,
      );
      const signed = Buffer.concat([data, sha256(clientData)]);
      const statement = await statementFor(vouching, signed, privateKey, twist.forged === true);
      const object = cbor(
        new Map<string, Cbor>([
          ["fmt", vouching.kind === "none" ? "none" : "packed"],
          ["attStmt", statement],
          ["authData", data],
        ]),
      );
      return {
        id: resident.id.toString("base64url"),
        rawId: resident.id.toString("base64url"),
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData.toString("base64url"),
          attestationObject: object.toString("base64url"),
          transports: ["usb"],
        },
      };
    },
    get(options, twist = {}) {
      const allowed = options.allowCredentials?.map(({ id }) => id) ?? [];
      const resident = residents.findLast(({ id }) => allowed.length === 0 || allowed.includes(id.toString("base64url")));
      if (resident === undefined) throw new Error("NotAllowedError");
      resident.counter += 1;
      const data = authenticatorData(twist.rpId ?? options.rpId ?? "", resident.counter, twist, 0);
      const clientData = clientDataFor(
        twist.type ?? "webauthn.get",
        twist.challenge ?? options.challenge,
        twist.origin ?? origin,
      );
      const signature = sign("sha256", Buffer.concat([data, sha256(clientData)]), resident.key);
      if (twist.forged === true) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
      return {
        id: resident.id.toString("base64url"),
        rawId: resident.id.toString("base64url"),
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData.toString("base64url"),
          authenticatorData: data.toString("base64url"),
          signature: signature.toString("base64url"),
          userHandle: twist.userHandle ?? resident.userHandle,
        },
      };
    },
    copy: () =>
      softwareAuthenticator(
        origin,
        { vouching, aaguid },
        residents.map((resident) => ({ ...resident })),
      ),
  };
}

function authenticatorData(rpId: string, counter: number, { userVerified = true, synced = false }: Twist, more: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  const flags = FLAGS.present | (userVerified ? FLAGS.verified : 0) | (synced ? FLAGS.synced : 0) | more;
  return Buffer.concat([sha256(rpId), Buffer.from([flags]), count]);
}

function clientDataFor(type: string, challenge: string, origin: string): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

async function statementFor(vouching: Vouching, signed: Buffer, own: KeyObject, forged: boolean): Promise<Map<string, Cbor>> {
  if (vouching.kind === "none") return new Map();
  const key =
    vouching.kind === "self"
      ? own
      : createPrivateKey({
          key: Buffer.from(await webcrypto.subtle.exportKey("pkcs8", vouching.key)),
          format: "der",
          type: "pkcs8",
        });
  const signature = sign("sha256", forged ? Buffer.concat([signed, Buffer.from("x")]) : signed, key);
  const statement = new Map<string, Cbor>([
    ["alg", -7],
    ["sig", signature],
  ]);
  if (vouching.kind === "maker") {
    statement.set(
      "x5c",
      [vouching.certificate, ...(vouching.between ?? [])].map((der) => Buffer.from(der)),
    );
  }
  return statement;
}

function sha256(input: string | Buffer): Buffer {
  return createHash("sha256").update(input).digest();
}

type Cbor = string | number | Buffer | readonly Cbor[] | Map<string, Cbor>;

/** The few forms of RFC 8949 that an attestation object has. */
function cbor(value: Cbor): Buffer {
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (value instanceof Map) {
    return Buffer.concat([head(5, value.size), ...[...value].flatMap(([name, member]) => [cbor(name), cbor(member)])]);
  }
  return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
}

function head(major: number, argument: number): Buffer {
  if (argument < 24) return Buffer.from([(major << 5) | argument]);
  if (argument < 256) return Buffer.from([(major << 5) | 24, argument]);
  return Buffer.from([(major << 5) | 25, argument >> 8, argument & 0xff]);
}
