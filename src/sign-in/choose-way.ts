import type { SignInPrompt, SignInWay } from "../core/session.ts";
import { hasDeviceGrant } from "./device-sign-in.ts";
import { type ClientParts, openClient } from "./open-client.ts";
import type { SessionParts } from "./session-parts.ts";

/** A way to sign in, and why it is this one; null where nobody wonders. */
export interface ChosenWay {
  readonly way: SignInWay;
  readonly why: string | null;
}

type WayParts = ClientParts &
  Pick<SessionParts, "provider" | "way" | "noScreen"> & { readonly terminal: Pick<SessionParts["terminal"], "hasPerson"> };

/**
 * What the person or the config names; else a browser of this machine; else a code for another device, where the provider has
 * that; else an address to open anywhere and to bring back.
 *
 * @throws {Fault} what asking the provider for its metadata raises.
 */
export async function chooseWay(parts: WayParts): Promise<ChosenWay> {
  const { provider, way, noScreen, terminal } = parts;
  if (way !== null) return { way, why: null };
  if (noScreen === null || !terminal.hasPerson) return { way: "browser", why: null };
  if (hasDeviceGrant(await openClient(provider, "current", parts))) {
    return {
      way: "device",
      why: `${noScreen}, so you sign in on another device (another way: \`brevet login ${provider.identity} --way paste\`)`,
    };
  }
  return { way: "paste", why: `${noScreen}, and ${provider.issuer} has no sign-in on another device` };
}

/** Tells the person what to do. */
export function showPrompt(
  prompt: SignInPrompt,
  { terminal }: { readonly terminal: Pick<SessionParts["terminal"], "instruct"> },
): void {
  if (prompt.way === "browser") {
    const { opened, url } = prompt;
    terminal.instruct(
      opened ? `sign in in the browser; if no tab opened: ${url}` : `open this in a browser of this machine: ${url}`,
    );
    return;
  }
  terminal.instruct(`on any device, open ${prompt.url} and enter the code ${prompt.code}`);
}
