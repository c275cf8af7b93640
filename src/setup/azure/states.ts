/** The states of what `setup azure` makes, as text: what brevet decides of each, and nothing that Microsoft adds. */

export interface ApplicationState {
  readonly displayName: string;
  readonly signInAudience: string;
}

export interface PrincipalState {
  readonly enabled: boolean;
}

export interface ManagedIdentityState {
  readonly location: string;
}

export interface CredentialState {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

export interface AssignmentState {
  readonly role: string;
  readonly scope: string;
}

type State = ApplicationState | PrincipalState | ManagedIdentityState | CredentialState | AssignmentState;

/** A state as text; its members in the order in which their interface has them. */
export function stateText(state: State): string {
  return JSON.stringify(state, null, 2);
}
