import { once } from "node:events";
import { resolve } from "node:path";
import { shellCommand } from "../../core/shell-command.ts";
import type { Terminal } from "../../core/terminal.ts";
import { allWell, runChecks } from "../../flows/checks/checks.ts";
import { onReload, stopSignal } from "../../platform/processes/interruption.ts";
import { livesOnTerminal } from "../../platform/terminal/controlling-terminal.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { issuerFormProblem } from "../../trust/aws/issuer-form.ts";
import { checkTable } from "../checks/check-table.ts";
import { serveChecks } from "../checks/serve-checks.ts";
import { type Context, defineCommand } from "../command.ts";
import type { RunningServer, ServerOverrides } from "../composition.ts";
import { openPublisher } from "../device/destinations.ts";
import { reachFlags, reachOf } from "../flags/reach-flags.ts";
import { serverFolder } from "../flags/server-folder.ts";

export const command = defineCommand({
  path: "serve",
  description:
    "Makes its keys and its database in its data folder at the first start, and runs until it is stopped (Ctrl-C). Settings are in " +
    "server.json there; what is given here is stronger. Without any, it is a trial on http://localhost:8080. With --check it says what " +
    "of these settings, and of the server that runs with them, is not fit for production; the exit status is 1 if something is not.",
  flags: {
    data: { kind: "text", value: "DIR", doc: "its keys, its database and its settings; default: in brevet's state folder" },
    issuer: { kind: "text", value: "URL", doc: "the URL at which people and clouds reach it: https:// and a host" },
    listen: { kind: "text", value: "HOST:PORT", doc: "where it listens; default 127.0.0.1:8080" },
    database: { kind: "text", value: "URL", doc: "postgres://… for several instances; default: SQLite in the data folder" },
    certificate: { kind: "text", value: "FILE", doc: "serve TLS with this certificate and its chain (PEM); needs --key" },
    key: { kind: "text", value: "FILE", doc: "the private key of the certificate (PEM)" },
    publish: {
      kind: "text",
      value: "PLACE",
      doc: "put the issuer's documents there too, for a host that verifiers can reach: a folder, or as for issuer publish --to",
    },
    "trusted-proxy": { kind: "texts", value: "NETWORK", doc: "a proxy whose X-Forwarded-For is believed" },
    check: { kind: "switch", doc: "start nothing: say what is not fit for production, here and as clouds see it" },
    ...reachFlags,
    json: { kind: "switch", doc: "with --check: print the findings as JSON", needs: "check" },
  },
  examples: [
    { line: "brevet serve", does: "try it on this machine" },
    {
      line: "brevet serve --issuer https://id.example.com --listen 0.0.0.0:443 --certificate tls.pem --key tls.key",
      does: "for a team",
    },
    { line: "brevet serve --check", does: "next to the running server, with its own flags" },
  ],
  async run({ flags }, context) {
    const { paths, terminal, workingFolder, output } = context;
    const place = (file: string | undefined): string | undefined =>
      file === undefined ? undefined : resolve(workingFolder, file);
    const dataFolder = serverFolder(flags.data, paths, workingFolder);
    const overrides = {
      issuer: flags.issuer,
      listen: flags.listen,
      database: flags.database,
      certificate: place(flags.certificate),
      key: place(flags.key),
      trustedProxies: flags["trusted-proxy"].length === 0 ? undefined : flags["trusted-proxy"],
    };
    if (flags.check) {
      const publishes = flags.publish !== undefined;
      const checks = await serveChecks(dataFolder, { overrides, publishes, reach: reachOf(flags, context) }, context);
      const reports = await runChecks(checks, terminal.progress);
      output(flags.json ? jsonPage(reports) : await checkTable(reports, terminal));
      return allWell(reports) ? 0 : 1;
    }
    const asked = stopSignal(["SIGINT", "SIGTERM"]);
    const starting = start(dataFolder, { overrides, publish: flags.publish }, context);
    const stop = AbortSignal.any([asked, onReload(starting, (server) => server.refresh(), livesOnTerminal)]);
    const running = await starting;
    if (!stop.aborted) {
      greet(running, terminal);
      await once(stop, "abort");
    }
    terminal.say("stopping: what is under way may end");
    await running.close();
    return 0;
  },
});

async function start(
  dataFolder: string,
  { overrides, publish }: { readonly overrides: ServerOverrides; readonly publish: string | undefined },
  { compose, workingFolder, terminal, errorOutput }: Context,
): Promise<RunningServer> {
  const [{ startServer }, { serverLog, serverLogInWords }] = await Promise.all([compose.server.start(), compose.server.log()]);
  const now = (): number => compose.clock.now() - compose.clock.offsetSeconds;
  const log = terminal.isSeen ? serverLogInWords(now, terminal.say) : serverLog(now, errorOutput);
  return startServer(dataFolder, overrides, {
    now,
    log: log.request,
    warn: log.failure,
    http: await compose.http(),
    publisher: publish === undefined ? undefined : await openPublisher(publish, { compose, workingFolder }),
  });
}

/** Tells the person what to open and what to type. */
function greet({ settings, port, firstLink }: RunningServer, terminal: Terminal): void {
  terminal.say(`the login server ${settings.issuer} listens on port ${port}`);
  if (settings.issuer.startsWith("https:") && settings.tls === null && settings.trustedProxies.length === 0) {
    terminal.warn(
      `it speaks plain HTTP there, for a proxy that has the certificate: name it by \`--trusted-proxy ADDRESS\`; for TLS of its own, \`--listen HOST:PORT --certificate FILE --key FILE\``,
    );
  }
  if (firstLink !== null) {
    terminal.say("nobody administers it yet: open this once, within an hour, and register your key");
    terminal.say(`  ${firstLink.reveal()}`);
  }
  terminal.say(`for people: \`${shellCommand`brevet login ${settings.issuer}`}\``);
  const problem = issuerFormProblem(settings.issuer);
  if (problem !== null) {
    terminal.say(`for clouds: none; AWS takes no issuer like this one: ${problem}`);
  } else {
    const { hostname } = new URL(settings.issuer);
    const identity = `--identity ${hostname}`;
    terminal.say(`for AWS, after that, as the identity that it names (${hostname}, unless they have another of that name):`);
    terminal.say(`  \`brevet setup aws ${identity} --role arn:aws:iam::ACCOUNT:role/NAME\``);
    terminal.say("  where that role is not there yet, an administrator of the account makes it:");
    terminal.say(
      `  \`brevet setup aws ${identity} --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --allow-domain example.com --role-name NAME\``,
    );
  }
}
