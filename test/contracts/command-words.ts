import assert from "node:assert/strict";
import fc from "fast-check";
import { Fault } from "../../src/core/fault.ts";
import { encodeCommand } from "../../src/wire/aws-config/command.ts";

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

/** A command as it is written for POSIX, and the words that it stands for. */
export interface EncodedCommand {
  readonly words: readonly string[];
  readonly text: string;
}

/** Commands of hostile words, as far as they can be written; the others must be refused. */
export function encodedCommands(): readonly EncodedCommand[] {
  return fc.sample(commands, { numRuns: 1500, seed: 12 }).flatMap((words) => {
    try {
      return [{ words, text: encodeCommand(words, "posix") }];
    } catch (error) {
      assert.ok(error instanceof Fault && error.code === "COMMAND_UNSTABLE", String(error));
      return [];
    }
  });
}
