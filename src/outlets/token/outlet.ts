import { Fault } from "../../core/fault.ts";
import { handOutHint } from "../../core/hand-out-hint.ts";
import type { Outlet, Output } from "../../core/outlet.ts";

/** Prints a bearer token and a line feed, as `Authorization: Bearer $(brevet token …)` takes it. */
export function tokenOutlet(output: Output): Outlet {
  return {
    async deliver(credentials) {
      if (credentials.kind !== "bearer") {
        throw new Fault(
          "CREDENTIALS_UNSUPPORTED",
          `a token is a bearer credential, and these are ${credentials.kind} credentials`,
          { hints: [handOutHint(credentials.kind)] },
        );
      }
      output(`${credentials.token.reveal()}\n`);
      return 0;
    },
  };
}
