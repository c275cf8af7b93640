import { posixWord } from "../wire/shell/posix-word.ts";

const MAKE_A_STORE: readonly string[] = ["login", "setup oidc", "import aws-cli-oidc"];

/**
 * A hint to type the same command again with another flag, as the whole command: what the user typed stays, and the flag of the
 * hint takes the place of the same flag where there was one. `brevet init --store` is what makes a store, and the
 * commands for who signs in and needs no device make one too. Any other hint stays as it is.
 *
 * @param command the command that ran, `init`.
 * @param typed the words after it.
 */
export function typedHint(hint: string, command: string, typed: readonly string[]): string {
  const own = `brevet ${command} --`;
  return hint.replaceAll(/`([^`]*)`/g, (whole: string, written: string) => {
    const line = MAKE_A_STORE.includes(command) ? written.replace(/^brevet init --store /, `${own}store `) : written;
    if (!line.startsWith(own) || line.endsWith("--help")) return whole;
    const flags = line.slice(own.length - 2);
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
