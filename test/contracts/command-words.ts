import assert from "node:assert/strict";
import fc from "fast-check";
import { Fault } from "../../src/core/fault.ts";
import { type CommandShell, encodeCommand } from "../../src/wire/aws-config/command.ts";

const word = fc.oneof(
  fc.constantFrom(
    "credential",
    "--profile",
    "/usr/local/bin/brevet",
    "/home/a b/.local/bin/brevet",
    "/opt/it's/brevet",
    "/x/$HOME/`id`/brevet",
  ),
  fc
    .array(fc.constantFrom("/", "a", " ", "'", '"', "\\", "$", "`", "!", "*", "~", "%", "(", ")", "&", "|", "=", "é", "#", ";"), {
      minLength: 1,
      maxLength: 10,
    })
    .map((parts) => parts.join("")),
);
const commands = fc.array(word, { minLength: 1, maxLength: 4 });

/** A command as it is written for a shell, and the words that it stands for. */
export interface EncodedCommand {
  readonly words: readonly string[];
  readonly text: string;
}

/** The same below a drive, where backslashes lead from folder to folder. */
const onWindows = fc.tuple(fc.constantFrom("C:\\", "C:\\Users\\ann\\", "D:/", ""), word).map((parts) => parts.join(""));

/** Commands of hostile words, as far as they can be written; the others must be refused. */
export function encodedCommands(shell: CommandShell = "posix"): readonly EncodedCommand[] {
  const samples = shell === "cmd" ? fc.array(onWindows, { minLength: 1, maxLength: 2 }) : commands;
  return fc.sample(samples, { numRuns: 1500, seed: 12 }).flatMap((words) => {
    try {
      return [{ words, text: encodeCommand(words, shell) }];
    } catch (error) {
      assert.ok(error instanceof Fault && error.code === "COMMAND_UNSTABLE", String(error));
      return [];
    }
  });
}
