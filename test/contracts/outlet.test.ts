import assert from "node:assert/strict";
import { consoleOutlet } from "../../src/outlets/console/outlet.ts";
import { credentialProcessOutlet } from "../../src/outlets/credential-process/outlet.ts";
import { envOutlet } from "../../src/outlets/env/outlet.ts";
import { ENV_SYNTAXES } from "../../src/outlets/env/syntaxes.ts";
import { execOutlet } from "../../src/outlets/exec/outlet.ts";
import { execCredentialOutlet } from "../../src/outlets/exec-credential/outlet.ts";
import { googleExecutableOutlet } from "../../src/outlets/google-executable/outlet.ts";
import { tokenOutlet } from "../../src/outlets/token/outlet.ts";
import { outletContract } from "./outlet.ts";

outletContract({ name: "credential-process", accepts: ["aws"], make: credentialProcessOutlet });
outletContract({
  name: "google-executable",
  accepts: ["bearer"],
  make: (output) => googleExecutableOutlet({ tokenType: "jwt", outputFile: null, interactive: false }, output, () => {}),
});
outletContract({
  name: "console",
  accepts: ["aws"],
  make: (output) =>
    consoleOutlet(
      { profile: "dev", destination: null, sessionSeconds: null, print: true, environment: {} },
      {
        http: async () => async () => ({ status: 200, headers: {}, body: '{"SigninToken":"fake-token"}' }),
        clock: { now: () => 1_772_627_400, offsetSeconds: 0, learn: () => {} },
        output,
        say: () => {},
        openBrowser: async () => assert.fail("no browser is to be opened"),
      },
    ),
});
outletContract({ name: "token", accepts: ["bearer"], make: tokenOutlet });
outletContract({ name: "exec-credential", accepts: ["bearer"], make: (output) => execCredentialOutlet(undefined, output) });
for (const syntax of ENV_SYNTAXES) {
  outletContract({ name: `env ${syntax}`, accepts: ["aws", "azure", "gcp"], make: (output) => envOutlet(syntax, output) });
}
outletContract({
  name: "exec",
  accepts: ["aws", "azure", "gcp"],
  make: (output) =>
    execOutlet(
      { whose: "the profile dev", name: "dev", command: "tool", args: [], environment: {} },
      {
        supply: async () => assert.fail("nothing is to be supplied"),
        clock: { now: () => 1_772_627_400, offsetSeconds: 0, learn: () => {} },
        say: () => {},
        run: async (program) => {
          output(JSON.stringify(program));
          return 0;
        },
      },
    ),
});
