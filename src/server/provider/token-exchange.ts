import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import * as errors from "oidc-provider/lib/helpers/errors.js";
import validateDpop, { checkDpopReplay, type VerifiedProof } from "oidc-provider/lib/helpers/validate_dpop.js";
import { Fault } from "../../core/fault.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { EXCHANGE_PARAMETERS } from "../../wire/brevet-api/exchange.ts";
import { LACKING } from "../../wire/brevet-api/lacking.ts";
import type { Rule, TokenShape } from "../../wire/brevet-api/rule.ts";
import type { Json } from "../../wire/jwt/encode.ts";
import { ACCESS_TOKEN_TYPE, ID_TOKEN_TYPE, JWT_TYPE, TOKEN_EXCHANGE_GRANT } from "../../wire/oauth/names.ts";
import type { KeySet } from "../keys/key-set.ts";
import type { SignAside } from "../keys/sign-aside.ts";
import { type Decision, decide, type Refusal } from "../rules/decide.ts";
import type { RulesNow } from "../rules/stored-rules.ts";
import type { Unit } from "../store/unit.ts";
import { awsClaims } from "../tokens/aws-claims.ts";
import { mintToken } from "../tokens/mint-token.ts";
import type { Account } from "./accounts.ts";
import { currentUnit } from "./artifacts.ts";
import { isBuiltIn } from "./built-in-clients.ts";
import type { SessionFacts } from "./session-facts.ts";
import type { FindTokenSession, TokenSession } from "./token-sessions.ts";

/**
 * The grant that the provider does not have: a session's access token becomes a token for another audience. It is refused in the
 * order in which a stranger learns least: the token and its holder first, then the person, then the rules.
 *
 * Delegation (`actor_token`) and tokens of other issuers are refused.
 *
 * @see RFC 8693
 */
export interface ExchangeParts {
  readonly issuer: string;
  readonly keys: KeySet;
  readonly sign: SignAside;
  readonly findSession: FindTokenSession;
  readonly rules: RulesNow;
  readonly sessionSeconds: number;
  /**
   * Clients that may exchange a session, besides the built-in ones. Anybody can register a client, and people who sign in to one
   * do not mean to hand it their roles.
   */
  readonly exchangeClients: readonly string[];
  /** Counts an exchange of a person. @returns after how many seconds to ask again; null: it is within the limit. */
  readonly limitExchanges: (account: string) => number | null;
  readonly now: () => EpochSeconds;
}

/** Registers the grant with a provider. */
export function registerTokenExchange(provider: Provider, parts: ExchangeParts): void {
  provider.registerGrantType(TOKEN_EXCHANGE_GRANT, (context) => exchange(provider, parts, context), [...EXCHANGE_PARAMETERS]);
}

async function exchange(provider: Provider, parts: ExchangeParts, context: KoaContextWithOIDC): Promise<void> {
  const clientId = context.oidc.client?.clientId ?? "";
  if (!isBuiltIn(clientId) && !parts.exchangeClients.includes(clientId))
    throw new errors.UnauthorizedClient("the client may not exchange tokens");
  const wish = readWish(context);
  const proof = await validateDpop(provider, context);
  const found = parts.findSession(wish.subjectToken);
  const session = requireOwn(found instanceof Promise ? await found : found, clientId, proof);
  const { account } = session;
  const { now, sessionSeconds } = parts;
  const waitSeconds = parts.limitExchanges(account.id);
  if (waitSeconds !== null) throw tooMany(context, waitSeconds);
  // Last, so that a proof is not spent by a request that could not succeed, and before anything is handed out.
  await checkDpopReplay(provider, context, proof, clientId);
  const unit = currentUnit();
  const rules = parts.rules();
  const judged = { unit, wish, account, facts: session.facts, rules: rules instanceof Promise ? await rules : rules };
  const { rule, shape } = allow(parts, context, judged);
  const subject = shape.subject === "email" ? account.email : account.id;
  const { token, expiresAt } = await mintToken(parts, unit, {
    issuer: parts.issuer,
    audience: wish.audience,
    subject,
    algorithms: wish.algorithms,
    claims: claimsOf(wish.role, session, shape),
    lifetimeSeconds: session.facts.signedInAt + sessionSeconds - now(),
    now: now(),
    record: { actor: account.id, client: clientId, address: context.ip, rule, role: wish.role },
  });
  context.body = {
    access_token: token,
    issued_token_type: wish.answerType,
    // RFC 8693 §2.2.1: it is not an access token of this server.
    token_type: "N_A",
    expires_in: expiresAt - now(),
  };
}

/** RFC 6585 §4: a client that asks too often is told when to come back, by the status that clients know. */
function tooMany(context: KoaContextWithOIDC, waitSeconds: number): Error {
  context.set("Retry-After", String(waitSeconds));
  return Object.assign(new errors.TemporarilyUnavailable("too many tokens in a minute"), { statusCode: 429 });
}

interface Wish {
  readonly subjectToken: string;
  readonly audience: string;
  readonly role: string | null;
  readonly algorithms: readonly SignatureAlgorithm[];
  readonly answerType: string;
}

