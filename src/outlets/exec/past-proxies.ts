import type { Environment } from "../../platform/paths.ts";

/**
 * The variables that keep requests to this machine from a proxy, where one is set: some libraries would send it the secret of the request
 * with everything else, and it could not reach this machine.
 */
export function pastProxies(environment: Environment, host: string): Readonly<Record<string, string>> {
  if (!["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].some((name) => environment[name])) return {};
  const [lower, upper] = [environment["no_proxy"], environment["NO_PROXY"]];
  // Both, because each library reads another one first.
  return { no_proxy: withHost(lower || upper || "", host), NO_PROXY: withHost(upper || lower || "", host) };
}

function withHost(list: string, host: string): string {
  if (list.trim() === "*") return list;
  return list === "" ? host : `${list},${host}`;
}
