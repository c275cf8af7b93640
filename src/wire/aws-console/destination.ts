import { Fault } from "../../core/fault.ts";
import type { ConsoleHosts } from "./hosts.ts";

/**
 * The page of the console that a person lands on.
 *
 * @param wanted null: the first one; `s3/home`: below the console's address, in the credentials' region; or the whole address.
 * @param region `""`: the one that the person was in last.
 * @throws {Fault} `URL_INVALID` for a page that is not of this console.
 */
export function destinationOf(wanted: string | null, { console: host, domain }: ConsoleHosts, region: string): string {
  if (wanted !== null && /^[a-z][a-z\d+.-]*:/i.test(wanted)) return wholeAddress(wanted, domain);
  const page = new URL(`https://${host}/${(wanted ?? "console/home").replace(/^\/+/, "")}`);
  if (region !== "" && !page.searchParams.has("region")) page.searchParams.set("region", region);
  return page.href;
}

function wholeAddress(text: string, domain: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isThere = url !== null && (url.hostname === domain || url.hostname.endsWith(`.${domain}`));
  if (!isThere || url.protocol !== "https:" || url.username !== "" || url.password !== "") throw notOfConsole(text, domain);
  return url.href;
}

function notOfConsole(text: string, domain: string): Fault {
  return new Fault("URL_INVALID", `--destination: ${JSON.stringify(text)} is no page of the console at ${domain}`, {
    hints: [`write its path, as \`s3/home\`, or its address, which begins with \`https://\` and is below ${domain}`],
  });
}
