import type { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Provider } from "oidc-provider";
import { Fault } from "../../core/fault.ts";
import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";
import { requestSlot } from "../http/request-slot.ts";
import { isUnavailable } from "../store/unavailable.ts";
import type { Unit } from "../store/unit.ts";
import { bindArtifacts } from "./artifacts.ts";
import { letGoOnceAnswered } from "./let-go.ts";
import type { ProviderPages } from "./pages.ts";

/** Serves one request by the OpenID provider. @returns why it ended with 500 or more, or null. */
export type ServeProvider = (request: IncomingMessage, response: ServerResponse, unit: Unit) => Promise<unknown>;

/** What a request came to inside of the provider. */
interface Course {
  readonly unit: Unit;
  context: Context | null;
  cause: unknown;
}

const courses = requestSlot<Course>();

/**
 * Has a provider commit each request's unit when its answer is ready and before it is sent: nobody holds a token that is not
 * recorded. An answer that says that the server failed undoes everything; one that refuses is kept, because to refuse may be to
 * revoke.
 *
 * @param keepDiscovery is given the discovery document whenever the provider has put it together.
 */
export function serveProvider(
  provider: Provider,
  { keepDiscovery, pages }: { readonly keepDiscovery: (body: unknown) => void; readonly pages: ProviderPages },
): ServeProvider {
  provider.use(async (context, next) => {
    const course = courses.get(context.req);
    if (course !== undefined) course.context = context;
    try {
      await next();
    } catch (cause) {
      if (course !== undefined && isUnavailable(cause)) refuse(context, cause, course, pages);
      else if (!showDevicePageAnew(context, cause)) throw cause;
      return course?.unit.discard();
    }
    showAbsence(context, pages);
    if (course === undefined) return;
    if (context.path === ENDPOINTS.discovery && context.method === "GET" && context.status === 200) keepDiscovery(context.body);
    if (context.status >= 500) return undo(context, course, pages);
    try {
      await course.unit.commit();
    } catch (cause) {
      refuse(context, cause, course, pages);
      await revokeReplayed(course.unit, cause, context.ip);
    }
  });
  provider.on("server_error", (context, cause) => {
    const course = courses.get(context.req);
    if (course !== undefined) course.cause = cause;
  });
  const application: EventEmitter = provider;
  // Koa would print it. A client that hung up is nobody's error.
  application.on("error", (cause: { readonly headerSent?: boolean }, context?: Context) => {
    const course = context === undefined ? undefined : courses.get(context.req);
    if (course !== undefined && cause.headerSent !== true) course.cause = cause;
  });
  const callback = provider.callback();
  return async (request, response, unit) => {
    const course: Course = { unit, context: null, cause: null };
    courses.set(request, course);
    // For the rest of a device's sign-in, the provider finds the device code that it noted in the interaction.
    const byHandle = request.url?.startsWith(`${ENDPOINTS.deviceCode}/`) === true;
    bindArtifacts(request, unit, { byHandle });
    await callback(request, response);
    if (course.context !== null) letGoOnceAnswered(course.context, response);
    return course.cause;
  };
}

/**
 * Of two requests that spend a code or a refresh token at once, one is not its owner's: what was handed out for it ends, as it
 * would if the second had come a moment later.
 *
 * @see RFC 9700 §4.14.2
 */
async function revokeReplayed(unit: Unit, cause: unknown, address: string): Promise<void> {
  const { kind, handle } = cause instanceof Fault ? cause.details : {};
  if (typeof kind !== "string" || typeof handle !== "string" || kind === "ReplayDetection") return;
  const [row] = await unit.read("SELECT grant_id, account FROM artifact WHERE kind = ? AND handle = ?", [kind, handle]);
  const grant = row?.["grant_id"];
  if (typeof grant !== "string") return;
  unit.write("DELETE FROM artifact WHERE grant_id = ?", [grant]);
  unit.write("DELETE FROM artifact WHERE kind = 'Grant' AND handle = ?", [grant]);
  const actor = typeof row?.["account"] === "string" ? row["account"] : null;
  unit.record({ name: "token.replayed", actor, client: null, address, details: { grant } });
  await unit.commit();
}

type Context = Parameters<Parameters<Provider["use"]>[0]>[0];

/**
 * A form of the device page, or the way back to it, that comes without the session in which it was shown (another browser's, one
 * that has ended, none) makes the provider fail over the session that it could not keep. The page is shown again.
 *
 * @returns whether that was so.
 */
function showDevicePageAnew(context: Context, cause: unknown): boolean {
  const unkept = cause instanceof TypeError && cause.message.includes("previously persisted Sessions");
  const ofDevice = context.path === ENDPOINTS.deviceCode || context.path.startsWith(`${ENDPOINTS.deviceCode}/`);
  if (!unkept || !ofDevice) return false;
  context.status = 303;
  context.set("location", ENDPOINTS.deviceCode);
  context.body = "";
  return true;
}

function showAbsence(context: Context, pages: ProviderPages): void {
  if (context.status !== 404 || context.body !== undefined || context.accepts("json", "html") !== "html") return;
  context.type = "html";
  context.body = pages.absent();
  context.status = 404;
}

function undo(context: Context, course: Course, pages: ProviderPages): void {
  course.unit.discard();
  if (isUnavailable(course.cause)) refuse(context, course.cause, course, pages);
}

/** The answer that was ready is not given: what it would have handed out was not kept. */
function refuse(context: Context, cause: unknown, course: Course, pages: ProviderPages): void {
  const used = cause instanceof Fault && cause.code === "ALREADY_USED";
  if (!used) course.cause = cause;
  for (const name of ["location", "set-cookie", "www-authenticate"]) context.remove(name);
  if (context.accepts("json", "html") === "html") {
    const looks = context.method === "GET" || context.method === "HEAD";
    // By then the browser has the cookie from the answer to the first request.
    if (used && looks) context.set("refresh", "1");
    context.type = "html";
    context.body = used ? pages.overtaken(looks ? context.url : null) : pages.unavailable();
    context.status = used ? 409 : 503;
    return;
  }
  context.status = used ? 400 : 503;
  context.body = used
    ? { error: "invalid_grant", error_description: "grant request is invalid" }
    : {
        error: "temporarily_unavailable",
        error_description: "the server could not read, or could not keep, what it was about to hand out",
      };
}
