import { Fault } from "../core/fault.ts";

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
    throw new Fault("SIGNER_ABSENT", "the package koffi, by which brevet calls libraries, is not installed", {
      hints: [
        "install brevet with its optional packages: `npm install --global --include=optional brevet`",
        "or take the executable, which holds it",
      ],
      cause,
    });
  }
}
