import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { askAsStranger, noStranger } from "../another-user.ts";
import { notingBrowser } from "../providers/noting-browser.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openSignInWorld, type SignInWorld } from "../providers/sign-in-world.ts";

/*
 * The promise: the first page of a sign-in, whose address every user of the machine can read in the browser's arguments, leads nobody but
 * the user who began it to the provider. Another one could else sign himself in here, and be given what is written then.
 */

let world: SignInWorld;
before(async () => {
  world = await openSignInWorld();
});
after(() => world.close());

test("no other user of the machine is led to the provider by the page of a sign-in, its own is", { skip: unfit() }, async () => {
  const browser = notingBrowser(world.home);
  world.environment["BROWSER"] = browser.program;
  const login = world.begin("login", "work");
  try {
    const page = await browser.next();
    for (const url of [page, new URL("/callback?code=x&state=y", page).href]) {
      const told = await askAsStranger(url);
      assert.match(told, /^403 null .*begun by another user/s);
      assert.ok(!told.includes("id.example"), told);
    }
    const { PERSON_HOSTS = "{}", PERSON_AUTHORITY = "" } = world.environment;
    const authority = readFileSync(PERSON_AUTHORITY, "utf8");
    await signInAsPerson(page, "alice", { hosts: JSON.parse(PERSON_HOSTS), authority });
    const { status, stderr } = await login.ended;
    assert.equal(status, 0, stderr);
    assert.match(stderr, /signed in as alice@example\.com/);
  } finally {
    login.kill();
  }
});

function unfit(): string | false {
  if (process.platform !== "linux") return "only Linux says whose a connection is";
  return noStranger();
}
