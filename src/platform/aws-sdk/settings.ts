import type { Http } from "../../core/http.ts";
import { type SdkRequestHandler, sdkRequestHandler } from "./request-handler.ts";

/** How a client of the AWS SDK is made: where it calls, and through what. */
export interface AwsAccess {
  readonly region: string;
  readonly http: Http;
}

/** What every client of the AWS SDK is made with. Credentials and endpoints are found as AWS's own tools find them. */
export interface AwsClientSettings {
  readonly region: string;
  readonly requestHandler: SdkRequestHandler;
  /** Of one call, the first included: throttling is waited for, with longer and longer pauses. */
  readonly maxAttempts: number;
}

export function awsClientSettings({ region, http }: AwsAccess): AwsClientSettings {
  // The SDK would tell every user of Node 20 that its later versions will not run there; which one is in here we decide.
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";
  return { region, requestHandler: sdkRequestHandler(http), maxAttempts: 6 };
}
