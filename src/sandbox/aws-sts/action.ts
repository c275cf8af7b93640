import type { EpochSeconds } from "../../core/time.ts";
import type { Surroundings } from "../../trust/aws/surroundings.ts";
import type { OutboundFederation } from "../aws-outbound/outbound-federation.ts";
import type { IamFolder } from "../iam/iam-folder.ts";
import type { FindKey } from "../issuers/verification-keys.ts";
import type { SandboxRequest } from "../service.ts";
import type { Parameters, XmlValue } from "./query-protocol.ts";
import type { SessionSeal } from "./role-session.ts";

/** What an action has of the sandbox. */
export interface ActionContext {
  readonly request: SandboxRequest;
  readonly parameters: Parameters;
  readonly iam: IamFolder;
  readonly findKey: FindKey;
  readonly seal: SessionSeal;
  readonly outbound: OutboundFederation;
  /** What may be told of the call's origin. */
  readonly surroundings: Surroundings;
  readonly now: EpochSeconds;
}

/** The result of an action: what the client gets, and one line about it for the log. */
export interface ActionResult {
  readonly result: XmlValue;
  readonly summary: string;
}

/** One action of STS. A new one is a file and a line in `service.ts`. */
export interface StsAction {
  /** As clients send it: `GetCallerIdentity`. */
  readonly name: string;
  /** @throws {Refusal} */
  run(context: ActionContext): Promise<ActionResult>;
}
