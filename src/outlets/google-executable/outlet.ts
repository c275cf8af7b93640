import { Fault } from "../../core/fault.ts";
import type { Outlet, Output } from "../../core/outlet.ts";

/** What Google's library asked for, by the variables that it starts an executable with. */
export interface GoogleExecutableWish {
  /** One of the two names that Google has for a JWT; libraries compare it with their own configuration. */
  readonly tokenType: string;
  /** Where the library looks first the next time; null: it keeps nothing. */
  readonly outputFile: string | null;
  /** The library reads the file alone, because stdout is a person's terminal. */
  readonly interactive: boolean;
}

/** Writes the file for its owner, as a whole: a library that reads half of it stops for good. */
type WriteFile = (path: string, text: string) => void;

/**
 * The answer of an executable-sourced credential: one JSON document. The token is in `id_token` under either name of its type.
 *
 * @see https://google.aip.dev/auth/4117, "Executable-sourced credentials"
 */
export function googleExecutableOutlet(wish: GoogleExecutableWish, output: Output, writeFile: WriteFile): Outlet {
  return {
    async deliver(credentials) {
      if (credentials.kind !== "bearer") {
        throw new Fault(
          "CREDENTIALS_UNSUPPORTED",
          `Google's libraries exchange a token by themselves, not ${credentials.kind} credentials`,
        );
      }
      const answer = {
        version: 1,
        success: true,
        token_type: wish.tokenType,
        id_token: credentials.token.reveal(),
        expiration_time: credentials.expiresAt,
      };
      const text = `${JSON.stringify(answer)}\n`;
      if (wish.outputFile !== null) writeFile(wish.outputFile, text);
      if (!wish.interactive || wish.outputFile === null) output(text);
      return 0;
    },
  };
}

/** The answer that says why there is no token. The exit status has to be 0 with it, or the library drops the message. */
export function googleExecutableFault({ code, message, hints }: Fault): string {
  return `${JSON.stringify({ version: 1, success: false, code, message: [message, ...hints].join("; ") })}\n`;
}
