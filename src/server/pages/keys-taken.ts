import type { AttestationPolicy } from "../webauthn/attestation.ts";
import { type Html, html } from "./html.ts";

/** Said before somebody tries a key that is refused. */
export function keysTaken({ required, advice }: AttestationPolicy): Html | null {
  if (!required) return null;
  const which = advice === null ? "ask an administrator which" : advice;
  return html`<p>Only security keys that their makers vouch for are taken here: ${which}. When the browser asks, let it show the model
of your key.</p>`;
}
