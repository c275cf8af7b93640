import { posixWord } from "../core/posix-word.ts";
import { hostedIssuers } from "./issuer-trust.ts";
import type { PlanRecord } from "./record.ts";

/** What chose the issuer that was there then: the setup is to trust the one that there is now. */
const CHOICE_OF_ISSUER = / --(?:change-issuer|(?:issuer|hosting)[ =](?:'[^']*'|[^\s'])+)(?= |$)/g;

/**
 * What to type so that a setup is made again as it was, for another issuer.
 *
 * @param identity its name, which may have been the only one then.
 * @param issuer the new one, or in words what will give it. A setup that hosted the former one would go back to that if it were not said.
 */
export function commandOf(
  record: PlanRecord,
  { identity, issuer }: { readonly identity: string; readonly issuer: string },
): string {
  const { id, command } = record;
  if (command === undefined) return `brevet setup ${id.split("-", 1)[0]} … --identity ${identity}`;
  const again = command.replace(CHOICE_OF_ISSUER, "");
  const named = / --identity[ =]/.test(again) ? again : `${again} --identity ${identity}`;
  if (hostedIssuers(record).length === 0) return named;
  return `${named} --issuer ${URL.canParse(issuer) ? posixWord(issuer) : "URL"}`;
}
