import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FileCalls, systemCalls } from "../../src/platform/file-calls.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { filesProvisioner } from "../../src/provisioners/files/provisioner.ts";
import type { Step } from "../../src/setup/plan.ts";
import { type ProvisionerSubject, type ProvisionerWorld, provisionerContract, survival } from "./provisioner.ts";

/** How a part of a file looks when others write it, each as an edit of the file's text. */
interface FileCase {
  readonly name: string;
  readonly kind: string;
  readonly after: string;
  readonly changed: string;
  /** null: there is no file. */
  readonly text: string | null;
  readonly strangerCreates: (text: string) => string;
  readonly strangerChanges: (text: string) => string;
  readonly strangerWorksBeside: (text: string) => string;
}

/** The calls of {@link FileCalls} that change something, of which one is the last that a killed process makes. */
const EFFECTS = ["openNew", "write", "rename", "link", "unlink", "makeFolder", "sync", "openFolder"] as const;

function stoppingCalls(effects: number): FileCalls {
  const survive = survival(effects);
  const calls = { ...systemCalls };
  for (const name of EFFECTS) {
    const call = systemCalls[name] as (...args: readonly unknown[]) => unknown;
    Object.assign(calls, {
      [name]: (...args: readonly unknown[]) => {
        survive();
        return call(...args);
      },
    });
  }
  return calls;
}

/** All files below a folder with their permissions, but not those that a lock or a killed writer leaves. */
function contents(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const kept = names.filter((name) => !name.startsWith("state") && !name.endsWith(".brevet-tmp"));
  return Object.fromEntries(
    kept.flatMap((name) => {
      const path = join(folder, name);
      const stats = statSync(path);
      return stats.isDirectory() ? [] : [[name, `${(stats.mode & 0o777).toString(8)} ${readFileSync(path, "utf8")}`]];
    }),
  );
}

function filesSubject(given: FileCase): ProvisionerSubject {
  const top = mkdtempSync(join(tmpdir(), "brevet-provisioner-"));
  process.once("exit", () => rmSync(top, { recursive: true, force: true }));
  const home = join(top, "home");
  const file = join(home, "kept", "config");
  const step = (before: string | null, after: string): Step => ({
    id: given.kind,
    kind: given.kind,
    address: { file, profile: "new" },
    does: "for the test",
    owner: before === null ? "nobody" : "ours",
    before,
    after,
  });
  const open = (stopAfter: number | null): ProvisionerWorld => {
    const files = privateFiles(stopAfter === null ? systemCalls : stoppingCalls(stopAfter));
    const edit = (change: (text: string) => string) => () => {
      mkdirSync(join(home, "kept"), { recursive: true, mode: 0o700 });
      let text = "";
      try {
        text = readFileSync(file, "utf8");
      } catch {
        // Then the stranger makes it.
      }
      writeFileSync(file, change(text), { mode: 0o600 });
    };
    return {
      provisioner: filesProvisioner({ files, stateFolder: join(home, "state"), configFile: join(home, "other") }),
      snapshot: () => contents(home),
      strangerCreates: edit(given.strangerCreates),
      strangerChanges: edit(given.strangerChanges),
      strangerWorksBeside: edit(given.strangerWorksBeside),
      reopen: () => {
        // The lock of a dead process is healed; this process lives, so its lock is taken away here.
        rmSync(join(home, "state", "locks"), { recursive: true, force: true });
        return open(null);
      },
      remove: () => rmSync(home, { recursive: true, force: true }),
    };
  };
  return {
    name: given.name,
    create: step(null, given.after),
    change: step(given.after, given.changed),
    open: (stopAfter) => {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home, { mode: 0o700 });
      if (given.text !== null) {
        mkdirSync(join(home, "kept"), { mode: 0o700 });
        writeFileSync(file, given.text, { mode: 0o644 });
      }
      return open(stopAfter ?? null);
    },
  };
}

const awsProfile = {
  kind: "aws-profile",
  after: "[profile new]\n# made by brevet: test\nregion = eu-west-1",
  changed: "[profile new]\n# made by brevet: test\nregion = eu-west-2",
  strangerCreates: (text: string) => `${text}\n[profile new]\nregion = us-east-1\n`,
  strangerChanges: (text: string) => text.replace("eu-west-1", "us-east-1"),
  strangerWorksBeside: (text: string) => `[profile other]\nregion = us-east-1\n${text}`,
};
const config = "[default]\nregion = eu-west-3\n";
for (const [name, text] of [
  ["AWS profiles", config],
  ["AWS profiles, in a file without a last line end", config.trimEnd()],
  ["AWS profiles, in a file with the line ends of Windows", config.replaceAll("\n", "\r\n")],
  ["AWS profiles, where the file ends in empty lines", `${config}\n\n`],
  ["AWS profiles, in an empty file", ""],
  ["AWS profiles, where there is no file yet", null],
] as const) {
  provisionerContract(filesSubject({ ...awsProfile, name, text }));
}
provisionerContract(
  filesSubject({
    name: "profiles of brevet",
    kind: "brevet-profile",
    after: '{\n  "aws": {\n    "roleArn": "arn:aws:iam::123456789012:role/dev"\n  }\n}',
    changed: '{\n  "aws": {\n    "roleArn": "arn:aws:iam::123456789012:role/ops"\n  }\n}',
    text: '{\n  // mine\n  "profiles": {\n    "old": { "aws": {} }\n  }\n}\n',
    strangerCreates: (text) => text.replace('"old"', '"new": { "aws": {} },\n    "old"'),
    strangerChanges: (text) => text.replace("role/dev", "role/else"),
    strangerWorksBeside: (text) => text.replace("// mine", "// mine, and more"),
  }),
);
