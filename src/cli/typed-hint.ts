import { posixWord } from "../core/posix-word.ts";

const MAKE_A_STORE: readonly string[] = ["login", "setup oidc", "import aws-cli-oidc"];

/**
 * Completes a hint that says to type the same command with another flag. In `brevet COMMAND … --flag` what the user typed takes
 * the place of the `…`, without the flag if it was there. `brevet init … --store` becomes the command that ran, if that makes a
 * store too. `brevet … --flag VALUE` is whichever command ran; if it has no such flag, the value becomes a word of its own. Any
 * other hint stays as it is.
 *
 * @param command the command that ran, `init`.
 * @param typed the words after it.
 * @param hasFlag whether that command has a flag of that name.
 */
export function typedHint(
  hint: string,
  command: string,
  typed: readonly string[],
  hasFlag: (name: string) => boolean = () => true,
): string {
  const own = `brevet ${command} … `;
  const store = `${MAKE_A_STORE.includes(command) || command === "init" ? own : "brevet init "}--store `;
  return hint.replaceAll(/`([^`]*)`/g, (whole: string, written: string) => {
    const line = written
      .replace(/^brevet init … --store /, store)
      .replace(/^brevet … --([a-z-]+) /, (_, flag: string) => own + (hasFlag(flag) ? `--${flag} ` : ""));
    if (!line.startsWith(own)) return line === written ? whole : `\`${line}\``;
    const flags = line.slice(own.length);
    const kept = without(flags, typed);
    return `\`brevet ${[command, ...kept.map(posixWord)].join(" ")} ${flags}\``;
  });
}

/** The words without that flag: `--flag value`, `--flag=value`, or `--flag` where the hint's takes no value. */
function without(hinted: string, words: readonly string[]): readonly string[] {
  const [flag, value] = hinted.split(" ");
  return words.filter(
    (word, index) => word !== flag && !word.startsWith(`${flag}=`) && (value === undefined || words[index - 1] !== flag),
  );
}
