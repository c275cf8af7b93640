import type { Outlet } from "../../core/outlet.ts";
import { type Clock, formatDuration, formatUtc } from "../../core/time.ts";
import type { Environment } from "../../platform/paths.ts";
import type { RunForeground } from "../../platform/processes.ts";
import { environmentOf } from "../../wire/environment.ts";
import type { KeptToken, KeptTokenParts } from "./kept-token.ts";

/** In the environment of every program that `brevet exec` runs: the name of its profile. */
const MARK = "BREVET_EXEC";

export interface ExecInput {
  /** The name of the profile, for messages and for the mark. */
  readonly profile: string;
  /** The program and its arguments: no shell reads them. */
  readonly command: string;
  readonly args: readonly string[];
  /** The environment that the program would have without us. */
  readonly environment: Environment;
  /** For programs whose libraries redeem a token by themselves; absent where the credentials in the environment are all. */
  readonly keep?: KeepWish;
}

/** A token that is kept fresh in a file while the program runs. */
export interface KeepWish extends Pick<KeptTokenParts, "folder" | "token"> {
  /** The document that names the token's file, where a library needs one; it holds no secret. */
  readonly document?: (file: string) => string;
  /** What tells the program's libraries of the file. */
  readonly variables: (file: string) => Readonly<Record<string, string>>;
}

export interface ExecPorts {
  readonly run: RunForeground;
  readonly keepToken: (wish: KeepWish) => Promise<KeptToken>;
  readonly clock: Clock;
  /** One line to the person, on stderr. */
  readonly say: (line: string) => void;
}

/**
 * Runs a program that has the credentials in its environment, and nothing there that could be preferred to them.
 *
 * @throws {Fault} also `COMMAND_ABSENT`.
 */
export function execOutlet(input: ExecInput, ports: ExecPorts): Outlet {
  return {
    async deliver(credentials) {
      const change = environmentOf(credentials);
      const outer = input.environment[MARK];
      if (outer !== undefined && outer !== "") {
        ports.say(`this runs inside of \`brevet exec ${outer}\`: its credentials are replaced by those of ${input.profile}`);
      }
      const left = formatDuration(credentials.expiresAt - ports.clock.now());
      ports.say(`credentials of ${input.profile} end in ${left}, at ${formatUtc(credentials.expiresAt)}`);
      const kept = input.keep === undefined ? null : await ports.keepToken(input.keep);
      try {
        const added = kept === null ? {} : (input.keep?.variables(kept.file) ?? {});
        const set = { ...change.set, ...added, [MARK]: input.profile };
        const environment = changeEnvironment(input.environment, set, change.unset);
        return await ports.run({ command: input.command, args: input.args, environment });
      } finally {
        kept?.close();
      }
    },
  };
}

function changeEnvironment(
  environment: Environment,
  set: Readonly<Record<string, string>>,
  unset: readonly string[],
): Environment {
  // Windows compares names without case: `aws_profile` would otherwise survive there.
  const fold = (name: string): string => (process.platform === "win32" ? name.toUpperCase() : name);
  const gone = new Set([...unset, ...Object.keys(set)]);
  const kept = Object.entries(environment).filter(([name]) => !gone.has(fold(name)));
  return { ...Object.fromEntries(kept), ...set };
}
