import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../src/core/secret.ts";
import { handOver } from "../../src/outlets/console/hand-over.ts";
import { askAsStranger, noStranger } from "../another-user.ts";

/*
 * The promise: the page that `brevet console` starts the browser with, whose address every user of the machine can read in the browser's
 * arguments, leads nobody but the user who typed the command to where the role is signed in.
 */

const ADDRESS = "https://signin.aws.amazon.com/federation?Action=login&SigninToken=fake-token";

test("no other user of the machine is led to the console by the page that the browser is started with", {
  skip: unfit(),
}, async () => {
  const open = async (page: string): Promise<boolean> => {
    const told = await askAsStranger(page);
    assert.match(told, /^403 null this page is of another user/);
    const own = await fetch(page, { redirect: "manual" });
    assert.equal(own.headers.get("location"), ADDRESS);
    return true;
  };
  await handOver(new Secret("sign-in address", ADDRESS), open, "brevet console dev");
});

function unfit(): string | false {
  if (process.platform !== "linux") return "only Linux says whose a connection is";
  return noStranger();
}
