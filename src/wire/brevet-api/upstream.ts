import * as v from "valibot";

const line = (description: string, longest = 200) =>
  v.pipe(v.string(), v.minLength(1), v.maxLength(longest), v.description(description));

/** The schema of the settings, as administrators write them and the database keeps them. */
export const upstreamSchema = v.strictObject({
  name: line("What people know it by: `Google`.", 60),
  issuer: line("Its issuer, exactly as its discovery document has it: `https://accounts.google.com`."),
  clientId: line("The client that this server is there."),
  domains: v.pipe(
    v.array(line("A domain.")),
    v.minLength(1),
    v.maxLength(50),
    v.description("Domains whose addresses it speaks for."),
  ),
  enrols: v.pipe(
    v.picklist(["invited", "everybody"]),
    v.description("Who registers a key after it: those who are invited, or everybody of the domains."),
  ),
  claims: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.description('Claims that its ID tokens must have: `{"tid": "…"}`. Default: none.'),
    ),
  ),
  trustsEmails: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        "Whether its addresses count without `email_verified`, for a provider whose people cannot choose them. Default: false.",
      ),
    ),
  ),
  groups: v.optional(
    v.pipe(v.array(v.string()), v.description("Groups of those who come without an invitation. Default: none.")),
  ),
});
