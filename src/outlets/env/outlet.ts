import type { Outlet, Output } from "../../core/outlet.ts";
import { environmentOf } from "../../wire/environment.ts";
import { type EnvSyntax, renderEnvironment } from "./syntaxes.ts";

/** Credentials as variables, in the words of a shell or of a file format: `eval "$(brevet env dev)"`. */
export function envOutlet(syntax: EnvSyntax, output: Output): Outlet {
  return {
    async deliver(credentials) {
      output(renderEnvironment(syntax, environmentOf(credentials)));
      return 0;
    },
  };
}
