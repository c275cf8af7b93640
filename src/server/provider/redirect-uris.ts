import * as errors from "oidc-provider/lib/helpers/errors.js";
import { LOOPBACK_HOSTS } from "../../core/loopback.ts";

/**
 * Where clients may have browsers sent back to. A code that goes over the network in clear can be read on the way, and a scheme that
 * anybody may claim hands it to whichever app did.
 *
 * @see RFC 8252 §7, §8.4; OpenID Connect Dynamic Client Registration 1.0 §2 (`application_type`)
 */

/** The members of a registration that name such places. */
export const REDIRECT_MEMBERS = ["redirect_uris", "post_logout_redirect_uris"];

const THIS_MACHINE = new Set<string>(LOOPBACK_HOSTS);

/**
 * Checks one member of a registration, whoever made it; the provider itself refuses anything but a list of URLs.
 *
 * @throws {errors.InvalidClientMetadata} naming the URL, and what would be taken.
 */
export function checkRedirects(member: string, value: unknown, { application_type }: Readonly<Record<string, unknown>>): void {
  if (!REDIRECT_MEMBERS.includes(member) || !Array.isArray(value)) return;
  const judge = application_type === "native" ? nativeRefusal : webRefusal;
  for (const uri of value) {
    if (typeof uri !== "string" || !URL.canParse(uri)) continue;
    const refusal = judge(new URL(uri));
    // RFC 6749 §5.2: a description has no quotation marks and no backslash, which a URL may have.
    if (refusal !== null)
      throw new errors.InvalidClientMetadata(`${member} ${refusal}: ${uri.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, "?")}`);
  }
}

function webRefusal({ protocol, hostname }: URL): string | null {
  if (protocol === "https:") return null;
  if (protocol !== "http:") return "of a web application begin with https://; a program with a scheme of its own is native";
  return THIS_MACHINE.has(hostname)
    ? null
    : "of a web application begin with https://, or with http:// on this machine alone (localhost)";
}

function nativeRefusal({ protocol, hostname }: URL): string | null {
  if (protocol === "https:") return null;
  if (protocol === "http:") {
    return THIS_MACHINE.has(hostname)
      ? null
      : "of a native application begin with http:// on this machine alone (127.0.0.1, [::1])";
  }
  return protocol.includes(".")
    ? null
    : "of a native application have a scheme that is a domain name backwards (com.example.app:/back), which nobody else claims";
}
