import type { Credentials } from "../../core/credentials.ts";
import type { Outlet } from "../../core/outlet.ts";
import { type Clock, formatDuration, formatUtc } from "../../core/time.ts";
import type { Environment } from "../../platform/paths.ts";
import type { RunForeground } from "../../platform/processes/run-foreground.ts";
import { EXEC_MARK, environmentOf } from "../../wire/environment.ts";
import type { Supply, SupplyWish } from "./supply.ts";

/**
 * The tokens of administrators, which `setup` reads. A role may be small on purpose, so programs that run in it get none of them.
 */
const ADMINISTRATOR = /^BREVET_\w+_TOKEN$/;

export interface ExecInput {
  /** Whose credentials they are, as the person knows it: `the profile dev`, `the role base`. */
  readonly whose: string;
  /** The name alone, for the mark. */
  readonly name: string;
  /** The program and its arguments: no shell reads them. */
  readonly command: string;
  readonly args: readonly string[];
  /** The environment that the program would have without us. */
  readonly environment: Environment;
  /** Whether the program starts without a message about the credentials. */
  readonly quiet?: boolean;
  /** For programs whose libraries come to credentials by themselves; absent where those in the environment are all. */
  readonly supply?: SupplyWish;
}

export interface ExecPorts {
  readonly run: RunForeground;
  readonly supply: (wish: SupplyWish, credentials: Credentials) => Promise<Supply>;
  readonly clock: Clock;
  /** One line to the person, on stderr. */
  readonly say: (line: string) => void;
}

/**
 * Runs a program that has the credentials in its environment, and nothing there that could be preferred to them.
 *
 * @throws {Fault} also `COMMAND_ABSENT`, `COMMAND_UNUSABLE`.
 */
export function execOutlet(input: ExecInput, ports: ExecPorts): Outlet {
  const say = input.quiet === true ? () => {} : ports.say;
  return {
    async deliver(credentials) {
      const own = environmentOf(credentials);
      const outer = input.environment[EXEC_MARK];
      if (outer !== undefined && outer !== "") {
        say(
          `this runs inside of \`brevet exec\`, by ${outer}: what is there for the same cloud is replaced by credentials of ${input.whose}`,
        );
      }
      const supply = input.supply === undefined ? null : await ports.supply(input.supply, credentials);
      const left = formatDuration(credentials.expiresAt - ports.clock.now());
      say(
        supply?.url
          ? `credentials of ${input.whose} are served at ${supply.url} while ${input.command} runs`
          : `credentials of ${input.whose} end in ${left}, at ${formatUtc(credentials.expiresAt)}`,
      );
      try {
        const { set, unset } = supply?.change ?? own;
        const environment = changeEnvironment(input.environment, { ...set, [EXEC_MARK]: input.name }, unset);
        return await ports.run({ command: input.command, args: input.args, environment });
      } finally {
        supply?.close();
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
  const kept = Object.entries(environment).filter(([name]) => !gone.has(fold(name)) && !ADMINISTRATOR.test(fold(name)));
  return { ...Object.fromEntries(kept), ...set };
}
