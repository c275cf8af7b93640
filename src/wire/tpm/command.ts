import { joined } from "../../core/bytes.ts";
import { malformed, readBytes, sized, u8, u16, u32 } from "./bytes.ts";
import { HANDLE, SESSION, TAG } from "./constants.ts";
import { type Authorizes, TpmRefusal } from "./response-code.ts";
import type { ResponseAuthorization } from "./session.ts";

/*
 * TPM 2.0 Part 1 §18:
 *   command:  tag u16 ‖ size u32 ‖ code u32 ‖ handles u32… [‖ authorizationSize u32 ‖ authorization] ‖ parameters
 *   response: tag u16 ‖ size u32 ‖ code u32 ‖ handle u32?  [‖ parameterSize u32] ‖ parameters [‖ authorization]
 */

/** Bytes of every command and response before its handles. */
const HEADER_BYTES = 10;

export interface Command {
  readonly code: number;
  readonly handles: readonly number[];
  /** Authorisation areas, one behind the other; empty for a command without any. */
  readonly authorization: Uint8Array;
  readonly parameters: Uint8Array;
}

export function encodeCommand({ code, handles, authorization, parameters }: Command): Uint8Array {
  const withSessions = authorization.length > 0;
  const body = joined(...handles.map(u32), ...(withSessions ? [u32(authorization.length), authorization] : []), parameters);
  return joined(u16(withSessions ? TAG.sessions : TAG.noSessions), u32(HEADER_BYTES + body.length), u32(code), body);
}

/** An authorisation by the value itself, in clear: for a value that is empty, and where no session can be yet. */
export function emptyPassword(): Uint8Array {
  const nothing = sized(new Uint8Array());
  return joined(u32(HANDLE.password), nothing, u8(SESSION.continue), nothing);
}

export interface Response {
  /** null for a command whose response has none. */
  readonly handle: number | null;
  readonly parameters: Uint8Array;
  /** The first one; null for a command that was sent without any. */
  readonly authorization: ResponseAuthorization | null;
}

/**
 * Reads the response to a command.
 *
 * @param doing what was asked for, for messages: `sign`.
 * @param expected whether a handle comes back, and whose authorisation was sent.
 * @throws {TpmRefusal} what the TPM said instead. @throws {Fault} `SIGNER_FAILED` for bytes that are no such response.
 */
export function parseResponse(
  bytes: Uint8Array,
  doing: string,
  expected: { readonly handle: boolean; readonly authorizes: Authorizes | null; readonly authorizations?: number },
): Response {
  const reader = readBytes(bytes, `the answer to "${doing}"`);
  const [tag, size, code] = [reader.u16(), reader.u32(), reader.u32()];
  if (size !== bytes.length) throw malformed(`the answer to "${doing}" says that it has ${size} bytes and has ${bytes.length}`);
  if (code !== 0) throw new TpmRefusal(code, doing, expected.authorizes);
  if (tag !== (expected.authorizes === null ? TAG.noSessions : TAG.sessions)) {
    throw malformed(`the answer to "${doing}" has the tag 0x${tag.toString(16)}`);
  }
  const handle = expected.handle ? reader.u32() : null;
  if (expected.authorizes === null) {
    const before = HEADER_BYTES + (expected.handle ? 4 : 0);
    return { handle, parameters: reader.take(bytes.length - before), authorization: null };
  }
  const parameters = reader.take(reader.u32());
  const areas = Array.from({ length: expected.authorizations ?? 1 }, () => ({
    nonce: reader.sized(),
    attributes: reader.u8(),
    hmac: reader.sized(),
  }));
  reader.end();
  return { handle, parameters, authorization: areas[0] ?? null };
}
