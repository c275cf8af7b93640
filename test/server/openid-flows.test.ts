import { openidFlows } from "./openid-flows.ts";

openidFlows("sqlite", async () => ({ settings: { resources: ["https://api.example.com"], internalNetworks: ["127.0.0.0/8"] } }));
