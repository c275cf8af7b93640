import { AUDIT } from "./audit.ts";
import { CLIENTS } from "./clients.ts";
import { GROUPS } from "./groups.ts";
import { INVITES } from "./invites.ts";
import { KEYS } from "./keys.ts";
import type { Operation } from "./operation.ts";
import { PEOPLE } from "./people.ts";
import { RULES } from "./rules.ts";
import { SESSIONS } from "./sessions.ts";
import { SIGN_IN_PROVIDER } from "./sign-in-provider.ts";
import { SIGNING_KEYS } from "./signing-keys.ts";

/** Every operation of the administrators' API, in the order of its document. */
export const OPERATIONS: readonly Operation[] = [
  PEOPLE,
  KEYS,
  SESSIONS,
  INVITES,
  GROUPS,
  CLIENTS,
  RULES,
  SIGNING_KEYS,
  SIGN_IN_PROVIDER,
  AUDIT,
].flatMap((family) => Object.values(family) as readonly Operation[]);
