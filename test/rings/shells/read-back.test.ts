import { test } from "node:test";
import { checkReadBack, FISH, ZSH, ZSH_RC_QUOTES } from "../../contracts/env-shell.ts";

for (const shell of [ZSH, ZSH_RC_QUOTES, FISH]) {
  test(`${shell.name} reads every value back as it was`, () => checkReadBack(shell, 600));
}
