import { allWell, runChecks } from "../../flows/checks/checks.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { checkTable } from "../checks/check-table.ts";
import { doctorChecks } from "../checks/doctor-checks.ts";
import { defineCommand } from "../command.ts";
import { reachFlags, reachOf } from "../flags/reach-flags.ts";

export const command = defineCommand({
  path: "doctor",
  description: [
    "Checks the config, the store and what guards its key, the keys and whether they are published; setups that stopped in the",
    "middle; the files and variables of the AWS tools, for what shadows a profile and for long-lived keys that are left; the",
    "issuer's name, TLS and documents as each cloud sees them, the clock, and each profile by a real exchange. It changes nothing.",
    "The exit status is 1 if something fails.",
  ].join("\n"),
  flags: {
    offline: { kind: "switch", doc: "look at this machine only" },
    ...reachFlags,
    json: { kind: "switch", doc: "print the findings as JSON" },
  },
  examples: [
    { line: "brevet doctor", does: "everything" },
    { line: "brevet doctor --offline", does: "without the network, and without a sign-in" },
  ],
  async run({ flags }, context) {
    const { output, terminal } = context;
    const checks = await doctorChecks(flags.offline ? null : reachOf(flags, context), context);
    const reports = await runChecks(checks, terminal.progress);
    output(flags.json ? jsonPage(reports) : await checkTable(reports, terminal));
    return allWell(reports) ? 0 : 1;
  },
});
