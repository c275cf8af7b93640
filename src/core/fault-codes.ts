import { EXIT, type ExitName } from "./exit.ts";

/**
 * Every way that brevet can fail, in one closed table: the code that scripts match on, the exit status of
 * the program, and one line of documentation. A code is `<NOUN>_<STATE>` and is never renamed.
 *
 * `docs/reference/faults.md` is generated from this table.
 */

interface FaultKind {
  readonly exit: ExitName;
  readonly doc: string;
}

export const FAULT_CODES = {
  // The command line
  USAGE_INVALID: { exit: "usage", doc: "the command line has something unknown, lacks something, or contradicts itself" },
  PERSON_ABSENT: {
    exit: "needsPerson",
    doc: "a person has to answer, and no terminal is there to ask on, or the command or the profile asks nobody",
  },
  INTERRUPTED: { exit: "interrupted", doc: "the person stopped the command" },
  INTERNAL: { exit: "fault", doc: "brevet itself is wrong: an error that it did not expect" },

  // Configuration
  CONFIG_ABSENT: { exit: "usage", doc: "there is no configuration yet" },
  CONFIG_MALFORMED: { exit: "usage", doc: "the configuration is not JSON with comments, or a value has the wrong type" },
  CONFIG_EXPOSED: { exit: "usage", doc: "the configuration belongs to another user, or others can read or change it" },
  CONFIG_KEY_UNKNOWN: { exit: "usage", doc: "the configuration holds a key that brevet does not know" },
  PROFILE_UNKNOWN: { exit: "usage", doc: "no profile has that name" },
  PROFILE_AMBIGUOUS: { exit: "usage", doc: "no profile was named and there is not exactly one" },
  PROFILE_IN_USE: { exit: "refused", doc: "other profiles need the one that would be removed (`via`)" },
  PROFILE_LOOP: { exit: "usage", doc: "a profile reaches itself through `via`" },
  IDENTITY_UNKNOWN: { exit: "usage", doc: "no identity has that name" },
  IDENTITY_AMBIGUOUS: { exit: "usage", doc: "no identity was named and there is not exactly one" },
  IDENTITY_EXISTS: { exit: "usage", doc: "an identity of that name exists already and is never overwritten" },
  IDENTITY_IN_USE: { exit: "refused", doc: "profiles use the identity that would be forgotten" },
  KIND_UNKNOWN: { exit: "usage", doc: "an identity, signer, store or publisher names a kind that brevet does not have" },

  // Values the user gives
  NAME_INVALID: { exit: "usage", doc: "a name holds characters that it may not hold, or is too long" },
  ARN_INVALID: { exit: "usage", doc: "a value is not an ARN of the kind that is needed there" },
  REGION_INVALID: { exit: "usage", doc: "a value is not an AWS region" },
  PARTITION_MISMATCH: { exit: "usage", doc: "the role and the region belong to different AWS partitions" },
  DURATION_INVALID: { exit: "usage", doc: "a duration cannot be read or is outside of what is allowed" },
  URL_INVALID: { exit: "usage", doc: "a value is not a URL of the kind that is needed there" },
  AUDIENCE_INVALID: { exit: "usage", doc: "a value cannot be the audience of a token" },
  POLICY_INVALID: { exit: "usage", doc: "a policy is not the JSON document that the cloud accepts there" },

  // Files, locks and stores
  HOME_UNKNOWN: {
    exit: "usage",
    doc: "`HOME` is no absolute path, or neither it nor the system says where the user's home is: there is no place for files",
  },
  FILE_UNREADABLE: { exit: "fault", doc: "a file cannot be read" },
  FILE_UNWRITABLE: { exit: "fault", doc: "a file cannot be written: no space, a read-only place, no permission" },
  FILE_UNSAFE: {
    exit: "fault",
    doc: "a path that holds secrets is a link, or belongs to or is open to another user; or a file is a device, or far too long",
  },
  LOCK_TIMEOUT: { exit: "fault", doc: "another process has held a lock for too long" },
  STORE_KEY_ABSENT: { exit: "fault", doc: "the key that seals the store is not there, so nothing in it can be opened" },
  STORE_KEY_DAMAGED: { exit: "fault", doc: "the file that holds the store's key is cut off or was altered" },
  STORE_KEY_FOREIGN: { exit: "fault", doc: "the key file was made on another machine, so it opens nothing on this one" },
  STORE_GUARD_MISMATCH: { exit: "usage", doc: "the store's key is held by another guard than the one that was asked for" },
  STORE_GUARD_ABSENT: { exit: "usage", doc: "nothing on this machine can guard the store's key and no weaker choice was made" },
  STORE_GUARD_LOCKED: { exit: "needsPerson", doc: "the keychain that guards the store's key is locked" },
  STORE_GUARD_SLOW: { exit: "fault", doc: "the keychain that guards the store's key did not answer in time" },
  STORE_ENTRY_DAMAGED: { exit: "fault", doc: "a sealed entry that cannot be made again (a key, a session) does not open" },

  // Signers and keys
  SIGNER_ABSENT: { exit: "signerAbsent", doc: "the signer of this identity is not on this machine" },
  SIGNER_FAILED: { exit: "fault", doc: "the signer answered with an error or with a wrong signature" },
  SIGNER_BUSY: { exit: "fault", doc: "the signer is in use by another program, or has no room for this one now" },
  PIN_WRONG: { exit: "needsPerson", doc: "the signer refused the PIN" },
  PIN_LOCKED: { exit: "needsPerson", doc: "the signer takes no PIN for now, because too many were wrong" },
  KEY_ABSENT: { exit: "signerAbsent", doc: "the signer has no key of the kind that is needed" },
  KEY_EXISTS: { exit: "usage", doc: "the identity has a key of that algorithm already, and a key is never overwritten" },
  ATTESTATION_REFUSED: {
    exit: "refused",
    doc: "what a device says of its key does not prove that the key is in certified hardware",
  },
  KEY_UNPUBLISHED: {
    exit: "usage",
    doc: "the key is not in the issuer's published documents, so every cloud would refuse its tokens",
  },
  ALGORITHM_UNSUPPORTED: { exit: "usage", doc: "the audience accepts no signature algorithm that this identity has" },

  // Identities
  AMBIENT_ABSENT: { exit: "usage", doc: "nothing around the program says who it is, or not what the identity names" },
  AMBIENT_REFUSED: { exit: "refused", doc: "what the program runs in did not give it a token" },
  ASSERTION_UNSUPPORTED: { exit: "usage", doc: "the identity cannot make an assertion of the form that the profile needs" },

  // Issuers and publishing
  ISSUER_ABSENT: { exit: "usage", doc: "the identity has no issuer URL yet, or one that nobody serves" },
  ISSUER_MISMATCH: { exit: "refused", doc: "the published documents do not belong to this issuer or lack this device's key" },
  ISSUER_DOCUMENT_INVALID: { exit: "refused", doc: "a discovery document or a JWKS is not what its standard asks for" },
  ISSUER_IN_USE: { exit: "refused", doc: "another setup's cloud trusts the issuer that would be given up or changed" },
  ISSUER_SHARED: { exit: "usage", doc: "other keys are published at this issuer, and sharing one was not asked for" },
  LIMIT_REACHED: { exit: "refused", doc: "a cloud takes no more of that kind: keys of an issuer, credentials of an application" },
  KEY_UNTRUSTED: { exit: "refused", doc: "the clouds do not take the new key of a rotation yet; the old one is still in use" },
  ROTATION_PENDING: {
    exit: "usage",
    doc: "a rotation is under way: of this identity's keys to another signer, or of a login server's",
  },
  PUBLISH_CONFLICT: { exit: "refused", doc: "someone else changed a published document at the same time" },

  // The network
  NETWORK_UNREACHABLE: { exit: "unreachable", doc: "a host cannot be reached: name, connection, TLS or proxy" },
  NETWORK_TIMEOUT: { exit: "unreachable", doc: "a host did not answer in time" },
  RESPONSE_INVALID: { exit: "unreachable", doc: "an answer is cut off, too large or not in the form that the protocol has" },

  // Exchanges
  EXCHANGE_REFUSED: { exit: "refused", doc: "the cloud refused the exchange; the message keeps the cloud's own code" },
  EXCHANGE_UNAVAILABLE: {
    exit: "unreachable",
    doc: "the cloud, or what the program runs in, could not serve the exchange now (throttled, 5xx), after retries",
  },
  CLOCK_SKEWED: { exit: "refused", doc: "the cloud refused the token's times: this machine's clock is off" },

  // Signing in
  SIGN_IN_REFUSED: { exit: "refused", doc: "the provider refused the sign-in; the message keeps the provider's own code" },
  SIGN_IN_CANCELLED: { exit: "needsPerson", doc: "the person cancelled the sign-in" },
  SIGN_IN_TIMEOUT: { exit: "needsPerson", doc: "nobody finished the sign-in in time" },
  SIGN_IN_MIXED_UP: { exit: "refused", doc: "the answer to a sign-in belongs to another one, or came from another provider" },
  SIGN_IN_PORT_TAKEN: { exit: "fault", doc: "no port that the provider knows is free to listen on for the answer" },
  SIGN_IN_UNFINISHED: { exit: "needsPerson", doc: "a sign-in still waits for the person in the browser" },
  SESSION_ENDED: { exit: "needsPerson", doc: "the provider renews the session no more, so a person has to sign in again" },
  CODE_REFUSED: { exit: "refused", doc: "the provider gave no tokens for its own code: it was used before, or is not ours" },
  CLIENT_REFUSED: { exit: "refused", doc: "the provider does not know the client, or its secret or key is wrong" },
  PROVIDER_MISMATCH: { exit: "refused", doc: "a provider's metadata are those of another issuer" },
  PROVIDER_UNAVAILABLE: {
    exit: "unreachable",
    doc: "a provider could not serve a request now (throttled, 5xx); it was asked again where it said that it had not served it",
  },
  PROVIDER_UNFIT: { exit: "refused", doc: "a provider's metadata or answers lack what a sign-in needs" },
  TOKEN_EXCHANGE_REFUSED: {
    exit: "refused",
    doc: "a provider does not exchange a person's token for the one that was asked for: a SAML assertion, or a login server's token",
  },
  TOKEN_EXCHANGE_UNFIT: { exit: "refused", doc: "a provider exchanged a token for another kind than the one asked for" },
  ROLE_UNOFFERED: { exit: "refused", doc: "the provider offers this person no role, or not the one that was asked for" },
  ID_TOKEN_ABSENT: { exit: "refused", doc: "the provider sent no ID token" },
  ID_TOKEN_INVALID: { exit: "refused", doc: "an ID token is not a JWT with the claims that one must have" },
  ID_TOKEN_UNSIGNED: { exit: "refused", doc: "an ID token has no signature: `alg` is `none`" },
  ID_TOKEN_ALGORITHM: { exit: "refused", doc: "an ID token is signed by an algorithm that the provider did not announce" },
  ID_TOKEN_SIGNATURE: { exit: "refused", doc: "an ID token's signature does not verify" },
  ID_TOKEN_KEY_UNKNOWN: { exit: "refused", doc: "an ID token is signed by a key that the provider does not publish" },
  ID_TOKEN_ISSUER: { exit: "refused", doc: "an ID token names another issuer" },
  ID_TOKEN_AUDIENCE: { exit: "refused", doc: "an ID token is for another client" },
  ID_TOKEN_NONCE: { exit: "refused", doc: "an ID token belongs to another sign-in: its nonce is wrong" },
  ID_TOKEN_SUBJECT: { exit: "refused", doc: "a renewed ID token is about another person" },
  ID_TOKEN_EXPIRED: { exit: "refused", doc: "an ID token has expired, or this machine's clock is ahead" },
  ID_TOKEN_EARLY: { exit: "refused", doc: "an ID token is not valid yet: this machine's clock may be behind" },

  // Tokens
  TOKEN_MALFORMED: { exit: "fault", doc: "a value is not a JWT" },
  TOKEN_REFUSED: { exit: "refused", doc: "a token does not verify: signature, key, issuer, audience or times" },

  // SAML
  SAML_MALFORMED: { exit: "refused", doc: "what a provider gave is not a SAML 2.0 assertion that can be read" },
  SAML_ENTITIES: { exit: "refused", doc: "a SAML document declares a document type or entities, which no assertion has" },
  SAML_OVERSIZE: { exit: "refused", doc: "a SAML assertion is larger than AWS takes" },
  SAML_AMBIGUOUS: {
    exit: "refused",
    doc: "a SAML document can be read in two ways: several assertions, or one ID on two elements",
  },
  SAML_SIGNATURE_MOVED: { exit: "refused", doc: "a signature in a SAML document covers another element than the one it is in" },
  SAML_UNSIGNED: { exit: "refused", doc: "a SAML assertion is not signed" },
  SAML_AUDIENCE_WRONG: { exit: "refused", doc: "a SAML assertion is for another audience" },
  SAML_RECIPIENT_WRONG: { exit: "refused", doc: "a SAML assertion is to be presented elsewhere than at AWS" },
  SAML_EXPIRED: { exit: "refused", doc: "a SAML assertion has ended, or has not begun" },

  // Outlets
  CREDENTIALS_UNSUPPORTED: { exit: "usage", doc: "an outlet cannot hand out credentials of this kind" },
  CREDENTIALS_SHADOWED: { exit: "usage", doc: "a program would take other credentials than those that it was to be given" },
  VALUE_UNQUOTABLE: { exit: "fault", doc: "a value holds a character that a shell or a file format cannot be given" },

  // Plans, and what they edit or take over
  IMPORT_MALFORMED: { exit: "usage", doc: "what is to be imported cannot be understood" },
  PLAN_CONFLICT: { exit: "refused", doc: "what a plan would change is not as it was when the plan was made, or is not ours" },
  PLAN_INTERRUPTED: { exit: "fault", doc: "a plan stopped at a step; what was done is recorded" },
  AWS_CONFIG_MALFORMED: { exit: "usage", doc: "an AWS config file cannot be understood, so it is not edited" },
  COMMAND_UNSTABLE: {
    exit: "usage",
    doc: "the path of this program would not last, so it is not written into another program's configuration",
  },

  // Administering a cloud
  ADMIN_ABSENT: { exit: "usage", doc: "no credentials of an administrator were found, or the cloud does not take them" },
  ADMIN_REFUSED: { exit: "refused", doc: "the cloud does not allow an administrative call; `details.action` names it" },
  API_DISABLED: { exit: "refused", doc: "a project has not turned on an API that the setup needs; the message names both" },
  ACCOUNT_MISMATCH: { exit: "usage", doc: "the administrator's credentials belong to another account than the setup" },
  CLOUD_UNAVAILABLE: {
    exit: "unreachable",
    doc: "the cloud could not serve an administrative call now (throttled, 5xx), after retries",
  },
  RESOURCE_FAILED: { exit: "refused", doc: "the cloud could not make, change or remove a resource; the message has its reason" },
  RESOURCE_STUCK: { exit: "refused", doc: "a cloud resource is in a state from which only its owner can free it" },
  TRUST_UNPROVEN: { exit: "refused", doc: "the trust was set up, and the cloud still refuses this identity" },

  // Sandbox
  SANDBOX_INVALID: { exit: "usage", doc: "the sandbox's folder holds something that it cannot serve" },
  SANDBOX_ABSENT: { exit: "usage", doc: "no sandbox is running in that folder" },
  SANDBOX_RUNNING: { exit: "usage", doc: "another sandbox is running in that folder" },
  SANDBOX_PORT_TAKEN: { exit: "usage", doc: "the sandbox cannot listen on the port that it was given" },

  // The login server
  LISTEN_REFUSED: { exit: "fault", doc: "the server cannot listen where it was told to, or not with its certificate" },
  DATABASE_UNAVAILABLE: { exit: "unreachable", doc: "the server's database cannot be reached, or refuses what it is asked" },
  DATABASE_FULL: {
    exit: "unreachable",
    doc: "the disk of the server's database is full, and nothing is kept until there is room on it",
  },
  DATABASE_NEWER: { exit: "usage", doc: "a later version of the program has changed the server's database" },
  SERVER_RUNNING: { exit: "usage", doc: "another login server runs on the same SQLite database, which belongs to one" },
  SERVER_EXISTS: { exit: "usage", doc: "a folder holds a login server already, which is never replaced" },
  BACKUP_UNFIT: {
    exit: "usage",
    doc: "a file is no whole backup of a login server, or the server is not one that makes such files",
  },
  SERVER_KEY_ABSENT: { exit: "usage", doc: "the key that seals what is in the server's database is not there" },
  SERVER_KEY_FOREIGN: { exit: "usage", doc: "something in the server's database was sealed with another key, or altered" },
  AUDIT_BROKEN: { exit: "refused", doc: "an export of the audit log was changed, cut or put together from others" },
  AUDIT_UNVOUCHED: {
    exit: "refused",
    doc: "an export of the audit log has no checkpoint at all, or rows that have been without one for more than five minutes",
  },
  AUDIT_EMPTY: { exit: "refused", doc: "what was to be verified has not one row of an audit log" },
  AUDIT_UNDELIVERED: { exit: "unreachable", doc: "a receiver of the audit log did not take what it was sent; it is sent again" },
  AUDIT_HELD: {
    exit: "unreachable",
    doc: "rows of the audit log are kept beyond their time, because somebody who was named does not have them yet",
  },
  AUDIT_CUT: {
    exit: "usage",
    doc: "rows behind a cursor of the audit log were old enough to be cut, and are not there any more",
  },
  CURSOR_INVALID: { exit: "usage", doc: "a value is not a cursor of an earlier export" },
  INTERACTION_ABSENT: { exit: "refused", doc: "a sign-in was begun elsewhere, or so long ago that it counts no more" },
  CEREMONY_ENDED: { exit: "refused", doc: "the attempt to sign in or to register a key took too long, or was answered already" },
  PASSKEY_REFUSED: {
    exit: "refused",
    doc: "a passkey is not known here, is not of a model that is taken, or what it signed is wrong",
  },
  METADATA_REFUSED: {
    exit: "usage",
    doc: "the metadata of security keys are not signed by a trusted party, or cannot be read",
  },
  PASSKEY_COPIED: { exit: "refused", doc: "a passkey's counter went backwards: there may be a copy of it" },
  INVITE_ENDED: {
    exit: "refused",
    doc: "a link by which a key can be registered was used already, was taken back, or is too old",
  },
  UPSTREAM_REFUSED: {
    exit: "refused",
    doc: "the sign-in provider of an organisation does not say that somebody may register a key",
  },
  UPSTREAM_UNREACHABLE: {
    exit: "unreachable",
    doc: "the sign-in provider of an organisation cannot be asked, or is another one",
  },
  REQUEST_FOREIGN: {
    exit: "refused",
    doc: "a page of another site, or no page at all, has sent what only our own pages may send",
  },
  SIGN_IN_STALE: { exit: "refused", doc: "what changes keys or people wants the key to have been used a moment ago" },
  ADMINISTRATOR_NEEDED: { exit: "refused", doc: "only an administrator may do it, or nobody would be left who can" },
  ALREADY_USED: { exit: "refused", doc: "a code, link, challenge or token that counts once was used already" },
  SELF_UNCONFIRMED: {
    exit: "usage",
    doc: "administrators would shut themselves out, and have not said that they mean themselves",
  },
  REQUEST_INVALID: { exit: "usage", doc: "a request to the login server is not as its description says" },
  REQUESTS_TOO_MANY: { exit: "unreachable", doc: "the login server was asked too often in a minute" },
  RECORD_ABSENT: { exit: "usage", doc: "what was named is not at the login server, or not any more" },
  RECORD_AMBIGUOUS: { exit: "usage", doc: "the beginning of an id that was typed is that of several things at the login server" },
  SUCCESSOR_ABSENT: { exit: "refused", doc: "without this key the login server could sign nothing: it has no successor yet" },
  CLIENT_INVALID: { exit: "usage", doc: "what an OpenID client says of itself is not as the standard has it" },
  VERSION_STALE: { exit: "refused", doc: "somebody else has changed it since it was read; read it again, and repeat the change" },

  // Running other programs
  COMMAND_ABSENT: { exit: "programAbsent", doc: "a program to run is not on this machine" },
  COMMAND_UNUSABLE: { exit: "programUnusable", doc: "a program to run is there and cannot be executed" },
} as const satisfies Record<string, FaultKind>;

/** One way to fail. */
export type FaultCode = keyof typeof FAULT_CODES;

/** How the program ends with this fault. One that a later version has left for us to tell may be of a code that is not known here. */
export function exitOf(code: FaultCode): ExitName {
  return Object.hasOwn(FAULT_CODES, code) ? FAULT_CODES[code].exit : "fault";
}

/** The exit status of the program when it ends with this fault. */
export function exitStatus(code: FaultCode): number {
  return EXIT[exitOf(code)];
}
