import { test } from "node:test";
import { storm } from "../../providers/sign-in-storm.ts";
import { openSignInWorld } from "../../providers/sign-in-world.ts";

test("a hundred programs that need a sign-in open one tab", async () => {
  const world = await openSignInWorld();
  try {
    await storm(world, 100);
  } finally {
    await world.close();
  }
});
