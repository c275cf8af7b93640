import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Fault } from "../../core/fault.ts";
import { type FileCalls, systemCalls } from "../../platform/file-calls.ts";
import { privateFiles } from "../../platform/private-files.ts";
import type { Step } from "../../setup/plan.ts";
import type { Facts, Provisioner } from "../../setup/provisioner.ts";
import { filesProvisioner } from "./provisioner.ts";

interface Place {
  readonly home: string;
  readonly file: string;
  readonly provisioner: Provisioner;
  readonly step: Step;
}

async function inPlace(work: (place: Place) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "brevet-files-"));
  const file = join(home, ".aws", "config");
  const step: Step = {
    id: "aws-profile",
    kind: "aws-profile",
    address: { file, profile: "new" },
    does: "add it",
    owner: "nobody",
    before: null,
    after: "[profile new]\n# made by brevet: test\nregion = eu-west-1",
  };
  const provisioner = filesProvisioner({
    files: privateFiles(),
    stateFolder: join(home, "state"),
    configFile: join(home, "other"),
  });
  try {
    await work({ home, file, provisioner, step });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const PROFILES = ["one", "two", "three"] as const;
const ORDERS = PROFILES.flatMap((first) =>
  PROFILES.filter((name) => name !== first).map((second) => [
    first,
    second,
    ...PROFILES.filter((name) => name !== first && name !== second),
  ]),
);
const STARTS = [
  ["no file", null],
  ["an empty file", ""],
  ["a file of empty lines", "\n\n"],
  ["a file without a last line end", "[default]\nregion = x"],
  ["a file with comments", "# first\n[default]\nregion = x\n\n# last\n"],
  ["a config of brevet", '{\n  // mine\n  "identities": {}, "profiles": { }\n}\n'],
  ["a config of brevet that says nothing", "{}"],
] as const;

function newProfile(file: string, profile: string, kind: string): Step {
  const after =
    kind === "aws-profile"
      ? `[profile ${profile}]\n# made by brevet: test\nregion = x`
      : JSON.stringify({ aws: { roleArn: `arn:aws:iam::123456789012:role/${profile}` } }, null, 2);
  return { id: kind, kind, address: { file, profile }, does: "add it", owner: "nobody", before: null, after };
}

function startWith(text: string | null, { file }: Place): void {
  rmSync(join(file, ".."), { recursive: true, force: true });
  if (text === null) return;
  mkdirSync(join(file, ".."), { mode: 0o700 });
  writeFileSync(file, text, { mode: 0o640 });
}

/** @param meanwhile what somebody else does after each of them. @returns what undoing each needs. */
async function addProfiles(
  { file, provisioner }: Place,
  kind: string,
  meanwhile: (profile: string) => void = () => {},
): Promise<ReadonlyMap<string, Facts>> {
  const facts = new Map<string, Facts>();
  for (const profile of PROFILES) {
    facts.set(profile, await provisioner.apply(newProfile(file, profile, kind), CONTEXT));
    meanwhile(profile);
  }
  return facts;
}

/** Every file below a folder and what is in it; what brevet keeps for itself is not looked at. */
function below(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => !name.startsWith("state"));
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

const CONTEXT = { earlier: new Map(), progress: () => {} };

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Fault && error.code === code;
}

