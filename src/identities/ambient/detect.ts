import { Fault } from "../../core/fault.ts";
import { aws } from "./aws.ts";
import { buildkite } from "./buildkite.ts";
import { githubActions } from "./github-actions.ts";
import { google } from "./google.ts";
import { gitlabCi, kubernetes, tokenFile, tokenVariable } from "./held-token.ts";
import { type AmbientOptions, SOURCE_NAMES, type SourceName } from "./options.ts";
import type { AmbientSource } from "./source.ts";
import type { Surroundings } from "./surroundings.ts";

const SOURCES: Readonly<Record<SourceName, AmbientSource>> = {
  "github-actions": githubActions,
  "gitlab-ci": gitlabCi,
  buildkite,
  kubernetes,
  google,
  aws,
  file: tokenFile,
  environment: tokenVariable,
};

/** A source that was chosen, and whether the config named it. */
export interface ChosenSource {
  readonly name: SourceName;
  readonly source: AmbientSource;
  readonly detected: boolean;
}

/** The source that the config names, else the first that is around this program; null when none is. Asks nobody. */
export function chooseSource(options: AmbientOptions, surroundings: Surroundings): ChosenSource | null {
  if (options.source !== null) return { name: options.source, source: SOURCES[options.source], detected: false };
  const name = SOURCE_NAMES.find((candidate) => SOURCES[candidate].isHere(surroundings, options));
  return name === undefined ? null : { name, source: SOURCES[name], detected: true };
}

/** As {@link chooseSource}. @throws {Fault} `AMBIENT_ABSENT` when none is there. */
export function requireSource(options: AmbientOptions, surroundings: Surroundings): ChosenSource {
  const chosen = chooseSource(options, surroundings);
  if (chosen !== null) return chosen;
  throw new Fault("AMBIENT_ABSENT", "nothing around this program says who it is", {
    hints: [
      `looked for: ${SOURCE_NAMES.filter((name) => name !== "file" && name !== "environment").join(", ")}; name another with "source" in the identity`,
      "on your own machine, sign in or use a device: `brevet status`",
    ],
  });
}

/**
 * Everything about the surroundings that shapes the credentials, for their cache key: the next job on the same runner is somebody
 * else, and must not be served what this one got.
 */
export function ambientShape(options: AmbientOptions, surroundings: Surroundings): Readonly<Record<string, unknown>> {
  const chosen = chooseSource(options, surroundings);
  return chosen === null ? {} : { source: chosen.name, mark: chosen.source.mark(surroundings, options) };
}