function readWish(context: KoaContextWithOIDC): Wish {
  const { params } = context.oidc;
  const parameter = (name: string): string | null => {
    const value = params?.[name];
    return typeof value === "string" && value !== "" ? value : null;
  };
  const subjectToken = parameter("subject_token");
  const audience = parameter("audience");
  // A token that leaves the actor out would say that the person themselves had asked for it.
  if (parameter("actor_token") !== null)
    throw new errors.InvalidRequest("actor_token is not supported: there is no delegation here");
  // RFC 8693 §2.2.1, RFC 6749 §3.3: what is not granted is not passed over in silence, and a token for a cloud has none to grant.
  const scope = parameter("scope");
  if (scope !== null) throw new errors.InvalidScope("a token for another audience has no scope here", scope);
  if (subjectToken === null) throw new errors.InvalidRequest("missing required parameter(s) 'subject_token'");
  if (audience === null) throw new errors.InvalidRequest("missing required parameter(s) 'audience'");
  if (audience.length > 255 || !/^[\x21-\x7e]+$/.test(audience)) throw new errors.InvalidTarget();
  if (parameter("subject_token_type") !== ACCESS_TOKEN_TYPE)
    throw new errors.InvalidRequest("subject_token_type has to be an access token's");
  const answerType = parameter("requested_token_type") ?? ID_TOKEN_TYPE;
  if (answerType !== ID_TOKEN_TYPE && answerType !== JWT_TYPE)
    throw new errors.InvalidRequest("requested_token_type is not supported");
  return {
    subjectToken,
    audience,
    role: parameter("resource"),
    algorithms: readAlgorithms(parameter("requested_signing_alg")),
    answerType,
  };
}

function readAlgorithms(text: string | null): readonly SignatureAlgorithm[] {
  if (text === null) return ["ES256"];
  const known = text.split(" ").filter((name): name is SignatureAlgorithm => name === "ES256" || name === "RS256");
  if (known.length === 0) throw new errors.InvalidRequest("requested_signing_alg names no algorithm of this server");
  return known;
}

/** Every way in which the token is not good looks the same from outside. */
const NO_SESSION = "the subject token is not valid here";

/** The session, if its token is this client's and comes with the key that it is bound to: a stolen one is worth nothing without it. */
function requireOwn(session: TokenSession | null, clientId: string, proof: VerifiedProof | undefined): TokenSession {
  if (session === null || session.client !== clientId || session.thumbprint !== (proof?.thumbprint ?? null)) {
    throw new errors.InvalidGrant(NO_SESSION);
  }
  return session;
}

interface Judged {
  readonly unit: Unit;
  readonly wish: Wish;
  readonly account: Account;
  readonly facts: SessionFacts;
  readonly rules: readonly Rule[];
}

type Allowed = Extract<Decision, { readonly allowed: true }>;

/** Asks the rules; a refusal is recorded with the rule that made it. */
function allow(parts: ExchangeParts, context: KoaContextWithOIDC, { unit, wish, account, facts, rules }: Judged): Allowed {
  const decision = decide(rules, {
    email: account.email,
    groups: account.groups,
    audience: wish.audience,
    role: wish.role,
    level: facts.level,
    secondsSinceSignIn: parts.now() - facts.signedInAt,
    address: context.ip,
  });
  if (decision.allowed) return decision;
  const { rule, needs } = decision;
  const reason = refusalText(decision);
  unit.record({
    name: "token.refused",
    actor: account.id,
    client: context.oidc.client?.clientId ?? null,
    address: context.ip,
    details: { audience: wish.audience, role: wish.role, rule, needs, reason },
  });
  const what = wish.role === null ? wish.audience : `${wish.role} at ${wish.audience}`;
  throw new errors.CustomOIDCProviderError("access_denied", `${reason}: ${what}`);
}

function refusalText({ rule, needs }: Refusal): string {
  if (rule === null) return "no rule allows this token";
  if (needs === null) return `the rule ${rule} denies this token`;
  return `the rule ${rule} allows this token only with ${LACKING[needs]}`;
}

/** What a token says of a person besides its times and names. Built without spreading, because every exchange does this. */
function claimsOf(role: string | null, { account, facts }: TokenSession, shape: TokenShape): Readonly<Record<string, Json>> {
  const claims: Record<string, Json> = { amr: facts.methods, auth_time: facts.signedInAt };
  if (shape.subject === "email") {
    claims["email"] = account.email;
    claims["email_verified"] = true;
  }
  if (facts.acr !== null) claims["acr"] = facts.acr;
  return role === null ? claims : Object.assign(claims, roleClaims(role, account, shape));
}

/** Only a role of AWS has claims of its own. */
function roleClaims(role: string, account: Account, shape: TokenShape): ReturnType<typeof awsClaims> {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/.test(role)) {
    throw new errors.InvalidTarget("the resource is not the ARN of a role");
  }
  try {
    return awsClaims(role, account, shape);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw new errors.InvalidTarget(cause.message);
  }
}
