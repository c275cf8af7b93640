import { joined } from "../../core/bytes.ts";
import type { RandomBytes } from "../../core/random.ts";
import { type Call, type LoadedObject, runAuthorized, type Transmit } from "./authorized.ts";
import { malformed, readBytes, sized, u8, u16, u32 } from "./bytes.ts";
import { emptyPassword, encodeCommand, parseResponse, type Response } from "./command.ts";
import { ALG, COMMAND, HANDLE, TAG } from "./constants.ts";
import { type EccArea, objectName, type PublicArea, parsePublicArea, type RsaArea } from "./public-area.ts";
import { type EphemeralKey, encryptSalt } from "./salt.ts";
import { type AuthSession, authSession } from "./session.ts";
import { parseSignature } from "./signature.ts";

/** The two halves of an object as they live outside of the TPM: TPMT_PUBLIC, and a private part that only its parent opens. */
export interface WrappedObject {
  readonly publicArea: Uint8Array;
  readonly privateArea: Uint8Array;
}

/** What a new object is made from (Part 2 §12.1.4): the value that authorises its use, and the data to be sealed. */
export interface Sensitive {
  readonly authValue: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * The commands of TPM 2.0 Part 3 that brevet uses. Each raises a Fault for what the TPM refuses or says wrongly. What they leave in
 * the TPM (objects, sessions) is remembered, to be flushed.
 */
export interface Tpm {
  /** §22.4; unauthenticated: whoever sits on the bus can answer. */
  readPublic(handle: number): Promise<PublicArea>;
  /** §24.1, in the owner's hierarchy, whose password has to be empty. */
  createPrimary(template: Uint8Array): Promise<{ readonly handle: number; readonly publicArea: PublicArea }>;
  /** §11.1, an HMAC session salted to a key. @param ephemeral made for this session. */
  startSession(
    key: { readonly handle: number; readonly publicArea: EccArea | RsaArea },
    ephemeral: EphemeralKey,
  ): Promise<AuthSession>;
  /** §12.1 */
  create(session: AuthSession, parent: LoadedObject, template: Uint8Array, sensitive: Sensitive): Promise<WrappedObject>;
  /** §12.2 */
  load(session: AuthSession, parent: LoadedObject, object: WrappedObject): Promise<LoadedObject>;
  /** §20.2, of a SHA-256 digest by the key's own scheme; ends the session. @returns the signature as JWS has it. */
  sign(session: AuthSession, key: LoadedObject, authValue: Uint8Array, digest: Uint8Array): Promise<Uint8Array>;
  /** §12.7; ends the session. */
  unseal(session: AuthSession, object: LoadedObject): Promise<Uint8Array>;
  /** Has what another command left in the TPM flushed too. */
  remember(handle: number): void;
  /** §28.4, the youngest of all that is remembered first. What the TPM no longer flushes is left to its next user. */
  flushAll(): Promise<void>;
  /** §30.2, one property (Part 2 §6.13, TPM_PT); null if it has none of that number. */
  property(number: number): Promise<number | null>;
}

/** Speaks to a TPM through whatever carries its commands. */
export function tpm(transmit: Transmit, random: RandomBytes): Tpm {
  const plain = async (code: number, doing: string, handles: readonly number[], parameters: Uint8Array): Promise<Response> => {
    const command = encodeCommand({ code, handles, authorization: new Uint8Array(), parameters });
    const handle = code === COMMAND.startAuthSession;
    return parseResponse(await transmit(command, "quick"), doing, { handle, authorizes: null });
  };
  const held = new Set<number>();
  const hold = (response: Response): number => {
    const { handle } = response;
    if (handle !== null) held.add(handle);
    return handle ?? 0;
  };
  return {
    async readPublic(handle) {
      const { parameters } = await plain(COMMAND.readPublic, "show a key", [handle], new Uint8Array());
      // outPublic 2B ‖ name 2B ‖ qualifiedName 2B; the name is worked out from the area, never believed.
      return parsePublicArea(readBytes(parameters, "a public area").sized());
    },
    async createPrimary(template) {
      const parameters = creationParameters(template, { authValue: new Uint8Array(), data: new Uint8Array() });
      const command = { code: COMMAND.createPrimary, handles: [HANDLE.owner], authorization: emptyPassword(), parameters };
      const doing = "make its storage root key";
      const answer = await transmit(encodeCommand(command), "slow");
      const response = parseResponse(answer, doing, { handle: true, authorizes: "owner" });
      const handle = hold(response);
      return { handle, publicArea: parsePublicArea(readBytes(response.parameters, "a new key").sized()) };
    },
    async startSession(key, ephemeral) {
      const nonceCaller = random(32);
      const { salt, encrypted } = await encryptSalt(key.publicArea, ephemeral, random);
      // nonceCaller 2B ‖ encryptedSalt 2B ‖ sessionType u8 (HMAC) ‖ symmetric: AES ‖ 128 ‖ CFB ‖ authHash u16
      const symmetric = [ALG.aes, 128, ALG.cfb].map(u16);
      const parameters = joined(sized(nonceCaller), sized(encrypted), u8(0), ...symmetric, u16(ALG.sha256));
      const response = await plain(COMMAND.startAuthSession, "open a session", [key.handle, HANDLE.null], parameters);
      const handle = hold(response);
      const nonceTpm = readBytes(response.parameters, "a session").sized();
      return authSession({ handle, salt, nonceCaller, nonceTpm }, random);
    },
    ...authorizedCommands(transmit, held),
    remember: (handle) => void held.add(handle),
    async flushAll() {
      for (const handle of [...held].reverse()) {
        held.delete(handle);
        // After a fault the way to the TPM may be gone; the kernel flushes what a program leaves.
        await plain(COMMAND.flushContext, "flush", [handle], new Uint8Array()).catch(() => undefined);
      }
    },
    async property(number) {
      // capability u32 (TPM_CAP_TPM_PROPERTIES) ‖ property u32 ‖ propertyCount u32
      const { parameters } = await plain(COMMAND.getCapability, "describe itself", [], joined(u32(6), u32(number), u32(1)));
      const reader = readBytes(parameters, "a capability");
      // moreData u8 ‖ capability u32 ‖ count u32 ‖ (property u32 ‖ value u32)…
      reader.u8();
      if (reader.u32() !== 6) throw malformed("a capability is another one than was asked for");
      if (reader.u32() === 0 || reader.u32() !== number) return null;
      return reader.u32();
    },
  };
}

const EMPTY = new Uint8Array();

const BY_ROOT = { authorizes: "root", authValue: EMPTY, encrypts: ["command"] } as const;

function authorizedCommands(transmit: Transmit, held: Set<number>): Pick<Tpm, "create" | "load" | "sign" | "unseal"> {
  const run = async (session: AuthSession, call: Call): Promise<Response> => {
    const response = await runAuthorized(transmit, session, call);
    if (response.handle !== null) held.add(response.handle);
    if (call.last === true) held.delete(session.handle);
    return response;
  };
  return {
    async create(session, object, template, sensitive) {
      const parameters = creationParameters(template, sensitive);
      const call: Call = { ...BY_ROOT, code: COMMAND.create, doing: "make a key", object, parameters, pace: "slow" };
      // outPrivate 2B ‖ outPublic 2B ‖ what the creation was like, which nobody asks for
      const reader = readBytes((await run(session, call)).parameters, "a new object");
      const privateArea = reader.sized();
      return { privateArea, publicArea: reader.sized() };
    },
    async load(session, object, { privateArea, publicArea }) {
      const parameters = joined(sized(privateArea), sized(publicArea));
      const { handle } = await run(session, {
        ...BY_ROOT,
        code: COMMAND.load,
        doing: "load a key",
        object,
        parameters,
        handle: true,
      });
      return { handle: handle ?? 0, name: objectName(parsePublicArea(publicArea)) };
    },
    async sign(session, object, authValue, digest) {
      // digest 2B ‖ inScheme u16: the key's own ‖ validation (TPMT_TK_HASHCHECK): tag u16 ‖ hierarchy u32 ‖ digest 2B
      const ticket = joined(u16(TAG.hashCheck), u32(HANDLE.null), sized(EMPTY));
      const parameters = joined(sized(digest), u16(ALG.null), ticket);
      const authorizes = authValue.length > 0 ? "pin" : "key";
      const by: Pick<Call, "authorizes" | "encrypts"> = { authorizes, encrypts: ["command"] };
      const call: Call = { ...by, code: COMMAND.sign, doing: "sign", object, parameters, authValue, last: true };
      return parseSignature((await run(session, call)).parameters);
    },
    async unseal(session, object) {
      const by: Pick<Call, "authorizes" | "encrypts"> = { authorizes: "key", encrypts: ["response"] };
      const call: Call = {
        ...by,
        code: COMMAND.unseal,
        doing: "unseal",
        object,
        parameters: EMPTY,
        authValue: EMPTY,
        last: true,
      };
      return readBytes((await run(session, call)).parameters, "sealed data").sized();
    },
  };
}

/** inSensitive 2B (userAuth 2B ‖ data 2B) ‖ inPublic 2B ‖ outsideInfo 2B ‖ creationPCR (count u32): none. */
function creationParameters(template: Uint8Array, { authValue, data }: Sensitive): Uint8Array {
  return joined(sized(joined(sized(authValue), sized(data))), sized(template), sized(new Uint8Array()), u32(0));
}
