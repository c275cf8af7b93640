import { Fault } from "../../core/fault.ts";
import type { Where } from "../../core/place.ts";

/* Values that the options of several kinds have. `where` names the place in messages: `profiles.dev.aws.audience`. */

/** The parsed value, or null for one that is not there. */
export function optional<In, Out>(value: In | undefined, parse: (value: In) => Out): Out | null {
  return value === undefined ? null : parse(value);
}

/** The audience of a token. @param longest in characters, as the verifier limits it. @throws {Fault} `AUDIENCE_INVALID` */
export function parseAudience(text: string, where: Where, longest: number): string {
  if (text.length <= longest && /^\S+$/.test(text)) return text;
  const rule = `1 to ${longest} characters without white space`;
  throw new Fault("AUDIENCE_INVALID", `${where}: ${JSON.stringify(text)} is not an audience: ${rule}`);
}

/** The base URL of a service, as its parts are joined to it. @param example for the hint. @throws {Fault} `URL_INVALID` */
export function parseEndpointUrl(text: string, where: Where, example: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && url.username + url.password !== "") {
    throw new Fault("URL_INVALID", `${where}: the URL of ${url.host} holds a user name or a password, which brevet never sends`, {
      hints: [`write it as \`${example}\``],
    });
  }
  if (url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") return url.href;
  throw new Fault("URL_INVALID", `${where}: ${JSON.stringify(text)} is not the URL of an endpoint`, {
    hints: [`write it as \`${example}\``],
  });
}
