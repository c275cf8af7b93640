import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { consumerPrologue } from "../../scripts/consumer-prologue.ts";
import { parseScript } from "../../scripts/parse-script.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { runScript } from "../../scripts/run-script.ts";

/** Kubernetes' own client and its own judge of tokens, built from the modules that `go.sum` pins. The first build takes minutes. */
const folder = mkdtempSync(join(tmpdir(), "brevet-kubernetes-"));
const program = join(folder, "kubernetes");
after(() => rmSync(folder, { recursive: true, force: true }));

/** As the guide has it: what the cluster is told, and what its client is told. */
const FILES = `
-- authentication.yaml --
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
- issuer:
    url: https://id.example.com/laptop
    audiences: [kubernetes]
  claimMappings:
    username:
      claim: sub
      prefix: "brevet:"
-- template --
apiVersion: v1
kind: Config
current-context: it
clusters: [{ name: it, cluster: { server: "https://SERVER", certificate-authority: AUTHORITY } }]
contexts: [{ name: it, context: { cluster: it, user: it } }]
users:
- name: it
  user:
    exec:
      apiVersion: client.authentication.k8s.io/VERSION
      interactiveMode: IfAvailable
      command: brevet
      args: [credential, kubernetes, "--audience=AUDIENCE", "--identity=IDENTITY"]
`;

const CLUSTER = `${consumerPrologue()}
$ brevet sandbox certificate cluster.example --out cluster.pem
2> ...
& ${program} serve --ready-file served \${URL#https://} $CA cluster.pem < authentication.yaml
let SERVER = cat served
`;

/** What a client prints whose kubeconfig has that version of ExecCredential, that audience and that identity. */
async function askWith(version: string, audience: string, identity: string, answer: readonly string[]): Promise<void> {
  const lines = [
    CLUSTER,
    `$ sed "s|SERVER|$SERVER|; s|AUTHORITY|$CA|; s|VERSION|${version}|; s|AUDIENCE|${audience}|; s|IDENTITY|${identity}|" template > kubeconfig`,
    `$ ${program} ask kubeconfig`,
    ...answer,
  ];
  await runScript(parseScript(lines.join("\n") + FILES), programUnderTest());
}

const CAME = ["1> brevet:$SUBJECT"];

describe("Kubernetes' client, before Kubernetes' judge of tokens", () => {
  before(() => {
    const build = ["build", "-mod=readonly", "-o", program, "."];
    const environment = { ...process.env, GOTOOLCHAIN: "local" };
    const { status, stderr } = spawnSync("go", build, { cwd: import.meta.dirname, env: environment, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  it("comes as the device, by either version of ExecCredential", async () => {
    await askWith("v1", "kubernetes", "laptop", CAME);
    await askWith("v1beta1", "kubernetes", "laptop", CAME);
  });

  it("is refused with a token for somebody else", () => askWith("v1", "another", "laptop", ["1> refused: {{.*audience.*}}"]));

  it("shows what brevet says where it gives no token", () =>
    askWith("v1", "kubernetes", "nobody", ["2> brevet: error: {{.*}} (IDENTITY_UNKNOWN)", "2> ...", "? 1"]));
});
