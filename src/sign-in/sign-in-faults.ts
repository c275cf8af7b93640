import { Fault } from "../core/fault.ts";
import { formatDuration } from "../core/time.ts";
import type { Provider } from "./provider.ts";

/**
 * Nobody can be asked to sign in: what to type where somebody can.
 *
 * @param hasTerminal somebody is there, and this command or its profile asks nobody.
 */
export function personAbsent({ identity }: Provider, hasTerminal = false): Fault {
  const why = hasTerminal ? "and nobody is asked to here" : "and nobody is there to do it";
  return new Fault("PERSON_ABSENT", `nobody is signed in as ${identity}, ${why}`, {
    hints: [hasTerminal ? `sign in: \`brevet login ${identity}\`` : `run \`brevet login ${identity}\` in a terminal`],
  });
}

/** The browser that was named opens nothing, and nobody would read the page's address in its place. */
export function browserAbsent(browser: string, { identity }: Provider): Fault {
  return new Fault(
    "PERSON_ABSENT",
    `the browser ${JSON.stringify(browser)} did not open, and there is no terminal to say so on`,
    {
      hints: [
        `name one that is here: \`brevet login ${identity} --browser firefox\``,
        `or run it in a terminal, which shows the address`,
      ],
    },
  );
}

/** Nobody came to the end of a sign-in while it was waited for. */
export function signInTimeout(provider: Provider, patienceSeconds: number): Fault {
  const message = `nobody finished the sign-in at ${provider.issuer} within ${formatDuration(patienceSeconds)}`;
  return new Fault("SIGN_IN_TIMEOUT", message, { hints: [beginAgain(provider)] });
}

/** @param how what became of it, in messages: `was cancelled` */
export function signInCancelled(provider: Provider, how: string): Fault {
  return new Fault("SIGN_IN_CANCELLED", `the sign-in at ${provider.issuer} ${how}`, { hints: [beginAgain(provider)] });
}

function beginAgain({ identity }: Provider): string {
  return `begin again: \`brevet login ${identity}\``;
}
