import { Fault } from "../../core/fault.ts";
import type { Outlet, Output } from "../../core/outlet.ts";
import { formatUtc } from "../../core/time.ts";
import { accountOfArn } from "../../wire/aws-config/environment.ts";

/**
 * The answer to `credential_process` of an AWS profile: one line of JSON, written in one call.
 *
 * @see AWS SDKs and Tools Reference Guide, "Process credential provider"
 */
export function credentialProcessOutlet(output: Output): Outlet {
  return {
    async deliver(credentials) {
      if (credentials.kind !== "aws") {
        const { handOutHint } = await import("../../core/hand-out-hint.ts");
        throw new Fault("CREDENTIALS_UNSUPPORTED", `credential_process hands out AWS credentials, not ${credentials.kind}`, {
          hints: [handOutHint(credentials.kind)],
        });
      }
      const accountId = accountOfArn(credentials.assumedRoleArn);
      const members = [
        // A number: SDKs compare it with 1 and refuse the text "1".
        `"Version":1`,
        member("AccessKeyId", credentials.accessKeyId),
        member("SecretAccessKey", credentials.secretAccessKey.reveal()),
        member("SessionToken", credentials.sessionToken.reveal()),
        member("Expiration", formatUtc(credentials.expiresAt)),
        ...(accountId === null ? [] : [member("AccountId", accountId)]),
      ];
      output(`{${members.join(",")}}\n`);
      return 0;
    },
  };
}

function member(name: string, value: string): string {
  return `"${name}":${encodeJsonString(value)}`;
}

/**
 * A JSON string in ASCII that holds no `\"`: the SDK for Go on Windows replaces each `\"` of the answer by `"`
 * before it parses it. So a quote and a backslash are written by number; a backslash before the closing quote
 * would be the same two characters.
 */
function encodeJsonString(value: string): string {
  const body = value.replace(/[^\x20-\x7e]|["\\]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${body}"`;
}
