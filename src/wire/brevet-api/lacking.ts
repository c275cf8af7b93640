/** What a sign-in may lack for a rule to allow a token, in the words of the refusal, which tell the person what would help. */
export const LACKING = { level: "a stronger key", fresh: "a fresher sign-in", network: "another network" } as const;

/** A name in {@link LACKING}. */
export type Lacking = keyof typeof LACKING;
