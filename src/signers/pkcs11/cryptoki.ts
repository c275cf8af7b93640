import { Fault } from "../../core/fault.ts";
import { loadKoffi } from "../../platform/load-koffi.ts";
import { FUNCTION_INDEX } from "../../wire/pkcs11/constants.ts";
import { type CkLayout, functionOffset, layoutOf } from "../../wire/pkcs11/layout.ts";
import { meaningOf } from "../../wire/pkcs11/return-values.ts";
import { tryModule } from "./module-request.ts";

/** A name of a function that is used of a module. */
export type FunctionName = keyof typeof FUNCTION_INDEX;

/** A handle is a bigint: it may use all bits of a CK_ULONG. */
export type CkArgument = number | bigint | Buffer | null;

/** A module in this process. What it does wrong, it does to this process. */
export interface Cryptoki {
  readonly layout: CkLayout;
  /** Where a buffer lies in memory. */
  address(buffer: Buffer): bigint;
  /** Calls a function of the module and returns its CK_RV. Buffers are handed over as they lie in memory. */
  callForValue(name: FunctionName, ...args: readonly CkArgument[]): number;
  /** The same. @throws {Fault} what the return value means, unless it is CKR_OK. */
  call(name: FunctionName, ...args: readonly CkArgument[]): void;
  /** What a return value other than CKR_OK means. */
  faultOf(name: FunctionName, value: number): Fault;
}

const [N, P, B] = ["unsigned long", "void *", "unsigned char"];

/** The parameters of each function (pkcs11f.h): numbers, pointers, a CK_BBOOL. */
const PARAMETERS: Readonly<Record<FunctionName, readonly string[]>> = {
  C_Initialize: [P],
  C_Finalize: [P],
  C_GetSlotList: [B, P, P],
  C_GetTokenInfo: [N, P],
  C_GetMechanismInfo: [N, N, P],
  C_OpenSession: [N, N, P, P, P],
  C_Login: [N, N, P, N],
  C_Logout: [N],
  C_DestroyObject: [N, N],
  C_GetAttributeValue: [N, N, P, N],
  C_FindObjectsInit: [N, P, N],
  C_FindObjects: [N, P, N, P],
  C_FindObjectsFinal: [N],
  C_SignInit: [N, P, N],
  C_Sign: [N, P, N, P, P],
  C_GenerateKeyPair: [N, P, P, N, P, N, P, P],
};

/**
 * Loads a module and initializes it. Its functions are taken from the list that it hands out: some modules export nothing else.
 *
 * @param path absolute.
 * @throws {Fault} `SIGNER_ABSENT` when it cannot be loaded.
 */
export async function loadCryptoki(path: string): Promise<Cryptoki> {
  const koffi = await loadKoffi();
  const layout = layoutOf(process.platform);
  const list = Buffer.alloc(8);
  try {
    const getList = koffi.load(path).func("C_GetFunctionList", N, [P]);
    if (getList(list) !== 0) throw new TypeError("C_GetFunctionList failed");
  } catch (cause) {
    throw new Fault("SIGNER_ABSENT", `the module ${path} cannot be loaded: ${reasonOf(cause)}`, {
      hints: [
        "`--signer-option module=PATH` names a PKCS #11 module of this machine, for example libykcs11.so or opensc-pkcs11.so",
      ],
      cause,
    });
  }
  const functions = new Map<FunctionName, (...args: readonly unknown[]) => number>();
  const functionOf = (name: FunctionName): ((...args: readonly unknown[]) => number) => {
    const known = functions.get(name);
    if (known !== undefined) return known;
    const pointer = koffi.decode(list.readBigUInt64LE(), functionOffset(layout, FUNCTION_INDEX[name]), P);
    const loaded = koffi.decode(pointer, koffi.proto(N, [...PARAMETERS[name]]));
    functions.set(name, loaded);
    return loaded;
  };
  const callForValue: Cryptoki["callForValue"] = (name, ...args) => Number(functionOf(name)(...args));
  const call: Cryptoki["call"] = (name, ...args) => {
    const value = callForValue(name, ...args);
    if (value !== 0) throw faultOf(name, value);
  };
  const faultOf: Cryptoki["faultOf"] = (name, value) => returnFault(path, name, value);
  call("C_Initialize", null);
  return { layout, address: (buffer) => koffi.address(buffer), callForValue, call, faultOf };
}

/** What the system's loader said, behind koffi's own words: it names a library that the module lacks. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.replace(/^Failed to load shared library: /, "");
}

function returnFault(module: string, name: FunctionName, value: number): Fault {
  const meaning = meaningOf(value);
  const message = meaning.text === null ? `the module ${module} failed in ${name}` : `the token ${meaning.text}`;
  return new Fault(meaning.code, `${message} (${meaning.name})`, {
    hints: [meaning.hint ?? tryModule(module)],
    details: { function: name, returned: meaning.name },
  });
}
