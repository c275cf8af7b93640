import { Fault } from "../core/fault.ts";
import type { Environment } from "./paths.ts";

/** The base URL of a service, ending in a slash: what a variable says, else the usual one. @throws {Fault} `URL_INVALID` */
export function endpointOf(environment: Environment, variable: string, usual: string): string {
  const text = environment[variable] || usual;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) {
    throw new Fault("URL_INVALID", `${JSON.stringify(text)} in ${variable} is not the URL of an endpoint`, {
      hints: [`unset ${variable}, or write \`${usual}\``],
    });
  }
  return text.endsWith("/") ? text : `${text}/`;
}
