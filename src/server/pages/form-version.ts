import type { Fault } from "../../core/fault.ts";
import { staleVersion, versionOf } from "../store/version.ts";
import { type Html, html } from "./html.ts";

/** What a form's fields were filled from, which somebody else may change before it is sent. */
export interface Shown {
  /** What it is called in messages: `the rules`. */
  readonly what: string;
  /** What is there at this moment. */
  readonly now: unknown;
}

/** Whether a form was refused because somebody else has changed meanwhile what it was made from. */
export function isStale(refusal: Fault | null): boolean {
  return refusal?.code === "VERSION_STALE";
}

/**
 * The hidden field that says what a form was made from. A refused form keeps its version, so that somebody else's change is still noticed.
 * If that change was the reason, the page shows it, and the form gets the new version, so that it can be sent again.
 *
 * @param form the form that was refused, if it was this one.
 */
export function versionField({ now }: Shown, form: ReadonlyMap<string, string> | null, refusal: Fault | null): Html {
  const kept = isStale(refusal) ? undefined : form?.get("version");
  return html`<input type="hidden" name="version" value="${kept ?? versionOf(now)}">`;
}

/** @throws {Fault} `VERSION_STALE` for a form that was made from something else. */
export function requireVersion({ what, now }: Shown, form: ReadonlyMap<string, string>): void {
  if (form.get("version") === versionOf(now)) return;
  throw staleVersion(what);
}
