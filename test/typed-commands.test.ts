import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { FlagTable } from "../src/cli/command.ts";
import { COMMANDS, findCommand } from "../src/cli/commands.ts";

/* What a person is told to type exists: every command in a hint of the program, in a guide and on the pages beside the code. */

const ROOT = join(import.meta.dirname, "..");
/** What an interpolation of the source stands for. */
const ANY = "ANY";

interface Typed {
  readonly file: string;
  readonly words: readonly string[];
}

/** The files of a folder and of those in it; reference pages are made from the commands themselves. */
function filesOf(folder: string, ending: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending) && !name.endsWith(".test.ts") && !name.startsWith("reference"))
    .map((name) => join(folder, name));
}

function typedIn(file: string, forms: readonly RegExp[]): readonly Typed[] {
  const text = readFileSync(join(ROOT, file), "utf8").replaceAll(/\\\n\s*/g, " ");
  return forms.flatMap((form) =>
    [...text.matchAll(form)].map(([, line = ""]) => {
      const [command = ""] = line.replaceAll(/\$\{[^}]*\}/g, ANY).split(/ -- | #|\)|;|&&|\||>|</);
      return { file, words: command.trim().split(/\s+/) };
    }),
  );
}

/** In code between backticks, on a page also behind a prompt. */
const TYPED: readonly Typed[] = [
  ...filesOf("src", ".ts").flatMap((file) =>
    typedIn(file, [/\\`brevet ([a-z][^`\\]*)\\`/g, /"[^"\n]*`brevet ([a-z][^`"\\\n]*)`/g]),
  ),
  ...["README.md", "SECURITY.md", "ARCHITECTURE.md", "CHANGELOG.md", ...filesOf("docs", ".md")].flatMap((file) =>
    typedIn(file, [/`brevet ([a-z][^`\n]*)`/g, /^\$ brevet ([a-z].*)$/gm]),
  ),
];

const isGroup = (words: readonly string[]): boolean =>
  COMMANDS.some(({ path }) => path.startsWith(`${words.filter((word) => word !== "…").join(" ")} `));

/** What is wrong with it; null where it can be typed. */
async function problemWith(words: readonly string[]): Promise<string | null> {
  const found = findCommand(words);
  if (found === null) return isGroup(words) || words.includes(ANY) ? null : "there is no such command";
  const flags: FlagTable = (await found.entry.load()).command.flags;
  const given = found.rest.flatMap((word) => /^--([a-z][a-z0-9-]*)/.exec(word)?.[1] ?? []);
  const unknown = given.find((flag) => flag !== "help" && !Object.hasOwn(flags, flag));
  if (unknown !== undefined) return `it has no flag --${unknown}`;
  return given.includes("help") || found.rest.includes("…") ? null : contradictionIn(given, found.rest, flags);
}

/** Flags that are missing beside those that are shown, or that contradict each other; a command alone is only named. */
function contradictionIn(given: readonly string[], rest: readonly string[], flags: FlagTable): string | null {
  if (rest.length === 0) return null;
  const required = Object.keys(flags).filter((name) => flags[name]?.required === true);
  const needed = given.flatMap((name) => flags[name]?.needs ?? []);
  const lacking = [...required, ...needed].find((name) => !given.includes(name));
  if (lacking !== undefined) return `it needs --${lacking}`;
  const excluded = given.find((name) => given.some((other) => flags[other]?.excludes?.includes(name)));
  return excluded === undefined ? null : `--${excluded} does not go with the others`;
}

interface NamedValue {
  readonly flag: string;
  readonly value: string;
}

/** The values that a page gives to flags: `--flag value`, `--flag one|another`; a name of what stands there is in capitals. */
function valuesNamedIn(text: string): readonly NamedValue[] {
  return [...text.matchAll(/`((?:--|brevet )[^`\n]*)`/g)].flatMap(([, span = ""]) =>
    [...span.matchAll(/--([a-z][a-z0-9-]*)[ =]([a-z][\w|-]*)/g)].flatMap(([, flag = "", values = ""]) =>
      values.split("|").map((value) => ({ flag, value })),
    ),
  );
}

/** The flags that take one of a list, with the values that some command takes; none that is a free text elsewhere. */
async function choicesOfFlags(): Promise<ReadonlyMap<string, ReadonlySet<string> | null>> {
  const choices = new Map<string, ReadonlySet<string> | null>();
  for (const { load } of COMMANDS)
    for (const [name, flag] of Object.entries((await load()).command.flags)) {
      if (flag.kind === "switch") continue;
      const own = "choices" in flag && flag.choices !== undefined ? flag.choices : null;
      const before = choices.get(name);
      choices.set(name, own === null || before === null ? null : new Set([...(before ?? []), ...own]));
    }
  return choices;
}

/** Commands in what a source says to a person, outside of backticks: a narrow terminal would break them in two. */
function bareCommandsIn(source: string): readonly string[] {
  return [...source.matchAll(/\.(?:say|warn)\(([\s\S]*?)\);\n/g)].flatMap(([, said = ""]) => {
    const spoken = said.replaceAll(/\$\{shellCommand`[^`]*`\}/g, "");
    const bare = spoken.replaceAll(/\\`[^`]*\\`|(?<=")[^"`\n]*`[^"\n]*`(?=[^`\n]*")/g, "");
    return [...bare.matchAll(/(?<=[: ])(?:brevet|aws|gcloud|az) [a-z-]+(?: [a-z-]+)?/g)]
      .map(([command]) => command)
      .filter((command) => !command.startsWith("brevet ") || findCommand(command.split(" ").slice(1)) !== null);
  });
}

/**
 * What stands in a command without quotes, by what the sources call it: names, ids and the like have a form that was checked, and the
 * others are words of the program's own.
 */
const PLAIN =
  /^(?:.*\.)?(?:name|named|identity|profile|id|pid|ourId|keyId|byId|account|bucket|user|path|command|executables|method|guard|verifier|exchange|role|descriptor|endpoint|ADMINISTRATORS|meant|near|wanted|possible|other|first|flags)$|^only \?\?|\.join\(" "\)$|^responseCode\.|^(?:away|endpointFlag)\(/;

/** Values that stand in a command as they are, although a shell could read them otherwise: `shellCommand` is what quotes them. */
function bareValuesIn(source: string): readonly string[] {
  const commands = source.matchAll(/\\`((?:\$\{(?:[^{}`]|`[^`]*`)*\}|[^`\\\n$]|\$(?!\{))*)\\`/g);
  return [...commands].flatMap(([, command = ""]) =>
    /^(?:--)?[a-z][\w-]* /.test(command)
      ? [...command.matchAll(/\$\{((?:[^{}`]|`[^`]*`)*)\}/g)].flatMap(([, value = ""]) =>
          /^(?:shellCommand`|posixWord\()/.test(value) || PLAIN.test(value) ? [] : [`${value} in ${command}`],
        )
      : [],
  );
}

