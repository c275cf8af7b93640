import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { type Session, SignInAwaited, type SignInPrompt } from "../../src/core/session.ts";
import type { Store } from "../../src/core/store.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { keptDocuments } from "../../src/sign-in/kept-documents.ts";
import { openSession } from "../../src/sign-in/open-session.ts";
import type { Provider } from "../../src/sign-in/provider.ts";
import { runSignIn } from "../../src/sign-in/run-sign-in.ts";
import { sessionEntries } from "../../src/sign-in/session-entry.ts";
import type { SessionParts } from "../../src/sign-in/session-parts.ts";
import { memoryStore } from "../contracts/signer-memory-store.ts";
import type { TestProvider } from "./oidc-provider.ts";
import { type Page, signInAsPerson } from "./person.ts";

/** One person's machine without a terminal program: a session whose sign-ins run in this process. */
export interface SignInBench {
  readonly session: Session;
  readonly store: Store;
  /** What the browser showed at last, in order. */
  readonly pages: Promise<Page>[];
  readonly said: string[];
  readonly warned: string[];
  /** Of the person; who answers its question replaces `ask`. */
  readonly terminal: SessionParts["terminal"];
  /** The URLs that were shown for another device. */
  readonly qrCodes: string[];
  /** Seconds that the clock is ahead of the machine's. */
  readonly clock: { ahead: number };
  readonly provider: Provider;
  readonly cancel: AbortController;
  /** The same machine for another program. */
  again(more?: Partial<SessionParts>): Session;
  /** Gives up the sign-ins that are left, whose requests would come in the middle of another test. */
  close(): Promise<void>;
}

export function settingsFor({ issuer, clientId }: Pick<TestProvider, "issuer" | "clientId">): Provider {
  return {
    identity: "work",
    issuer,
    clientId,
    scopes: ["openid", "email", "offline_access"],
    // OpenID Connect Core 1.0 §11: offline access may need the consent to be asked for.
    authorizationParameters: { prompt: "consent" },
    redirect: { host: "127.0.0.1", ports: [], path: "/callback" },
  };
}

export function openBench(provider: Provider, more: Partial<SessionParts> = {}): SignInBench {
  const folder = mkdtempSync(join(tmpdir(), "brevet-session-"));
  const ahead = { ahead: 0 };
  const now = () => Math.floor(Date.now() / 1000) + ahead.ahead;
  const pages: Promise<Page>[] = [];
  const said: string[] = [];
  const warned: string[] = [];
  const qrCodes: string[] = [];
  const terminal: SessionParts["terminal"] = {
    ask: async () => assert("nobody was expected to be asked"),
    hasPerson: true,
    instruct: (line) => said.push(line),
    say: (line) => said.push(line),
    warn: (line) => warned.push(line),
    showQrCode: async (url) => void qrCodes.push(url),
  };
  const cancel = new AbortController();
  const begun: Promise<void>[] = [];
  const common: SessionParts = {
    provider,
    entry: "work",
    store: memoryStore(),
    http: async () => createHttp({ environment: {} }),
    documents: keptDocuments(privateFiles(), join(folder, "providers"), now),
    clock: { now, offsetSeconds: 0, learn: () => undefined } as SessionParts["clock"],
    random: randomBytes,
    openBrowser: async (url) => {
      pages.push(signInAsPerson(url, "alice"));
      return true;
    },
    person: "ask",
    asker: () => ({ program: "terraform", profile: "dev" }),
    way: null,
    noScreen: null,
    terminal,
    waitSeconds: 20,
    start: async () => assert("replaced below"),
    ...more,
  };
  const open = (overrides: Partial<SessionParts>): Session => {
    const parts = { ...common, ...overrides };
    const startIt: SessionParts["start"] =
      overrides.start ?? more.start ?? ((request) => start(request, parts, cancel.signal, begun));
    return patient((person) => openSession({ ...parts, person, start: startIt }), parts.person);
  };
  return {
    session: open({}),
    store: common.store,
    pages,
    terminal,
    said,
    warned,
    qrCodes,
    clock: ahead,
    provider,
    cancel,
    again: (overrides = {}) => open(overrides),
    async close() {
      cancel.abort(new Fault("INTERRUPTED", "the test is over"));
      await Promise.allSettled(begun);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for a person as who asks for credentials does, which holds no lock here. */
function patient(opened: (person: SessionParts["person"]) => Session, person: SessionParts["person"]): Session {
  const session = opened(person);
  return {
    ...session,
    tokens: (wish) =>
      session.tokens(wish).catch(async (cause: unknown) => {
        if (!(cause instanceof SignInAwaited)) throw cause;
        await cause.ended();
        return opened("done").tokens(wish);
      }),
  };
}

function assert(message: string): never {
  throw new Error(message);
}

/** What the detached process does, in this one; `begun` is told of each. */
function start(
  request: Parameters<SessionParts["start"]>[0],
  parts: SessionParts,
  cancelled: AbortSignal,
  begun: Promise<void>[],
) {
  const entries = sessionEntries(parts.provider, parts.entry, parts.store, () => undefined);
  return new Promise<{ readonly prompt: SignInPrompt }>((resolve, reject) => {
    const running = runSignIn(request, { ...parts, entries, cancelled }, (prompt) => resolve({ prompt }));
    begun.push(running);
    running.catch(reject);
  });
}
