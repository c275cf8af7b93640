/** One step of the schema. Steps that were released are never changed: what is to be different is a new step. */
export interface Migration {
  readonly name: string;
  /** In the SQL that both databases share. */
  readonly statements: readonly string[];
}
