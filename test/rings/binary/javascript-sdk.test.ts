import { describeJavascriptSdk } from "../../interop/javascript-sdk.ts";

describeJavascriptSdk("the executable");
