import type { PlanRecord } from "./record.ts";

/** What to type so that a setup is made again as it was, for the identity of that name, which may have been the only one then. */
export function commandOf({ id, command }: PlanRecord, identity: string): string {
  if (command === undefined) return `brevet setup ${id.split("-", 1)[0]} … --identity ${identity}`;
  return / --identity[ =]/.test(command) ? command : `${command} --identity ${identity}`;
}
