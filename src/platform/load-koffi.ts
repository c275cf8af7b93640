import { packageAbsent } from "./package-absent.ts";

type Koffi = typeof import("koffi").default;

/**
 * Loads koffi, by which libraries in C are called: an optional package, because most signers need none.
 *
 * @throws {Fault} `SIGNER_ABSENT` where it was not installed.
 */
export async function loadKoffi(load: () => Promise<{ readonly default: Koffi }> = () => import("koffi")): Promise<Koffi> {
  try {
    return (await load()).default;
  } catch (cause) {
    throw packageAbsent("SIGNER_ABSENT", { name: "koffi", purpose: "calls libraries" }, cause);
  }
}
