import { isAbsolute } from "node:path";
import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place, Where } from "../../core/place.ts";
import type { SignatureAlgorithm, SignerDescription } from "../../core/signer.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

/** The options of a signer of kind `command` in the config, without `kind`; the JSON Schema is generated from it. */
export const commandOptionsSchema = v.strictObject({
  command: v.pipe(
    v.union([v.string(), v.array(v.string())]),
    v.description("The program that signs: its absolute path, or a list of that and its arguments. No shell reads it."),
  ),
  environment: v.optional(
    v.pipe(
      v.union([v.string(), v.array(v.string())]),
      v.description("Names of environment variables that the program is given, besides the few that every program needs."),
    ),
  ),
  algorithms: v.optional(
    v.pipe(
      v.union([v.picklist(["ES256", "RS256"]), v.array(v.picklist(["ES256", "RS256"]))]),
      v.description("The algorithms that it signs with. Recorded by `brevet init` as the program says. Default: `ES256`."),
    ),
  ),
  residence: v.optional(
    v.pipe(
      v.picklist(["hardware", "software"]),
      v.description(
        "Where the program says that its keys are. Recorded by `brevet init`; brevet cannot check it. Default: `software`.",
      ),
    ),
  ),
  presence: v.optional(
    v.pipe(
      v.picklist(["none", "touch", "pin", "biometric"]),
      v.description("What a signature asks of a person. Recorded by `brevet init` as the program says. Default: `none`."),
    ),
  ),
});

/** What the config says about an external signer, checked. */
export interface CommandOptions {
  readonly command: readonly [string, ...string[]];
  readonly environment: readonly string[];
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly residence: SignerDescription["residence"];
  readonly presence: SignerDescription["presence"];
}

/**
 * Checks the options of an external signer.
 *
 * @param where names the place in messages: `identities.laptop.signer`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`.
 */
export function parseCommandOptions(raw: unknown, where: Place): CommandOptions {
  const {
    command,
    environment = [],
    algorithms = ["ES256"],
    residence,
    presence,
  } = parseOptions(commandOptionsSchema, raw, where);
  return {
    command: parseCommand(listOf(command), where.at("command")),
    environment: listOf(environment),
    algorithms: listOf(algorithms),
    residence: residence ?? "software",
    presence: presence ?? "none",
  };
}

/** @throws {Fault} `CONFIG_MALFORMED` unless the program is named by its absolute path. */
export function parseCommand([program = "", ...args]: readonly string[], where: Where): readonly [string, ...string[]] {
  if ([program, ...args].some((word) => word.includes("\0"))) {
    throw new Fault("CONFIG_MALFORMED", `${where} holds a NUL character`);
  }
  // A tool calls brevet in any folder: `./signer` would be another program in each, and the owner of the folder chooses it.
  if (!isAbsolute(program)) {
    throw new Fault("CONFIG_MALFORMED", `${where} has to name the program by its absolute path, and "${program}" is not one`, {
      hints: ["`command -v PROGRAM` says where it is"],
    });
  }
  return [program, ...args];
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
