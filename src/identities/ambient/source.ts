import type { AssertionRequest } from "../../core/identity.ts";
import type { AmbientOptions } from "./options.ts";
import type { Surroundings } from "./surroundings.ts";

/** Something that can surround a program and give it a token that says who it is. One file each, or one for those alike. */
export interface AmbientSource {
  /** As a person calls it: `GitHub Actions`. */
  readonly title: string;
  /** Whether it is around this program, as far as can be told without asking anybody over a network. */
  isHere(surroundings: Surroundings, options: AmbientOptions): boolean;
  /**
   * What tells this job, pod or machine from another that uses the same disk; goes into the cache key, as a digest. Of a token
   * that is replaced while the job runs it is who the token is about.
   */
  mark(surroundings: Surroundings, options: AmbientOptions): string;
  /** The issuer and the subject, where both can be told without asking anybody. */
  who?(surroundings: Surroundings, options: AmbientOptions): { readonly issuer: string | null; readonly subject: string | null };
  /**
   * A JWT for the requested audience, or the only one there is: the caller checks what is in it.
   *
   * @throws {Fault} `AMBIENT_ABSENT` if this program has no such token after all; `AMBIENT_REFUSED`; `ASSERTION_UNSUPPORTED`; what Http
   *   raises.
   */
  token(request: AssertionRequest, surroundings: Surroundings, options: AmbientOptions): Promise<string>;
}
