import { Fault } from "../../core/fault.ts";
import type { Outlet, Output } from "../../core/outlet.ts";
import { awsEnvironment } from "../../wire/aws-config/environment.ts";
import { type EnvSyntax, renderEnvironment } from "./syntaxes.ts";

/** Credentials as variables, in the words of a shell or of a file format: `eval "$(brevet env dev)"`. */
export function envOutlet(syntax: EnvSyntax, output: Output): Outlet {
  return {
    async deliver(credentials) {
      if (credentials.kind !== "aws") {
        throw new Fault("CREDENTIALS_UNSUPPORTED", `${credentials.kind} credentials have no environment variables`);
      }
      output(renderEnvironment(syntax, awsEnvironment(credentials)));
      return 0;
    },
  };
}
