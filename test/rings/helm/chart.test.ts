import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { privateFiles } from "../../../src/platform/private-files.ts";
import { readSettings } from "../../../src/server/settings/read-settings.ts";

/** Helm as a library, and Kubernetes' own types, built from the modules that `go.sum` pins. The first build takes minutes. */
const CHART = join(import.meta.dirname, "../../../packaging/helm/brevet-server");
const folder = mkdtempSync(join(tmpdir(), "brevet-helm-"));
const program = join(folder, "read-chart");
const environment = { ...process.env, GOTOOLCHAIN: "local" };
after(() => rmSync(folder, { recursive: true, force: true }));

interface Manifest {
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

function render(values: object): { readonly manifests: readonly Manifest[]; readonly refusal: string } {
  const { stdout, stderr } = spawnSync(program, [CHART], { input: JSON.stringify(values), encoding: "utf8" });
  const lines = stdout.split("\n").filter((line) => line !== "");
  return { manifests: lines.map((line) => JSON.parse(line) as Manifest), refusal: stderr };
}

const kinds = (values: object): readonly string[] => {
  const { manifests, refusal } = render(values);
  assert.equal(refusal, "");
  return manifests.map(({ kind }) => kind).sort();
};

describe("the chart for Helm", () => {
  before(() => {
    const build = ["build", "-mod=readonly", "-o", program, "."];
    const { status, stderr } = spawnSync("go", build, { cwd: import.meta.dirname, env: environment, encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  it("is what Helm and Kubernetes understand, as it comes", () => {
    assert.deepEqual(kinds({}), ["Service", "StatefulSet"]);
  });

  it("is understood with everything that it can be told", () => {
    const values = {
      replicas: 3,
      persistence: { enabled: false },
      ingress: { enabled: true, tlsSecret: "tls", className: "nginx", annotations: { a: "b" } },
      extraArgs: ["--trusted-proxy=10.0.0.0/8"],
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "x", operator: "Exists" }],
      resources: null,
    };
    assert.deepEqual(kinds(values), ["Ingress", "PodDisruptionBudget", "Service", "StatefulSet"]);
    assert.deepEqual(kinds({ persistence: { storageClass: "fast" } }), ["Service", "StatefulSet"]);
  });

  it("refuses what could not work, and says why", () => {
    assert.match(render({ replicas: 2 }).refusal, /several replicas need PostgreSQL/);
    assert.match(render({ ingress: { enabled: true } }).refusal, /ingress\.tlsSecret names the certificate/);
  });

  it("hands the server its key and its settings as files that it takes", () => {
    const { manifests } = render({});
    const set = manifests.find(({ kind }) => kind === "StatefulSet") ?? assert.fail("there is no StatefulSet");
    const { spec } = set.spec["template"] as { spec: { initContainers: { command: string[]; args: string[] }[] } };
    const [init] = spec.initContainers;
    const [secret, data] = [join(folder, "secret"), join(folder, "data")];
    // As a volume of a secret is mounted: readable by all.
    mkdirSync(secret);
    for (const [name, text] of Object.entries({ "server.json": '{"issuer":"https://id.example.com"}', "seal.key": "x" })) {
      writeFileSync(join(secret, name), text, { mode: 0o644 });
    }
    mkdirSync(data);
    const [shell = "", ...flags] = init?.command ?? [];
    const script = (init?.args ?? []).map((text) => text.replaceAll("/secret", secret).replaceAll("/data", data));
    const { status, stderr } = spawnSync(shell, [...flags, ...script], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    const server = join(data, "server");
    assert.deepEqual(
      [server, join(server, "seal.key")].map((path) => statSync(path).mode & 0o777),
      [0o700, 0o600],
    );
    assert.equal(readSettings(privateFiles(), server, {}).issuer, "https://id.example.com");
    assert.equal(readFileSync(join(server, "seal.key"), "utf8"), "x");
  });
});
