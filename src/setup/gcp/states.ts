/** The states of what `setup gcp` makes, as text: what brevet decides of each, and nothing that Google adds. */

export interface PoolState {
  readonly displayName: string;
  readonly description: string;
}

export interface ProviderState {
  readonly displayName: string;
  readonly description: string;
  readonly issuerUri: string;
  readonly attributeMapping: Readonly<Record<string, string>>;
  readonly attributeCondition: string;
  readonly allowedAudiences: readonly string[];
  /** Whether keys are uploaded, or Google fetches them from the issuer. Which ones they are is published, and no state. */
  readonly keys: "uploaded" | "fetched";
}

export interface AccountState {
  readonly displayName: string;
  readonly description: string;
}

export interface BindingState {
  readonly role: string;
  readonly member: string;
}

/**
 * A state as text, its members in the order of their names, so that equal states are equal texts.
 *
 * @param disabled somebody has turned it off, which brevet never does.
 */
export function stateText(state: PoolState | ProviderState | AccountState | BindingState, disabled = false): string {
  return JSON.stringify(sorted(disabled ? { ...state, disabled } : state), null, 2);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
}
