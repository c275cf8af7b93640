import { type Context, defineCommand } from "../command.ts";
import { type Candidate, candidates, type KnownNames } from "../completion/candidates.ts";
import { COMPLETION_SHELLS } from "../completion/completion-scripts.ts";

export const command = defineCommand({
  path: "complete",
  positionals: [
    { name: "SHELL", doc: "who asks", required: true, choices: COMPLETION_SHELLS },
    {
      name: "WORD",
      doc: "the words after `brevet`, up to the one at the cursor, which may be empty",
      required: false,
      rest: true,
    },
  ],
  flags: {},
  examples: [{ line: "brevet complete bash -- credential aws --pro", does: "prints --profile" }],
  async run({ words, rest }, context) {
    const shell = words["SHELL"];
    const typed = shell === "bash" ? joinAssignments(rest) : shell === "powershell" ? rest.map(withoutEquals) : rest;
    const current = typed.at(-1) ?? "";
    const found = await candidates(typed.slice(0, -1), current, () => knownNames(context));
    context.output(found.map((candidate) => `${shell === "bash" ? bashWord(candidate) : describedWord(candidate)}\n`).join(""));
    return 0;
  },
});

/** bash cuts words at `=`: `--shell=fi` comes as three. */
function joinAssignments(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  let open = false;
  for (const word of words) {
    const last = joined.at(-1);
    const assigns = word === "=" && last?.startsWith("--") === true && !last.includes("=");
    if (last !== undefined && (assigns || open)) joined[joined.length - 1] = last + word;
    else joined.push(word);
    open = assigns;
  }
  return joined;
}

/** What bash puts in place of the word at the cursor, which for it begins behind the `=`. */
function bashWord({ word }: Candidate): string {
  return word.startsWith("--") ? word.slice(word.indexOf("=") + 1) : word;
}

function describedWord({ word, doc }: Candidate): string {
  return doc === "" ? word : `${word}\t${doc}`;
}

function withoutEquals(word: string): string {
  return word.replace(/^=/, "");
}

async function knownNames({ compose }: Context): Promise<KnownNames> {
  try {
    const { profiles, identities } = await compose.config();
    return { profiles: [...profiles.keys()], identities: [...identities.keys()] };
  } catch {
    return { profiles: [], identities: [] };
  }
}
