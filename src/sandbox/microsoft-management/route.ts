import type { SandboxRequest } from "../service.ts";
import type { MicrosoftAudience } from "./access-token.ts";

/** What one method of one of the two APIs does. */
export interface Route {
  readonly audience: MicrosoftAudience;
  readonly method: string;
  readonly path: RegExp;
  /** As Microsoft's roles name it. */
  readonly action: string;
  /** The versions of the API that Resource Manager takes; none: Graph has it in the path. */
  readonly versions?: readonly string[];
  /** @returns an array, which is shown page by page; an object; or null: 204, without a body. @throws {Refusal} */
  serve(call: RouteCall): object | null;
}

export interface RouteCall {
  /** What the path's groups matched. */
  readonly words: readonly (string | undefined)[];
  readonly request: SandboxRequest;
  readonly query: URLSearchParams;
}
