import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { Terminal } from "../../core/terminal.ts";

/** The person, as far as a PIN needs one. */
export type PinTerminal = Pick<Terminal, "askSecret">;

const MIN_BYTES = 4;
/** TPM 2.0 Part 1 §19.6.4.3: an authorisation value is no longer than the digest by which the object is named. */
const MAX_BYTES = 32;

/** Asks for a new PIN, twice. @throws {Fault} `USAGE_INVALID`; `PERSON_ABSENT`, `INTERRUPTED` */
export async function choosePin(terminal: PinTerminal, identity: string): Promise<Secret<Uint8Array>> {
  const pin = await terminal.askSecret(`a PIN for the key of ${identity}, ${MIN_BYTES} to ${MAX_BYTES} bytes`);
  const bytes = Buffer.from(pin);
  if (bytes.length < MIN_BYTES || bytes.length > MAX_BYTES || bytes.includes(0)) {
    throw new Fault("USAGE_INVALID", `a PIN has ${MIN_BYTES} to ${MAX_BYTES} bytes, and this one has ${bytes.length}`);
  }
  if ((await terminal.askSecret("the same PIN again")) !== pin) {
    throw new Fault("USAGE_INVALID", "the two PINs are not the same, and no key was made");
  }
  return new Secret("PIN", new Uint8Array(bytes));
}

/** Asks for the PIN of a key. @throws {Fault} `PERSON_ABSENT`, `INTERRUPTED` */
export async function askPin(terminal: PinTerminal, identity: string): Promise<Secret<Uint8Array>> {
  return new Secret("PIN", new Uint8Array(Buffer.from(await terminal.askSecret(`the PIN of the key of ${identity}`))));
}
