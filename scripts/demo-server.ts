import { readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { createHttp } from "../src/platform/http/create-http.ts";
import { tunnelProxy } from "../test/contracts/http-servers.ts";
import { freePort } from "../test/free-port.ts";
import { findChromium } from "../test/server/find-chromium.ts";
import type { PersonAtBrowser } from "../test/server/person-at-browser.ts";
import { personInChromium } from "../test/server/person-in-chromium.ts";
import { personOverHttp } from "../test/server/person-over-http.ts";
import { browserThatCalls } from "./demo/browser-that-calls.ts";
import { playOnStage, type Stage } from "./demo/stage.ts";

/*
 * The login server's whole story on one machine: a server on an empty folder, its first administrator with a security key, one
 * sign-in, and a real AWS client whose caller is that person. The commands are printed as they could be typed; the person at the
 * browser is Chromium with a virtual security key, or what a browser would send.
 *
 * `DEMO_BROWSER=none` is for who wants to see it without Chromium, `DEMO_DATABASE=postgres://…` for who wants it on PostgreSQL.
 */

const issuer = "https://id.example";
const role = "arn:aws:iam::123456789012:role/developer";
const expected = "arn:aws:sts::123456789012:assumed-role/developer/alice@example.com";

await playOnStage(async (stage) => {
  const { say, run, startUntil, useSandbox, callAws, environment, program } = stage;
  const port = await freePort();
  const database = process.env["DEMO_DATABASE"];
  const store = database === undefined ? "an empty folder" : "an empty database of PostgreSQL";
  say(`a login server at ${issuer}, on ${store}; its certificate is one that only this demo trusts`);
  await run("brevet sandbox certificate id.example --out id.pem");
  const flags = `--issuer ${issuer} --listen 127.0.0.1:${port} --certificate id.pem --key id.pem`;
  const link = await startServer(
    stage,
    `brevet serve --data server ${flags}${database === undefined ? "" : ` --database ${database}`}`,
  );

  say("a local AWS whose role trusts that issuer, for one person");
  const trust = `--issuer ${issuer} --audience ${issuer} --subject alice@example.com --role developer`;
  await run(`brevet sandbox trust ${trust} --allow-tags --allow-source-identity`);
  await startUntil(`brevet sandbox start --issuer ${issuer}=127.0.0.1:${port} --ready-file ready`, "ready");
  useSandbox();
  await leadTo(stage, port);

  const alice = await openPerson(stage, port);
  say(`Alice opens the link that the server printed, ${alice.how}, and registers her security key`);
  await alice.enrol(link, { email: "alice@example.com", name: "Alice", keyName: "blue key" });
  console.log("registered: alice@example.com, an administrator");

  say("once a day she signs in: brevet opens a browser, she touches her key");
  const browser = await browserThatCalls(stage.folder, (url) => alice.signIn(url));
  stage.atEnd(browser.close);
  environment["BROWSER"] = browser.program;
  await run(`brevet login ${issuer} --store file`);

  say("a profile for AWS tools, which asks brevet for credentials");
  await run(`brevet setup aws --role ${role} --region us-east-1 --program ${program}`);
  const arn = await callAws("brevet");

  say("at the end of the day, or when a laptop is lost: the session is over here and at the server");
  await run("brevet logout");
  if (arn !== expected) throw new Error(`unexpected caller: ${arn}`);
  console.log(`\n${styleText("green", "done")}: AWS knows the caller as ${styleText("bold", arn)}`);
  console.log(`the person was ${alice.how}. docs/guides/login-server.md tells how to run it in earnest.`);
});

/** Alice at Chromium where there is one. */
async function openPerson({ folder, environment, atEnd }: Stage, port: number): Promise<PersonAtBrowser> {
  const executable = process.env["DEMO_BROWSER"] === "none" ? null : findChromium();
  const person =
    executable === null
      ? personOverHttp(issuer, createHttp({ environment }))
      : await personInChromium(executable, {
          hosts: { "id.example:443": `127.0.0.1:${port}` },
          certificate: readFileSync(join(folder, "id.pem"), "utf8"),
        });
  atEnd(() => person.close());
  return person;
}

/** The name leads to this machine for everything that is started here, through a proxy as in a company's network. */
async function leadTo({ environment, atEnd }: Stage, port: number): Promise<void> {
  const proxy = await tunnelProxy(port);
  atEnd(() => proxy.stop());
  environment["HTTPS_PROXY"] = `http://127.0.0.1:${proxy.port}`;
  environment["NO_PROXY"] = "127.0.0.1,localhost";
}

/** Starts the server and shows what it says, but not its log. @returns the link for the first administrator. */
function startServer({ start }: Stage, line: string): Promise<string> {
  const child = start(line);
  return new Promise((found, failed) => {
    let said = "";
    child.once("exit", (code) => failed(new Error(`\`${line}\` ended with ${code}: ${said}`)));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      said += chunk;
      for (const part of chunk.split("\n")) if (/^brevet: |"level":"error"/.test(part)) console.log(part);
      const link = /https:\/\/\S+\/invite\/\S+/.exec(said)?.[0];
      if (link !== undefined) found(link);
    });
  });
}
