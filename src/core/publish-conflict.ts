import { Fault } from "./fault.ts";

/**
 * What a publisher raises when somebody was faster.
 *
 * @param place of the document: `/srv/issuer/keys.json`, `s3://bucket/laptop/keys.json`.
 * @param ever `meanwhile`: once; `all the time`: at every one of several attempts.
 */
export function publishConflict(place: string, ever: "meanwhile" | "all the time" = "meanwhile", cause?: unknown): Fault {
  return new Fault("PUBLISH_CONFLICT", `${place} was changed by someone else ${ever}`, {
    hints: ["run the command again: it reads what is there now"],
    cause,
  });
}
