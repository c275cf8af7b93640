import type { Finding } from "../trust/verdict.ts";

/** A request as a stand-in sees it: everything that was signed, byte for byte. */
export interface SandboxRequest {
  readonly method: string;
  /** The `Host` header, lower case, with its port if it names one. */
  readonly host: string;
  /** The path as it was sent, still percent-encoded. */
  readonly path: string;
  /** The query as it was sent, without `?`. */
  readonly query: string;
  /** Names in lower case, each with its values in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  readonly sourceIp: string;
}

export interface SandboxAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What the sandbox tells its user about one request: never a token, key or signature. */
export interface RequestRecord {
  readonly service: string;
  /** `AssumeRoleWithWebIdentity`, or the path for an issuer's document. */
  readonly action: string;
  readonly status: number;
  /** The cloud's own error code; null for a request that was served. */
  readonly code: string | null;
  /** What the client was told, or which principal it got. */
  readonly summary: string;
  /** Why: the deciding statement, what it wanted and what it saw. The client is not told. */
  readonly findings: readonly Finding[];
}

/** A local stand-in for one cloud service. A new one is a folder next to `aws-sts/` and a line in `services.ts`. */
export interface SandboxService {
  readonly name: string;
  /** The cloud's own host names that the sandbox's certificate is for. */
  readonly certifiedHosts: readonly string[];
  /** Whether it answers for that host name (without port), besides the loopback names. */
  hasHost(hostname: string): boolean;
  /** Whether a request that came to a loopback name is for this service. */
  wants(request: SandboxRequest): boolean;
  /** The action that a request names, as far as it can be told without judging it. */
  actionOf(request: SandboxRequest): string;
  answer(request: SandboxRequest): Promise<{ readonly answer: SandboxAnswer; readonly record: RequestRecord }>;
}
