import { once } from "node:events";
import { lstatSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { takeCommand } from "../../core/shell-variables.ts";
import type { Clock } from "../../core/time.ts";
import { stopSignal } from "../../platform/processes/interruption.ts";
import { defineCommand } from "../command.ts";
import { readPort } from "../flags/read-port.ts";
import { sandboxFolder } from "../flags/sandbox-folder.ts";

export const command = defineCommand({
  path: "sandbox start",
  description:
    "Runs until it is stopped (Ctrl-C). It listens on 127.0.0.1 only, with a certificate of its own authority, and fetches " +
    "issuers only from where --issuer says. Each request is logged with the verdict: for a refusal, the statement that " +
    "decided, what it wanted and what it saw. Roles and OIDC providers are files in its folder, read again at each request.",
  flags: {
    folder: {
      kind: "text",
      value: "DIR",
      doc: "where its IAM, certificates and session key are; default: in brevet's state folder",
    },
    port: { kind: "text", value: "N", doc: "the port on 127.0.0.1; default: any that is free" },
    issuer: { kind: "texts", value: "URL=PLACE", doc: "where an issuer's documents are: a FOLDER, or 127.0.0.1:PORT" },
    region: { kind: "text", value: "REGION", doc: "the region that clients are told to use; default us-east-1" },
    answer: { kind: "text", value: "FILE", doc: "misbehaviours to give to the next requests, for testing clients (JSON)" },
    "source-ip": { kind: "text", value: "IP", doc: "the address that requests seem to come from; default: none is told" },
    "clock-offset": {
      kind: "text",
      value: "SECONDS",
      doc: "how far the sandbox's clock is ahead (behind: `--clock-offset=-600`); default 0",
    },
    "ready-file": { kind: "text", value: "FILE", doc: "is written, with the URL and the CA's path as JSON, once it listens" },
  },
  examples: [
    { line: "brevet sandbox start --issuer https://issuer.example/laptop=./published", does: "serve that folder as the issuer" },
    { line: "brevet sandbox start --port 4443", does: "always at https://127.0.0.1:4443" },
  ],
  async run({ flags }, { compose, paths, terminal, workingFolder }) {
    const stop = stopSignal();
    const readyFile = flags["ready-file"] === undefined ? null : resolve(workingFolder, flags["ready-file"]);
    if (readyFile !== null) requirePlain(readyFile);
    const sandbox = await compose.sandbox(sandboxFolder(flags.folder, { paths, workingFolder }));
    const started = await sandbox.start(
      {
        port: flags.port === undefined ? 0 : readPort(flags.port),
        region: flags.region ?? "us-east-1",
        issuers: flags.issuer,
        sourceIp: readAddress(flags["source-ip"]),
        answersFile: flags.answer === undefined ? null : resolve(workingFolder, flags.answer),
      },
      { clock: machineClock(compose.clock, flags["clock-offset"]), workingFolder, log: terminal.say },
    );
    if (!stop.aborted) {
      const where = flags.folder === undefined ? [] : ["--folder", flags.folder];
      const command = takeCommand(shellCommand`brevet ${["sandbox", "env", ...where]}`);
      terminal.say(`the sandbox listens at ${started.running.url}; in another terminal: \`${command}\``);
      if (readyFile !== null) writeReady(readyFile, `${JSON.stringify(started.running)}\n`);
      await once(stop, "abort");
    }
    if (readyFile !== null) rmSync(readyFile, { force: true });
    await started.close();
    return 0;
  },
});

/** The machine's own clock: not the corrected one, which may have learnt its correction from this very sandbox. */
function machineClock(clock: Clock, offset: string | undefined): Pick<Clock, "now"> {
  const seconds = Number(offset ?? "0");
  if (!Number.isSafeInteger(seconds)) throw new Fault("USAGE_INVALID", `"${offset}" is not a number of seconds`);
  return { now: () => clock.now() - clock.offsetSeconds + seconds };
}

function readAddress(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (isIP(text) === 0) throw new Fault("USAGE_INVALID", `"${text}" is not an IP address`);
  return text;
}

/** It is renamed over and later removed: to root, that would be allowed with `/dev/null` too. */
function requirePlain(file: string): void {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? true) return;
  throw new Fault("USAGE_INVALID", `${file} is no plain file, and --ready-file is written and removed`);
}

/** Whole or not at all: whoever waits for the file reads it at once. */
function writeReady(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}
