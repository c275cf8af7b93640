/**
 * The pages that the OpenID provider shows in the middle of its flows, as whole documents. Forms come from the provider, with
 * their hidden fields; a page adds the buttons.
 */
export interface ProviderPages {
  /** @param reason what the standard has a client told: `error_description`. */
  error(error: string, reason: string): string;
  /** The page on which a person types the code that a device shows. */
  deviceCode(form: string, problem: "wrong" | "stopped" | "failed" | null): string;
  /**
   * The page on which the code is compared with the device's; the form is `op.deviceConfirmForm`.
   *
   * @param from the addresses that asked for the code, and of this browser.
   */
  deviceConfirm(form: string, client: string, code: string, from: { readonly device: string; readonly browser: string }): string;
  deviceDone(client: string): string;
  /** The form is `op.logoutForm`; a button named `logout` with the value `yes` ends the session. */
  logout(form: string): string;
  loggedOut(): string;
  /** They have chosen to stay signed in. */
  notLoggedOut(): string;
  /** The answer to {@link logout} came from a page whose session is gone, or has asked again since. */
  logoutTooOld(): string;
  /** In the place of a page that there is not. */
  absent(): string;
  /**
   * Two requests of one browser came at the same time, and the other one was first.
   *
   * @param again the address that the browser loads again by itself; null: a form, which it does not send again.
   */
  overtaken(again: string | null): string;
  /** Where the database is away: nothing that the person did. */
  unavailable(): string;
}
