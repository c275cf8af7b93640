import type { PlanRecord } from "./record.ts";

/** What chose the issuer that was there then: the setup is to trust the one that there is now. */
const CHOICE_OF_ISSUER = / --(?:change-issuer|issuer-url[ =](?:'[^']*'|[^\s'])+)(?= |$)/g;

/** What to type so that a setup is made again as it was, for the identity of that name, which may have been the only one then. */
export function commandOf({ id, command }: PlanRecord, identity: string): string {
  if (command === undefined) return `brevet setup ${id.split("-", 1)[0]} … --identity ${identity}`;
  const again = command.replace(CHOICE_OF_ISSUER, "");
  return / --identity[ =]/.test(again) ? again : `${again} --identity ${identity}`;
}