describe("a file of the user's", () => {
  it("is made with its folder, for its owner alone, and goes with its folder", () =>
    inPlace(async ({ home, file, provisioner, step }) => {
      const facts = await provisioner.apply(step, CONTEXT);
      assert.equal(statSync(file).mode & 0o777, 0o600);
      await provisioner.undo(step, facts);
      assert.equal(existsSync(join(home, ".aws")), false);
    }));

  it("takes several parts at once or, where one is not as it was, none of them; and each is given back by itself", () =>
    inPlace(async (place) => {
      for (const [title, start] of STARTS) {
        const kind = title.startsWith("a config") ? "brevet-profile" : "aws-profile";
        startWith(start, place);
        const { home, file, provisioner } = place;
        const [one, two, three] = PROFILES.map((profile) => newProfile(file, profile, kind)) as [Step, Step, Step];
        const found = below(home);
        const changed: Step = { ...two, before: "{}" };
        await assert.rejects(async () => provisioner.applyTogether?.([one, changed, three]), hasCode("PLAN_CONFLICT"));
        assert.deepEqual(below(home), found, title);
        const facts = (await provisioner.applyTogether?.([one, two, three])) ?? [];
        for (const step of [one, two, three]) assert.equal((await provisioner.read(step)).state, step.after, title);
        await provisioner.undo(two, facts[1] ?? {});
        assert.deepEqual([(await provisioner.read(one)).state, (await provisioner.read(two)).state], [one.after, null], title);
        await provisioner.undo(one, facts[0] ?? {});
        await provisioner.undo(three, facts[2] ?? {});
        assert.deepEqual(below(home), found, title);
      }
    }));

  it("keeps its folder if somebody put something there", () =>
    inPlace(async ({ home, file, provisioner, step }) => {
      const facts = await provisioner.apply(step, CONTEXT);
      writeFileSync(join(home, ".aws", "credentials"), "");
      await provisioner.undo(step, facts);
      assert.equal(existsSync(file), false);
      assert.equal(existsSync(join(home, ".aws", "credentials")), true);
    }));

  it("stays a link, and others may read it as before", () =>
    inPlace(async ({ home, file, provisioner, step }) => {
      mkdirSync(join(home, ".aws"), { mode: 0o700 });
      mkdirSync(join(home, "dotfiles"), { mode: 0o755 });
      const target = join(home, "dotfiles", "aws-config");
      writeFileSync(target, "[default]\n");
      chmodSync(target, 0o640);
      symlinkSync(target, file);
      await provisioner.apply(step, CONTEXT);
      assert.equal(readlinkSync(file), target);
      assert.equal(statSync(target).mode & 0o777, 0o640);
      assert.equal(readFileSync(`${target}.brevet-backup`, "utf8"), "[default]\n");
      assert.match(readFileSync(target, "utf8"), /^\[default\]\n\n\[profile new\]\n/);
    }));

  it("is not made where a link leads to nothing", () =>
    inPlace(async ({ home, file, provisioner, step }) => {
      mkdirSync(join(home, ".aws"), { mode: 0o700 });
      symlinkSync(join(home, "elsewhere"), file);
      await assert.rejects(provisioner.apply(step, CONTEXT), (cause: Fault) => {
        assert.deepEqual([cause.code, cause.hints.length], ["FILE_UNREADABLE", 1]);
        return true;
      });
      assert.equal(existsSync(join(home, "elsewhere")), false);
    }));

  it("is not edited when it is no UTF-8, and not when it is malformed", () =>
    inPlace(async ({ home, file, provisioner, step }) => {
      mkdirSync(join(home, ".aws"), { mode: 0o700 });
      for (const [bytes, code] of [
        [Buffer.from("[default]\n# caf\xe9\n", "latin1"), "FILE_UNSAFE"],
        [Buffer.from("[a]\n[a]\n"), "AWS_CONFIG_MALFORMED"],
      ] as const) {
        writeFileSync(file, bytes);
        await assert.rejects(provisioner.apply(step, CONTEXT), hasCode(code));
        assert.deepEqual(readFileSync(file), bytes);
      }
    }));

  it("is taken apart even after somebody added to it, but not the copy of a later change", () =>
    inPlace(async ({ file, provisioner, step }) => {
      const second: Step = {
        ...step,
        address: { file, profile: "two" },
        after: "[profile two]\n# made by brevet: test\nregion = x",
      };
      mkdirSync(join(file, ".."), { mode: 0o700 });
      writeFileSync(file, "[default]");
      const one = await provisioner.apply(step, CONTEXT);
      const two = await provisioner.apply(second, CONTEXT);
      await provisioner.undo(step, one);
      assert.equal(existsSync(`${file}.brevet-backup`), true);
      await provisioner.undo(second, two);
      assert.equal(existsSync(`${file}.brevet-backup`), false);
      assert.equal(readFileSync(file, "utf8"), "[default]");
    }));

  for (const [name, text] of STARTS) {
    it(`is what it was to the byte after several setups, in whatever order they are taken away: ${name}`, () =>
      inPlace(async (place) => {
        for (const order of ORDERS) {
          startWith(text, place);
          const before = below(place.home);
          const kind = text?.startsWith("{") ? "brevet-profile" : "aws-profile";
          const facts = await addProfiles(place, kind);
          for (const profile of order)
            await place.provisioner.undo(newProfile(place.file, profile, kind), facts.get(profile) ?? {});
          assert.deepEqual(below(place.home), before, order.join(", "));
        }
      }));
  }

  it("keeps what others did between two setups, and no copy is left", () =>
    inPlace(async (place) => {
      const { home, file, provisioner, step } = place;
      for (const order of ORDERS) {
        startWith("[default]\n", place);
        const facts = await addProfiles(place, step.kind, (profile) =>
          writeFileSync(file, readFileSync(file, "utf8").replace("[default]", `[default]\n${profile} = theirs`)),
        );
        for (const profile of order) await provisioner.undo(newProfile(file, profile, step.kind), facts.get(profile) ?? {});
        assert.deepEqual(below(home), { ".aws/config": "[default]\nthree = theirs\ntwo = theirs\none = theirs\n" });
      }
    }));

  it("is as it was when the disk is full at any write", () =>
    inPlace(async ({ home, file, step }) => {
      mkdirSync(join(home, ".aws"), { mode: 0o700 });
      let refused = 0;
      for (let room = 0; ; room += 1) {
        writeFileSync(file, "[default]\n", { mode: 0o600 });
        const provisioner = filesProvisioner({
          files: privateFiles(fullAfter(room)),
          stateFolder: join(home, `state-${room}`),
          configFile: join(home, "other"),
        });
        try {
          await provisioner.apply(step, CONTEXT);
          break;
        } catch (error) {
          assert.ok(hasCode("FILE_UNWRITABLE")(error), String(error));
          assert.equal(readFileSync(file, "utf8"), "[default]\n");
          refused += 1;
        }
      }
      // The lock, what is remembered, the copy, the file.
      assert.equal(refused, 4);
    }));
});

/** The system, until so many writes were made. */
function fullAfter(writes: number): FileCalls {
  let left = writes;
  return {
    ...systemCalls,
    write: (fd, bytes) => {
      if (left <= 0) throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
      left -= 1;
      systemCalls.write(fd, bytes);
    },
  };
}
