import { type Misbehaviour, PLANTED } from "../../providers/bad-provider.ts";
import { signInAsPerson } from "../../providers/person.ts";
import { openBench, type SignInBench, settingsFor } from "../../providers/sign-in-parts.ts";
import { type BadInput, raisedBy, type Worlds } from "./bad-input.ts";

/** The cases of a provider that does one thing wrong: where a person signs in, and where a session is renewed. */

const ID = { token: "id", minLifeSeconds: 60 } as const;
/** The tokens of the provider live for 300 s. */
const NEARLY_OVER = 270;

/** Both at a sign-in and at a renewal. */
export function anywhere(title: string, fault: Misbehaviour): readonly BadInput[] {
  return [...atSignIn(title, fault), ...atRenewal(title, fault)];
}

/** At a sign-in: nothing is stored. */
export function atSignIn(title: string, fault: Misbehaviour): readonly BadInput[] {
  return [
    {
      title: `${title}, at a sign-in`,
      attempt: (worlds) =>
        onMachine(worlds, async (bench) => {
          worlds.provider.misbehave(fault);
          const raised = await raisedBy(bench.session.signIn());
          return { raised, kept: await recordIn(bench), mustBeKept: null };
        }),
    },
  ];
}

/** At a renewal: of what was there nothing is lost, but for a refresh token that is worth nothing any more. */
export function atRenewal(
  title: string,
  fault: Misbehaviour,
  { ends }: { readonly ends: boolean } = { ends: false },
): readonly BadInput[] {
  return [
    {
      title: `${title}, at a renewal`,
      attempt: (worlds) =>
        onMachine(worlds, async (bench) => {
          await bench.session.signIn();
          const before = await tokensIn(bench);
          bench.clock.ahead = NEARLY_OVER;
          worlds.provider.misbehave(fault);
          const raised = await raisedBy(bench.again({ person: "nobody" }).tokens(ID));
          const mustBeKept = ends ? { ...before, refreshToken: null } : before;
          return { raised, kept: await tokensIn(bench), mustBeKept };
        }),
    },
  ];
}

/** An address that a person brings back, changed on the way: the answer to somebody else's sign-in. */
export function broughtBack(title: string, change: (address: URL) => void): readonly BadInput[] {
  return [
    {
      title: `${title}, brought back by a person`,
      attempt: (worlds) =>
        onMachine(worlds, async (bench) => {
          const ask = async (): Promise<string> => {
            const [url = ""] = bench.said.flatMap((line) => /sign in: (.*)$/.exec(line)?.[1] ?? []);
            const back = new URL((await signInAsPerson(url, "alice", { deadEnds: true })).url);
            change(back);
            return back.href;
          };
          const terminal = { ...bench.terminal, ask };
          const raised = await raisedBy(bench.again({ way: "paste", terminal }).signIn());
          return { raised, kept: await recordIn(bench), mustBeKept: null };
        }),
    },
  ];
}

/** A new session of the client `cli` at the provider, which behaves until it is told otherwise. */
export async function onMachine<T>({ provider }: Pick<Worlds, "provider">, work: (bench: SignInBench) => Promise<T>): Promise<T> {
  provider.misbehave({});
  const bench = openBench({ ...settingsFor({ issuer: provider.issuer, clientId: "cli" }), authorizationParameters: {} });
  try {
    return await work(bench);
  } finally {
    await bench.close();
  }
}

/** What no message may show, of any case. */
export const SECRETS: readonly string[] = PLANTED;

async function recordIn({ store }: SignInBench) {
  return JSON.parse((await store.load("sessions", "work"))?.reveal() ?? '{"record":null}').record;
}

async function tokensIn(bench: SignInBench) {
  const { accessToken, idToken, subject, refreshToken } = await recordIn(bench);
  return { accessToken, idToken, subject, refreshToken };
}
