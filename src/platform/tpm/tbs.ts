import { Fault } from "../../core/fault.ts";
import { loadKoffi } from "../load-koffi.ts";
import { windowsTool } from "../processes/windows-tool.ts";
import type { TpmChannel } from "./channel.ts";
import { MACHINE_TBS } from "./tpm-address.ts";

/** The TPM Base Services of Windows, where no program has the TPM's device: they are the resource manager. */

const MAX_RESPONSE_BYTES = 4096;

/** TBS_CONTEXT_PARAMS2: version u32 = 2, then flags u32 of which bit 2 is `includeTpm20`; both in the machine's order. */
const CONTEXT_PARAMETERS = Buffer.from(new Uint32Array([2, 4]).buffer);

/** Tbs.h: TBS_COMMAND_LOCALITY_ZERO, TBS_COMMAND_PRIORITY_NORMAL. */
const LOCALITY = 0;
const PRIORITY = 200;

/**
 * Opens a context of the services. The library is loaded here and by nothing else.
 *
 * @param library its name, or the path of one that stands in for it.
 * @throws {Fault} `SIGNER_ABSENT`, `SIGNER_BUSY`
 * @see https://learn.microsoft.com/windows/win32/api/tbs/
 */
export async function openTbs(library: string): Promise<TpmChannel> {
  const koffi = await loadKoffi();
  let loaded: ReturnType<typeof koffi.load>;
  try {
    loaded = koffi.load(library === MACHINE_TBS ? windowsTool(library) : library);
  } catch (cause) {
    throw new Fault("SIGNER_ABSENT", `the TPM services of Windows are not on this machine: ${library} cannot be loaded`, {
      cause,
    });
  }
  const create = loaded.func("uint32_t Tbsi_Context_Create(void *parameters, void *context)");
  const submit = loaded.func(
    "uint32_t Tbsip_Submit_Command(uintptr_t context, uint32_t locality, uint32_t priority, void *command, uint32_t commandSize, void *result, void *resultSize)",
  );
  const close = loaded.func("uint32_t Tbsip_Context_Close(uintptr_t context)");
  const handle = Buffer.alloc(8);
  requireDone(create(CONTEXT_PARAMETERS, handle));
  const context = handle.readBigUInt64LE();
  return {
    exchange: (command) =>
      new Promise((resolve, reject) => {
        const sent = Buffer.from(command);
        const result = Buffer.alloc(MAX_RESPONSE_BYTES);
        const size = Buffer.alloc(4);
        size.writeUInt32LE(result.length);
        // On a thread of its own: a chip that makes a key takes a minute, and a deadline has to be able to pass meanwhile.
        submit.async(context, LOCALITY, PRIORITY, sent, sent.length, result, size, (problem: unknown, code: number) => {
          if (problem) return reject(problem);
          try {
            requireDone(code);
            resolve(result.subarray(0, Math.min(size.readUInt32LE(), result.length)));
          } catch (cause) {
            reject(cause);
          }
        });
      }),
    close: async () => void close(context),
  };
}

interface Meaning {
  readonly code: "SIGNER_ABSENT" | "SIGNER_BUSY" | "SIGNER_FAILED";
  readonly says: string;
  readonly hints: readonly string[];
}

const FIRMWARE = ["look for the TPM (PTT, fTPM) in the firmware's settings; `tpm.msc` shows its state"];

/** winerror.h, by its name there. */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map<number, Meaning>([
  // TBS_E_TPM_NOT_FOUND, TBS_E_SERVICE_DISABLED
  [0x8028400f, { code: "SIGNER_ABSENT", says: "this machine has no TPM", hints: FIRMWARE }],
  [0x80284010, { code: "SIGNER_ABSENT", says: "the TPM services are turned off", hints: FIRMWARE }],
  // TBS_E_SERVICE_NOT_RUNNING, TBS_E_SERVICE_START_PENDING
  [0x80284008, { code: "SIGNER_ABSENT", says: "the TPM services do not run", hints: ["as an administrator: `sc start TBS`"] }],
  [0x8028400b, { code: "SIGNER_BUSY", says: "the TPM services are only starting", hints: [] }],
  // TBS_E_TOO_MANY_TBS_CONTEXTS
  [0x80284009, { code: "SIGNER_BUSY", says: "too many programs use the TPM", hints: [] }],
  // TBS_E_ACCESS_DENIED
  [0x80284012, { code: "SIGNER_ABSENT", says: "this user may not use the TPM", hints: [] }],
  // TPM_E_COMMAND_BLOCKED
  [0x80280400, { code: "SIGNER_FAILED", says: "Windows lets no program send that command to the TPM", hints: [] }],
]);

function requireDone(result: number): void {
  if (result === 0) return;
  const shown = `0x${(result >>> 0).toString(16)}`;
  const { code, says, hints } = MEANINGS.get(result >>> 0) ?? {
    code: "SIGNER_FAILED" as const,
    says: "the TPM services of Windows failed",
    hints: [],
  };
  throw new Fault(code, `${says} (${shown})`, { hints, details: { returned: shown } });
}
