import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { privateFiles } from "../../platform/private-files.ts";
import type { Step } from "../../setup/plan.ts";
import type { Provisioner } from "../../setup/provisioner.ts";
import { filesProvisioner } from "./provisioner.ts";

async function withConfig(work: (file: string, provisioner: Provisioner) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "brevet-issuer-"));
  const configFile = join(home, "config.json");
  try {
    await work(configFile, filesProvisioner({ files: privateFiles(), stateFolder: join(home, "state"), configFile }));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const CONTEXT = { earlier: new Map(), progress: () => {} };

describe("the issuer of a device in brevet's config", () => {
  it("is taken from another run that has just written it, though no copy tells what was before", () =>
    withConfig(async (file, provisioner) => {
      const issuer = "https://id.example.com/laptop";
      const config = { identities: { laptop: { kind: "device", signer: "software", subject: "laptop-k3v9q2x7ab", issuer } } };
      writeFileSync(file, JSON.stringify(config));
      const resource = { kind: "brevet-issuer", address: { file, identity: "laptop" } };
      const { state } = await provisioner.read(resource);
      const written = {
        ...resource,
        id: "brevet-issuer",
        does: "write it",
        owner: "nobody",
        before: null,
        after: state,
      } as const;
      assert.deepEqual(await provisioner.apply(written, CONTEXT), {});
      assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), config);
    }));

  it("loses only what a run brought to it, where another brought more since", () =>
    withConfig(async (file, provisioner) => {
      const device = { kind: "device", signer: "software", subject: "laptop-k3v9q2x7ab" };
      const write = (issuer: string, ...publishedTo: readonly string[]): void =>
        writeFileSync(file, JSON.stringify({ identities: { laptop: { ...device, issuer, keys: { publishedTo } } } }));
      const step: Step = {
        kind: "brevet-issuer",
        address: { file, identity: "laptop" },
        id: "brevet-issuer",
        does: "write it",
        owner: "nobody",
        before: JSON.stringify({ issuer: "https://a.example", publishedTo: ["one"] }),
        after: JSON.stringify({ issuer: "https://b.example", publishedTo: ["one", "two"] }),
      };
      write("https://b.example", "one", "two", "three");
      await provisioner.undo(step, {});
      const { identities } = JSON.parse(readFileSync(file, "utf8"));
      assert.deepEqual(identities.laptop, { ...device, issuer: "https://a.example", keys: { publishedTo: ["one", "three"] } });
      write("https://mine.example", "one", "two");
      await provisioner.undo(step, {});
      const kept = JSON.parse(readFileSync(file, "utf8")).identities.laptop;
      assert.deepEqual(kept, { ...device, issuer: "https://mine.example", keys: { publishedTo: ["one"] } });
      const before = readFileSync(file, "utf8");
      await assert.rejects(provisioner.undo(step, {}), { code: "PLAN_CONFLICT" });
      assert.equal(readFileSync(file, "utf8"), before);
      writeFileSync(file, JSON.stringify({ identities: { laptop: device } }));
      await provisioner.undo(step, {});
      assert.deepEqual(JSON.parse(readFileSync(file, "utf8")).identities.laptop, device);
    }));
});
