import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ended, type SignInWorld, workConfig } from "./sign-in-world.ts";

const NAMES = ["one", "two", "three", "four"];

/** How many are started at once; a machine that starts a hundred runtimes answers nobody for a while. */
const BATCH = 10;

/**
 * Makes a program of Node wait a minute for each second after which it would give a request up. How soon so many programs are answered
 * says how fast the machine is, and nothing of them.
 */
const PATIENCE = `
  const { timeout } = AbortSignal;
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms * 60);
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (work, ms, ...rest) => wait(work, ms >= 10_000 ? ms * 60 : ms, ...rest);
`;

/**
 * That many programs ask for credentials at once, by profiles of one identity that differ, while nobody is signed in. The
 * browser has to be opened once. The person takes until all of them wait.
 */
export async function storm(world: SignInWorld, programs: number): Promise<void> {
  const dev = workConfig(world.provider.clientId);
  const profileFor = (duration: number) => ({ ...dev.profiles.dev, aws: { ...dev.profiles.dev.aws, duration } });
  world.config({ ...dev, profiles: Object.fromEntries(NAMES.map((name, index) => [name, profileFor(3600 - index)])) });
  const before = world.browserLog();
  const signal = join(world.home, "sign-in-now");
  world.environment["PERSON_WAITS_FOR"] = signal;
  world.environment["NODE_OPTIONS"] = `--import=data:text/javascript,${encodeURIComponent(PATIENCE)}`;
  const begun: Promise<Ended>[] = [];
  while (begun.length < programs) {
    const some = Array.from({ length: Math.min(BATCH, programs - begun.length) }, (_, index) =>
      world.begin("env", NAMES[index % NAMES.length] ?? ""),
    );
    await Promise.all(some.map(({ says }) => says("sign in in the browser")));
    begun.push(...some.map(({ ended }) => ended));
  }
  writeFileSync(signal, "");
  const ended = await Promise.all(begun);
  delete world.environment["PERSON_WAITS_FOR"];
  delete world.environment["NODE_OPTIONS"];
  assert.deepEqual(
    ended.filter(({ status }) => status !== 0).map(({ stderr }) => stderr),
    [],
  );
  assert.equal(new Set(ended.map(({ stdout }) => stdout)).size, NAMES.length);
  assert.equal(world.browserLog().slice(before.length).match(/^http/gm)?.length, 1);
  const holder = /waits already \(process \d+, asked for by .*profile/;
  assert.equal(ended.filter(({ stderr }) => !holder.test(stderr)).length, 1, "not everybody was told who signs in");
  await world.brevet("logout");
  world.config(dev);
}
