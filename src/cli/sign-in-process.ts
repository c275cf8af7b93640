import { faultOf, type KeptFault } from "../core/fault.ts";
import { readOwnJson } from "../core/json-object.ts";
import type { SignInPrompt, SignInRequest } from "../core/session.ts";
import type { Environment } from "../platform/paths.ts";

/** The one message of a sign-in's process: what the person has to do, or why there is no sign-in. */
export type SignInAnswer = { readonly prompt: SignInPrompt } | { readonly fault: KeptFault };

/** The one line that the process writes. */
export function signInAnswer(answer: SignInAnswer): string {
  return `${JSON.stringify(answer)}\n`;
}

/**
 * Starts the process that signs a person in and goes on without us.
 *
 * @param onStarted is given what stops it, before it opens anything: a Ctrl-C must not leave it behind.
 * @throws {Fault} what it answered; `INTERRUPTED`.
 */
export async function startSignInProcess(
  identity: string,
  request: SignInRequest,
  environment: Environment,
  onStarted: (stop: () => void) => void,
): Promise<{ readonly prompt: SignInPrompt }> {
  const [{ startDetached }, { ownWords }] = await Promise.all([
    import("../platform/processes/detached.ts"),
    import("../platform/processes/own-program.ts"),
  ]);
  const [program, ...words] = ownWords();
  const { firstLine } = await startDetached([program, ...words, "sign-in", "run", identity], {
    input: JSON.stringify(request),
    environment,
    onStarted,
  });
  const answer = readOwnJson<SignInAnswer>(firstLine);
  if ("fault" in answer) throw faultOf(answer.fault);
  return answer;
}
