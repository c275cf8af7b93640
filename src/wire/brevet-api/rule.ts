import * as v from "valibot";
import { LEVELS, type Level } from "./levels.ts";

const words = (description: string) =>
  v.optional(v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.description(description)));

/**
 * The schema of a rule, as administrators write it and the database keeps it. Rules are asked in their order; the first that is
 * about the request decides. With no rule at all, everybody may have everything; with one, what no rule allows is denied.
 */
export const ruleSchema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "1 to 63 small letters, digits and `-`, with a letter or digit first"),
    v.description("A name of its own, which the audit log quotes."),
  ),
  effect: v.pipe(v.picklist(["allow", "deny"]), v.description("What it decides.")),
  people: words("E-mail addresses, or `*@example.com`. Default: everybody."),
  groups: words("Groups; one is enough. Default: none is needed."),
  audiences: words("Audiences; `*` stands for any characters. Default: every one."),
  roles: words(
    "Role ARNs, with `*`. Default: every one, and tokens without a role. A `deny` is for these in any case: some roles take them.",
  ),
  level: v.optional(v.pipe(v.picklist(LEVELS), v.description("The weakest sign-in that it allows."))),
  signedInWithin: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.description("Seconds since the person last used their key.")),
  ),
  networks: words("Networks that the request has to come from: `10.0.0.0/8`."),
  subject: v.optional(v.pipe(v.picklist(["email", "opaque"]), v.description("What `sub` is. Default: `email`."))),
  tags: v.optional(v.pipe(v.boolean(), v.description("Whether AWS session tags are sent. Default: true."))),
  sourceIdentity: v.optional(v.pipe(v.boolean(), v.description("Whether the AWS source identity is sent. Default: true."))),
  tagGroups: words("Groups that reach AWS as the tag `group/NAME` = `true`, when the person is in them."),
});

/** A rule that was read. */
export type Rule = v.InferOutput<typeof ruleSchema>;

/** What a rule has tokens carry. */
export interface TokenShape {
  readonly subject: "email" | "opaque";
  readonly tags: boolean;
  readonly sourceIdentity: boolean;
  readonly tagGroups: readonly string[];
}

/** The facts that a decision is made from. */
export interface TokenRequest {
  readonly email: string;
  readonly groups: readonly string[];
  readonly audience: string;
  readonly role: string | null;
  readonly level: Level | null;
  /** Since the person last used their key. */
  readonly secondsSinceSignIn: number;
  readonly address: string;
}
