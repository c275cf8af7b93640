import { Fault } from "../../core/fault.ts";
import type { Http, HttpRequest, HttpResponse } from "../../core/http.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/json-object.ts";
import type { Tempo } from "../../core/tempo.ts";
import { type AdminCall, adminCall, noAnswer } from "./admin-call.ts";
import type { HeldToken } from "./admin-token.ts";
import { hasMember, textOf } from "./members.ts";

/** One call of an API that administers a cloud in JSON. */
export interface JsonCall {
  /** As the cloud's permissions name it, for messages: `iam.workloadIdentityPools.create`. */
  readonly action: string;
  readonly method: HttpRequest["method"];
  readonly url: string;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members that every answer must have, as {@link hasMember} reads them. An answer without one is refused, whatever its status. */
  readonly has?: readonly string[];
}

/** An API that administers a cloud in JSON. */
export interface JsonApi {
  /** Whose words a refusal has: `Google`. */
  readonly cloud: string;
  readonly http: Http;
  readonly tempo: Tempo;
  readonly token: HeldToken;
  /** What lets the administrator make a call that was not allowed. */
  readonly permissionHint: (action: string) => string;
  /** A refusal that means something else than its status says, by the object that Google and Microsoft call `error`. */
  readonly means: (error: JsonObject, action: string, status: number) => Fault | null;
}

/**
 * Makes one call as an administrator.
 *
 * @returns the answer's object, an empty one for the empty answer to a change; null where it says that the thing is not there (404).
 * @throws {Fault} as `adminCall`; `RESPONSE_INVALID` for what is no JSON, for one that lacks a member, and for an empty answer to
 * a question: taking it for "there is nothing" would create a second one, or overwrite the first.
 */
export async function administer(call: JsonCall, api: JsonApi): Promise<JsonObject | null> {
  const { action, method, url, body, headers, has = [] } = call;
  const asked: AdminCall = {
    service: api.cloud,
    action,
    request: {
      method,
      url,
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    token: api.token,
    expected: [404],
    errorOf,
    permissionHint: api.permissionHint(action),
    means: (refusal) => api.means(errorObject(refusal), action, refusal.status),
  };
  const response = await adminCall(asked, { http: api.http, tempo: api.tempo });
  if (response.status === 404) return null;
  // Microsoft answers what changes or deletes by a status alone.
  const isDone = response.body.trim() === "" && (method === "PATCH" || method === "DELETE");
  const answer = isDone ? {} : parseJsonObject(response.body);
  if (answer !== null && has.every((member) => hasMember(answer, member))) return answer;
  const lack = answer === null ? "" : `: it has no \`${has.find((member) => !hasMember(answer, member))}\``;
  throw noAnswer(asked, response.status, lack);
}

/** Whether a fault is a cloud's refusal by one of these codes. */
export function isCloudCode(error: unknown, ...codes: readonly string[]): error is Fault {
  return error instanceof Fault && codes.includes(String(error.details["cloudCode"]));
}

/** Google: `{ error: { status, message } }`; Microsoft: `{ error: { code, message } }`. */
function errorOf(response: HttpResponse): { readonly code: string; readonly message: string } {
  const { status, code, message } = errorObject(response);
  return { code: textOf(status) || textOf(code), message: textOf(message) };
}

function errorObject({ body }: HttpResponse): JsonObject {
  const error = parseJsonObject(body)?.["error"];
  return isJsonObject(error) ? error : {};
}
