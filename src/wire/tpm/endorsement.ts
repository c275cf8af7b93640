import { joined } from "../../core/bytes.ts";
import type { RandomBytes } from "../../core/random.ts";
import { type Call, type LoadedObject, runAuthorized, type Transmit } from "./authorized.ts";
import { readBytes, sized, u8, u16, u32 } from "./bytes.ts";
import { emptyPassword, encodeCommand, parseResponse, type Response } from "./command.ts";
import { ALG, COMMAND, ENDORSEMENT, HANDLE, SESSION } from "./constants.ts";
import { endorsementTemplate, type PublicArea, parsePublicArea } from "./public-area.ts";
import { TpmRefusal } from "./response-code.ts";
import type { AuthSession } from "./session.ts";

/** What a TPM answers to a challenge with (Part 1 §24): the encrypted credential, and the seed that opens it. */
export interface EncryptedCredential {
  /** TPMS_ID_OBJECT: integrity 2B ‖ encrypted credential. */
  readonly blob: Uint8Array;
  readonly secret: Uint8Array;
}

/** What a TPM certified of one of its objects: TPMS_ATTEST, and the TPMT_SIGNATURE over it. */
export interface Certified {
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
}

/** The commands of TPM 2.0 Part 3 by which a TPM proves which one it is and what is in it. */
export interface Endorsement {
  /** The DER certificate of the endorsement key (§31.13); null where its maker left none. */
  certificate(): Promise<Uint8Array | null>;
  /** §24.1, in the endorsement hierarchy: always the same key. To be flushed. */
  endorsementKey(): Promise<{ readonly handle: number; readonly publicArea: PublicArea }>;
  /** §18.2: `key` says that `object` is in the same TPM. @param authValue the PIN of the object. */
  certify(session: AuthSession, object: LoadedObject, authValue: Uint8Array, key: LoadedObject): Promise<Certified>;
  /** §12.5: opens a credential that was made for this endorsement key and for `key`, and no other. */
  activate(
    session: AuthSession,
    key: LoadedObject,
    endorsementKey: LoadedObject,
    credential: EncryptedCredential,
  ): Promise<Uint8Array>;
}

const EMPTY = new Uint8Array();
/** Less than TPM_PT_NV_BUFFER_MAX of every TPM. */
const NV_PIECE_BYTES = 512;

/** Speaks of endorsement to a TPM through whatever carries its commands. */
export function endorsement(transmit: Transmit, random: RandomBytes): Endorsement {
  const plain: Send = async (code, doing, handles, parameters, handle = false) => {
    const bytes = encodeCommand({ code, handles, authorization: EMPTY, parameters });
    return parseResponse(await transmit(bytes, "quick"), doing, { handle, authorizes: null });
  };
  const byPassword: Send = async (code, doing, handles, parameters, handle = false) => {
    const bytes = encodeCommand({ code, handles, authorization: emptyPassword(), parameters });
    return parseResponse(await transmit(bytes, handle ? "slow" : "quick"), doing, { handle, authorizes: "owner" });
  };
  return {
    certificate: () => readCertificate(plain, byPassword),
    async endorsementKey() {
      const sensitive = sized(joined(sized(EMPTY), sized(EMPTY)));
      const parameters = joined(sensitive, sized(endorsementTemplate()), sized(EMPTY), u32(0));
      const response = await byPassword(
        COMMAND.createPrimary,
        "make its endorsement key",
        [HANDLE.endorsement],
        parameters,
        true,
      );
      const publicArea = parsePublicArea(readBytes(response.parameters, "an endorsement key").sized());
      return { handle: response.handle ?? 0, publicArea };
    },
    async certify(session, object, authValue, key) {
      // qualifyingData 2B ‖ inScheme u16: the key's own
      const parameters = joined(sized(EMPTY), u16(ALG.null));
      const authorizes = authValue.length > 0 ? "pin" : "key";
      const by: Pick<Call, "authorizes" | "encrypts"> = { authorizes, encrypts: [] };
      const also = { object: key, authorization: emptyPassword() };
      const call: Call = { ...by, code: COMMAND.certify, doing: "certify a key", object, parameters, authValue, also };
      // certifyInfo 2B ‖ signature
      const response = await runAuthorized(transmit, session, call);
      const statement = readBytes(response.parameters, "a certified key").sized();
      return { statement, signature: response.parameters.slice(2 + statement.length) };
    },
    async activate(session, key, endorsementKey, { blob, secret }) {
      const policy = await openPolicySession(plain, byPassword, random);
      try {
        const also = {
          object: endorsementKey,
          authorization: joined(u32(policy), sized(EMPTY), u8(SESSION.continue), sized(EMPTY)),
        };
        const by: Pick<Call, "authorizes" | "encrypts"> = { authorizes: "key", encrypts: ["response"] };
        const parameters = joined(sized(blob), sized(secret));
        const doing = "answer the challenge";
        const call: Call = { ...by, code: COMMAND.activateCredential, doing, object: key, parameters, authValue: EMPTY, also };
        return readBytes((await runAuthorized(transmit, session, call)).parameters, "a credential").sized();
      } finally {
        await plain(COMMAND.flushContext, "flush", [policy], EMPTY).catch(() => undefined);
      }
    },
  };
}

type Send = (
  code: number,
  doing: string,
  handles: readonly number[],
  parameters: Uint8Array,
  handle?: boolean,
) => Promise<Response>;

/** A session that holds the one thing that the endorsement key's policy asks for: its hierarchy's password, which is empty. */
async function openPolicySession(plain: Send, byPassword: Send, random: RandomBytes): Promise<number> {
  // nonceCaller 2B ‖ encryptedSalt 2B ‖ sessionType u8 (policy) ‖ symmetric u16 ‖ authHash u16
  const parameters = joined(sized(random(32)), sized(EMPTY), u8(1), u16(ALG.null), u16(ALG.sha256));
  const opened = await plain(COMMAND.startAuthSession, "open a session", [HANDLE.null, HANDLE.null], parameters, true);
  const handle = opened.handle ?? 0;
  // nonceTPM 2B ‖ cpHashA 2B ‖ policyRef 2B ‖ expiration u32
  const grant = joined(sized(EMPTY), sized(EMPTY), sized(EMPTY), u32(0));
  await byPassword(COMMAND.policySecret, "use its endorsement key", [HANDLE.endorsement, handle], grant);
  return handle;
}

/** Part 2 §13.5, TPMS_NV_PUBLIC: index u32 ‖ nameAlg u16 ‖ attributes u32 ‖ authPolicy 2B ‖ dataSize u16. */
async function readCertificate(plain: Send, byPassword: Send): Promise<Uint8Array | null> {
  const index = ENDORSEMENT.certificateIndex;
  let described: Response;
  try {
    described = await plain(COMMAND.nvReadPublic, "describe its certificate", [index], EMPTY);
  } catch (cause) {
    if (cause instanceof TpmRefusal && cause.handleUnknown) return null;
    throw cause;
  }
  const area = readBytes(readBytes(described.parameters, "an index").sized(), "an index");
  area.take(4 + 2 + 4);
  area.sized();
  const length = area.u16();
  const pieces: Uint8Array[] = [];
  for (let offset = 0; offset < length; offset += NV_PIECE_BYTES) {
    const wanted = joined(u16(Math.min(NV_PIECE_BYTES, length - offset)), u16(offset));
    const { parameters } = await byPassword(COMMAND.nvRead, "show its certificate", [index, index], wanted);
    pieces.push(readBytes(parameters, "a certificate").sized());
  }
  return joined(...pieces);
}
