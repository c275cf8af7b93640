import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Secret } from "../core/secret.ts";
import type { Session, SignInPrompt, SignInRequest, SignInWay } from "../core/session.ts";
import type { ExchangedToken, TokenExchangeWish } from "../core/token-exchange.ts";
import { callingProgram } from "../platform/processes/calling-program.ts";
import { onInterruption } from "../platform/processes/interruption.ts";
import type { InspectedProvider } from "../sign-in/inspect-provider.ts";
import type { PersonWish } from "../sign-in/session-parts.ts";
import type { IdentityEntry } from "../wire/brevet-config/config.ts";
import { identityHandle } from "../wire/issuer-documents/identity-handle.ts";
import type { IdentityParts } from "./identity-parts.ts";
import type { Asking } from "./resolve-profile.ts";
import type { ServerApi } from "./server-api.ts";
import { providerOf } from "./session-provider.ts";

export type { InspectedProvider };

/** What a person who types `brevet login` may choose. */
export interface LoginWish {
  readonly way?: SignInWay;
  readonly browser?: string;
}

/** Makes the session of an identity that people sign in as. `asking` is null for a person who typed `brevet login`. */
export type SessionLoader = (
  entry: IdentityEntry,
  parts: IdentityParts,
  asking: Asking | null,
  wish?: LoginWish,
) => Promise<Session>;

/** Longer than the sign-in itself waits, whose end is then seen. */
const LOGIN_WAITS_SECONDS = 330;
/** How long a program's call waits for a person: the AWS SDK for Go kills a credential process after a minute. */
const PROGRAM_WAITS_SECONDS = 50;

/** The session at an OpenID provider. */
export const openOidcSession: SessionLoader = async (entry, parts, asking, wish = {}) => {
  const { store, environment, terminal } = parts;
  const [{ openSession }, { noScreen }, common] = await Promise.all([
    import("../sign-in/open-session.ts"),
    import("../platform/browser.ts"),
    commonParts(entry, parts, wish.browser),
  ]);
  const { browser } = common;
  const profile = asking?.profile ?? null;
  return openSession({
    ...common,
    entry: identityHandle(entry.name),
    store: await store(),
    terminal,
    way: wish.way ?? common.way,
    noScreen: browser === null ? noScreen(environment) : null,
    person: personWish(asking, terminal),
    asker: () => (asking === null ? null : { program: callingProgram(environment), profile }),
    waitSeconds: asking === null || parts.isPatient() ? LOGIN_WAITS_SECONDS : PROGRAM_WAITS_SECONDS,
    start: async (request) => {
      const { startSignInProcess } = await import("./sign-in-process.ts");
      return startSignInProcess(entry.name, { ...request, browser }, environment, (stop) => {
        // Stopping `brevet login` stops its sign-in. A stopped program may be run again, so its sign-in goes on.
        if (request.asker === null) onInterruption(stop);
      });
    },
  });
};

/** Of who types `brevet login` (null), or asks for a profile. */
function personWish(asking: Asking | null, { hasPerson }: Pick<IdentityParts["terminal"], "hasPerson">): PersonWish {
  if (asking?.hasSignedIn) return "done";
  const interactive = asking?.interactive ?? "always";
  if (interactive === "never") return "nobody";
  return interactive === "always" || hasPerson ? "ask" : "join";
}

/** Signs a person in, in the process that waits alone. */
export type SignInRunner = (
  entry: IdentityEntry,
  parts: IdentityParts,
  request: SignInRequest,
  tell: (prompt: SignInPrompt) => void,
) => Promise<void>;

/** At an OpenID provider. */
export const runOidcSignIn: SignInRunner = async (entry, parts, request, tell) => {
  const [{ runSignIn }, { sessionEntries }, common] = await Promise.all([
    import("../sign-in/run-sign-in.ts"),
    import("../sign-in/session-entry.ts"),
    commonParts(entry, parts, request.browser ?? undefined),
  ]);
  const cancel = new AbortController();
  onInterruption(() => cancel.abort(new Fault("INTERRUPTED", `the sign-in at ${common.provider.issuer} was stopped`)));
  const entries = sessionEntries(common.provider, identityHandle(entry.name), await parts.store(), () => undefined);
  await runSignIn(request, { ...common, entries, cancelled: cancel.signal }, tell);
};

/** Has an OpenID provider exchange a token of its own. */
export async function exchangeOidcToken(
  entry: IdentityEntry,
  parts: IdentityParts,
  wish: TokenExchangeWish,
): Promise<ExchangedToken> {
  const [{ openClient }, { exchangeToken }, common] = await Promise.all([
    import("../sign-in/open-client.ts"),
    import("../sign-in/exchange-token.ts"),
    commonParts(entry, parts, undefined),
  ]);
  return exchangeToken(await openClient(common.provider, "kept", common), common.provider, wish);
}

/** What an OpenID provider says of itself. */
export async function inspectOidcProvider(entry: IdentityEntry, parts: IdentityParts): Promise<InspectedProvider> {
  const [{ inspectProvider }, common] = await Promise.all([
    import("../sign-in/inspect-provider.ts"),
    commonParts(entry, parts, undefined),
  ]);
  return inspectProvider(common.provider, common);
}

/** The token is used at once, at the server that gave it. */
const MIN_LIFE_SECONDS = 10;
/** A page of the longest rows there are. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Opens the API of the login server that an identity is at. Nobody is asked to sign in before {@link ServerApi.signIn}. */
export async function openServerApi(entry: IdentityEntry, parts: IdentityParts): Promise<ServerApi> {
  const [{ provingPossession }, { randomBytes }] = await Promise.all([
    import("../sign-in/prove-possession.ts"),
    import("../platform/random.ts"),
  ]);
  const [session, { provider }] = await Promise.all([openOidcSession(entry, parts, parts.asking), providerOf(entry, parts)]);
  const key = provider.proofKey;
  if (key === undefined) throw new TypeError("a session at a login server is bound to a key");
  const http = provingPossession(await parts.http(), { key, now: () => parts.clock.now(), random: randomBytes });
  return {
    identity: entry.name,
    url: provider.issuer,
    async signIn() {
      await (await openOidcSession(entry, parts, null)).signIn();
    },
    async send({ path, headers = {}, ...request }) {
      const wish = { token: "access", minLifeSeconds: MIN_LIFE_SECONDS } as const;
      const sendAs = (token: Secret<string>) =>
        http({
          maxBodyBytes: MAX_BODY_BYTES,
          ...request,
          url: `${provider.issuer}${path}`,
          headers: { ...headers, authorization: `DPoP ${token.reveal()}` },
        });
      const { accessToken } = await session.tokens(wish);
      const answer = await sendAs(accessToken);
      return answer.status === 401 ? sendAs((await session.tokens({ ...wish, refused: accessToken })).accessToken) : answer;
    },
  };
}

async function commonParts(entry: IdentityEntry, parts: IdentityParts, chosenBrowser: string | undefined) {
  const { clock, environment, files, paths } = parts;
  const [{ way, browser: configured, ...settings }, { systemBrowser }, { randomBytes }, { keptDocuments }] = await Promise.all([
    providerOf(entry, parts),
    import("../platform/browser.ts"),
    import("../platform/random.ts"),
    import("../sign-in/kept-documents.ts"),
  ]);
  const browser = chosenBrowser ?? configured;
  return {
    http: parts.http,
    ...settings,
    way,
    browser,
    clock,
    random: randomBytes,
    openBrowser: systemBrowser(environment, browser),
    documents: keptDocuments(files, join(paths.cacheFolder, "providers"), () => clock.now()),
  };
}
