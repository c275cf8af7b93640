import { signOuts } from "./sign-outs.ts";

signOuts("sqlite", async () => ({}));
