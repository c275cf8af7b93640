import type { Credentials } from "./credentials.ts";

/** The Outlet port: hands credentials to a tool in the form that this tool expects. */
export interface Outlet {
  /**
   * Delivers, and returns the exit status that the program ends with: 0, or that of the program it ran.
   *
   * @throws {Fault} `CREDENTIALS_UNSUPPORTED` for credentials of another kind; then nothing was written.
   */
  deliver(credentials: Credentials): Promise<number>;
}

/** stdout, as an outlet sees it: the whole answer in one call, so that a reader gets all of it or nothing. */
export type Output = (text: string) => void;
