import { describeJavascriptSdk } from "./javascript-sdk.ts";

describeJavascriptSdk("the Node build");
