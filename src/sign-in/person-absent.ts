import { Fault } from "../core/fault.ts";
import type { Provider } from "./provider.ts";

/** Nobody can be asked to sign in: what to type where somebody can. */
export function personAbsent({ identity }: Provider): Fault {
  return new Fault("PERSON_ABSENT", `nobody is signed in as ${identity}, and nobody is there to do it`, {
    hints: [`run \`brevet login ${identity}\` in a terminal`],
  });
}
