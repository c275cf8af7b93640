import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { encodeGoogleCommand } from "./credential-file.ts";

/** As google-auth-library for Node takes a command apart: at spaces and double quotes, and at nothing else. */
function splitAsNode(command: string): readonly string[] {
  return (command.match(/(?:[^\s"]+|"[^"]*")+/g) ?? []).map((word) => (word.startsWith('"') ? word.slice(1, -1) : word));
}

test("a command is one for every library, also with spaces and on Windows", () => {
  for (const words of [
    ["/usr/bin/brevet", "credential", "gcp"],
    ["/opt/my tools/brevet", "credential", "gcp", "--profile", "a.b_c-d"],
  ]) {
    assert.deepEqual(splitAsNode(encodeGoogleCommand(words)), words);
  }
  assert.equal(encodeGoogleCommand(["C:\\Program Files\\brevet.exe", "x"]), '"C:/Program Files/brevet.exe" x');
});

test("what one of them would take apart otherwise is refused", () => {
  for (const word of ['/a"b/brevet', "/a'b c/brevet", "/a\\b/brevet", "/a$b c/brevet", ""]) {
    assert.throws(
      () => encodeGoogleCommand([word]),
      (error) => error instanceof Fault && error.code === "VALUE_UNQUOTABLE",
      word,
    );
  }
});
