import { resolve } from "node:path";
import { consumerPrologue } from "./consumer-prologue.ts";
import { parseScript } from "./parse-script.ts";
import type { Program } from "./program.ts";
import { runScript } from "./run-script.ts";

/** From nothing to a profile of Azure whose application `setup azure` has made for this device's RSA key. */
const PROLOGUE = `${consumerPrologue(" --add RS256")}\
env AZURE_AUTHORITY_HOST=$URL/
$ brevet sandbox env > variables; . ./variables; brevet setup azure --profile dev --resolve id.example.com=\${URL#https://} --ca-file $CA
1> ...
2> ...
`;

/** What an SDK, or Terraform, would take instead of the token in the file. */
const PREFERRED = ["AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET", "ARM_CLIENT_SECRET_FILE_PATH", "ARM_CLIENT_CERTIFICATE"];

/** Runs a consumer under \`brevet exec\`: it has to print "a token of the sandbox", and no token may be left behind. */
export async function consumeAzure(command: string, program: Program): Promise<void> {
  const lines = [
    `env REPOSITORY=${resolve(import.meta.dirname, "../..")}`,
    PROLOGUE,
    `$ brevet exec dev -- ${command}`,
    "1> a token of the sandbox",
    "2> ...",
    `$ ${PREFERRED.map((name) => `${name}=old`).join(" ")} brevet exec dev -- sh -c 'stat -c %a "$AZURE_FEDERATED_TOKEN_FILE"; env | grep -c "=old$"; kill -TERM $PPID; sleep 9'`,
    "1> 600",
    "1> 0",
    "2> ...",
    "? 143",
    `$ find "$HOME" -name '*.jwt'`,
  ];
  await runScript(parseScript(lines.join("\n")), program);
}
