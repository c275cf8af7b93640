import type * as v from "valibot";
import type { FaultCode } from "../../../core/fault-codes.ts";

/**
 * The administrators' API, described once: the server checks requests by these values, the command line makes its requests and reads
 * its answers by them, and the OpenAPI document is written from them. Some of it is for everybody, about themselves.
 *
 * What is sent is checked strictly. What is answered is read with room for members that a later server adds.
 */
export const API_BASE = "/api/v1";

/** Where its OpenAPI document is served. */
export const OPENAPI_PATH = `${API_BASE}/openapi.json`;

/** Stands for the caller in the place of a `{person}`. No id is as short. */
export const ME = "me";

/** Fields by name: what a query or a body is. */
export type Fields = v.StrictObjectSchema<v.ObjectEntries, undefined>;
/** What an answer is. */
export type AnswerSchema = v.GenericSchema<unknown, unknown>;

/** One thing that the API does. */
export interface Operation<
  Query extends Fields = Fields,
  Body extends Fields | null = Fields | null,
  Answer extends AnswerSchema | null = AnswerSchema | null,
> {
  /** Its `operationId`. */
  readonly name: string;
  readonly tag: Tag;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below {@link API_BASE}; `{person}` stands for one segment, in which {@link ME} is the caller. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly query: Query;
  readonly body: Body;
  /** `null`: no body, status 204. */
  readonly answer: Answer;
  /** Of an answer with a body. Default 200. */
  readonly status?: 201;
  /** The body of the answer is lines of JSON, not one value. */
  readonly lines?: true;
  /** Whether the caller's key has to have been used just now. */
  readonly fresh: boolean;
  /** Whether anybody may do it where `{person}` is {@link ME}, not only administrators. */
  readonly own?: true;
  /** `needed`: without the version that it was made from, the change is refused. */
  readonly version?: "optional" | "needed";
  /** How it fails, besides the ways that any request can. */
  readonly faults: readonly FaultCode[];
}

/** What an operation is about. */
export type Tag =
  | "people"
  | "keys"
  | "sessions"
  | "invites"
  | "groups"
  | "clients"
  | "rules"
  | "signing-keys"
  | "sign-in-provider"
  | "audit";

/** Ties the types of an operation's schemas to it. */
export function operation<const Query extends Fields, const Body extends Fields | null, const Answer extends AnswerSchema | null>(
  described: Operation<Query, Body, Answer>,
): Operation<Query, Body, Answer> {
  return described;
}
