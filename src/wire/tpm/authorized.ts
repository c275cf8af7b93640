import { joined } from "../../core/bytes.ts";
import { malformed } from "./bytes.ts";
import { encodeCommand, parseResponse, type Response } from "./command.ts";
import type { Authorizes } from "./response-code.ts";
import type { AuthorizedCommand, AuthSession } from "./session.ts";

/**
 * Sends one command and gives the one response. `slow`: it makes a key, which takes a real chip seconds to a minute.
 *
 * @throws {Fault} `SIGNER_ABSENT`, `SIGNER_BUSY`, `SIGNER_FAILED`
 */
export type Transmit = (command: Uint8Array, pace: "quick" | "slow") => Promise<Uint8Array>;

/** An object that is in the TPM now. */
export interface LoadedObject {
  readonly handle: number;
  readonly name: Uint8Array;
}

/** A command whose first object is authorised by a session. */
export interface Call extends Omit<AuthorizedCommand, "names"> {
  /** For messages: `sign`. */
  readonly doing: string;
  readonly object: LoadedObject;
  readonly authorizes: Authorizes;
  readonly pace?: "slow";
  /** A handle comes back. */
  readonly handle?: true;
  /** A second object, authorised in another way: by an empty password, by a policy session. */
  readonly also?: { readonly object: LoadedObject; readonly authorization: Uint8Array };
}

/** Runs a command under a session; its parameters come back in clear, from the TPM that the session is salted to. */
export async function runAuthorized(transmit: Transmit, session: AuthSession, call: Call): Promise<Response> {
  const objects = [call.object, ...(call.also === undefined ? [] : [call.also.object])];
  const command = { ...call, names: objects.map(({ name }) => name) };
  const { authorization, parameters } = await session.authorize(command);
  const bytes = encodeCommand({
    code: call.code,
    handles: objects.map(({ handle }) => handle),
    authorization: call.also === undefined ? authorization : joined(authorization, call.also.authorization),
    parameters,
  });
  const expected = { handle: call.handle ?? false, authorizes: call.authorizes, authorizations: objects.length };
  const response = parseResponse(await transmit(bytes, call.pace ?? "quick"), call.doing, expected);
  if (response.authorization === null) throw malformed("an answer without authorisation");
  return { ...response, parameters: await session.open(command, response.parameters, response.authorization) };
}