const outside = (named: readonly NamedValue[], choices: ReadonlyMap<string, ReadonlySet<string> | null>) =>
  named.filter(({ flag, value }) => choices.get(flag)?.has(value) === false);

describe("the value of a flag that a page names", () => {
  it("is one that the flag takes", async () => {
    const choices = await choicesOfFlags();
    const named = ["README.md", ...filesOf("docs", ".md")].flatMap((file) =>
      valuesNamedIn(readFileSync(join(ROOT, file), "utf8")).map((one) => ({ file, ...one })),
    );
    assert.ok(named.filter(({ flag }) => choices.get(flag)).length > 10);
    assert.deepEqual(outside(named, choices), []);
  });

  it("would be found out if it were not", async () => {
    const wrong = [{ flag: "print", value: "aws-cli" }];
    assert.deepEqual(outside(valuesNamedIn("`--print cli|aws-cli`"), await choicesOfFlags()), wrong);
  });
});

describe("a command that somebody is told to type", () => {
  it("is looked for where there are some", () => {
    assert.ok(TYPED.filter(({ file }) => file.startsWith("src/")).length > 100);
    assert.ok(TYPED.filter(({ file }) => file.startsWith("docs/")).length > 100);
  });

  it("exists, with the flags that it is shown with", async () => {
    const problems = await Promise.all(
      TYPED.map(async ({ file, words }) => {
        const problem = await problemWith(words);
        return problem === null ? [] : [`${file}: brevet ${words.join(" ")}: ${problem}`];
      }),
    );
    assert.deepEqual(problems.flat(), []);
  });

  it("stands between backticks, in which no line is broken", () => {
    const bare = filesOf("src", ".ts").flatMap((file) =>
      bareCommandsIn(readFileSync(join(ROOT, file), "utf8")).map((command) => `${file}: ${command}`),
    );
    assert.deepEqual(bare, []);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source, as it stands there
    const said = "terminal.say(`try it: aws sts get-caller-identity; away: brevet unsetup ${id}, \\`brevet status\\``);\n";
    assert.deepEqual(bareCommandsIn(said), ["aws sts get-caller-identity", "brevet unsetup"]);
  });

  it("holds each value as one word", () => {
    const bare = filesOf("src", ".ts").flatMap((file) =>
      bareValuesIn(readFileSync(join(ROOT, file), "utf8")).map((value) => `${file}: ${value}`),
    );
    assert.deepEqual(bare, []);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a source, as it stands there
    const said = "\\`lsof ${file}\\`, \\`${shellCommand`lsof ${file}`}\\`, \\`rm ${posixWord(file)}\\`";
    assert.deepEqual(
      bareValuesIn(said).map((found) => found.split(" in ")[0]),
      ["file"],
    );
  });

  it("would be found out if it did not", async () => {
    assert.equal(await problemWith(["issuer", "republish"]), "there is no such command");
    assert.equal(await problemWith(["issuer", "publish", "--bucket-name", "x"]), "it has no flag --bucket-name");
    assert.equal(await problemWith(["issuer", "publish", "--region", "x"]), "it needs --bucket");
    assert.equal(await problemWith(["serve", "restore", "FILE"]), "it needs --key");
    assert.equal(await problemWith(["issuer", "generate", "--json", "--pem"]), "--json does not go with the others");
  });
});
