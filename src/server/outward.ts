import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Http } from "../core/http.ts";
import type { Publisher } from "../core/publisher.ts";
import type { EpochSeconds } from "../core/time.ts";
import { reading } from "../platform/file-faults.ts";
import { readPlainText } from "../platform/plain-file.ts";
import { privateFiles } from "../platform/private-files.ts";
import { deliveryTo } from "./audit/destination.ts";
import { pushJob } from "./audit/push.ts";
import { type Maintenance, startMaintenance } from "./maintenance.ts";
import type { Storage } from "./open-storage.ts";
import type { CurrentProvider } from "./provider/current-provider.ts";
import { publishJob } from "./publish-documents.ts";
import type { ServerSettings } from "./settings/settings.ts";

/** What is sent out by the server itself, and with what. */
export interface OutwardParts {
  readonly settings: ServerSettings;
  readonly storage: Storage;
  readonly current: CurrentProvider;
  readonly publisher: Publisher | undefined;
  readonly http: Http | undefined;
  readonly now: () => EpochSeconds;
  readonly warn: (what: string, cause: unknown) => void;
}

/** Holds the whole value of the header `Authorization` that webhooks of the audit log want. */
const PUSH_AUTHORIZATION_FILE = "audit-push.authorization";

/** Begins to send out what others wait for. */
export function startOutward({ settings, storage, current, publisher, http, now, warn }: OutwardParts): Maintenance {
  const { auditAuthorityFile: authorityFile } = settings;
  const parts = {
    http: http ?? absentHttp,
    host: new URL(settings.issuer).hostname,
    authorization: () => authorizationIn(settings.dataFolder),
    authority: () => (authorityFile === null ? null : reading(authorityFile, () => readPlainText(authorityFile))),
  };
  const jobs = [
    ...(publisher === undefined ? [] : [publishJob(publisher, current)]),
    ...settings.auditPush.map((destination) =>
      pushJob({ reader: storage, openUnit: storage.openUnit, destination, deliver: deliveryTo(destination, parts) }),
    ),
  ];
  return startMaintenance(jobs, now, warn);
}

/** Read each time, so that it can be changed while the server runs. */
function authorizationIn(dataFolder: string): string | null {
  const bytes = privateFiles().read(join(dataFolder, PUSH_AUTHORIZATION_FILE));
  return bytes === null ? null : new TextDecoder().decode(bytes).trim();
}

async function absentHttp(): ReturnType<Http> {
  throw new Fault("AUDIT_UNDELIVERED", "this server was given no way to send requests");
}
