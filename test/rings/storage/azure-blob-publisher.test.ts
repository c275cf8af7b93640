import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import type { Publisher } from "../../../src/core/publisher.ts";
import { Secret } from "../../../src/core/secret.ts";
import { azureAdminToken, heldToken } from "../../../src/platform/cloud-admin/admin-token.ts";
import { createHttp } from "../../../src/platform/http/create-http.ts";
import { parseAzureBlobDestination } from "../../../src/publishers/azure-blob/destination.ts";
import { azureBlobPublisher } from "../../../src/publishers/azure-blob/publisher.ts";
import { publisherContract } from "../../contracts/publisher.ts";
import { type Azurite, startAzurite, storageToken } from "./azurite.ts";

let azurite: Azurite;
before(async () => {
  azurite = await startAzurite();
});
after(() => azurite.stop());

const clock = { now: () => Math.floor(Date.now() / 1000), offsetSeconds: 0, learn: () => undefined };

function open(place: string, obtain = () => azureAdminToken("https://storage.azure.com/", azurite.environment)): Publisher {
  return azureBlobPublisher({
    destination: parseAzureBlobDestination(place),
    http: createHttp({ environment: azurite.environment }),
    clock,
    token: heldToken(obtain),
  });
}

async function newContainer(): Promise<string> {
  const container = `issuer-${randomUUID()}`;
  await azurite.makeContainer(container);
  return `azure-blob://${azurite.account}/${container}`;
}

publisherContract("azure-blob", async () => {
  const place = `${await newContainer()}/laptop`;
  return { publisher: open(place), other: () => open(place), close: async () => undefined };
});

describe("the publisher azure-blob", () => {
  const document = {
    path: "keys.json",
    body: '{"keys":[]}',
    contentType: "application/json",
    cacheControl: "public, max-age=300",
  };

  it("writes the type and the cache header that verifiers get, where the issuer URL leads", async () => {
    const place = `${await newContainer()}/laptop`;
    await open(place).replace(document, null);
    const { headers, body } = await createHttp({ environment: azurite.environment })({
      method: "GET",
      url: `${place.replace("azure-blob:", "https:")}/keys.json`,
      headers: {
        authorization: `Bearer ${azurite.environment["AZURE_ACCESS_TOKEN"]}`,
        "x-ms-version": "2021-12-02",
        "x-ms-date": new Date().toUTCString(),
      },
    });
    assert.deepEqual(
      [headers["content-type"], headers["cache-control"], body],
      [document.contentType, document.cacheControl, document.body],
    );
  });

  it("says that the container is not there, before and while it writes", async () => {
    const publisher = open(`azure-blob://${azurite.account}/no-such-container/laptop`);
    const absent = (error: unknown): boolean =>
      error instanceof Fault && error.code === "RESOURCE_FAILED" && error.details["cloudCode"] === "ContainerNotFound";
    await assert.rejects(publisher.read("keys.json"), absent);
    await assert.rejects(publisher.replace(document, null), absent);
  });

  it("is refused with a token for something else, and asks for a new one when the old is taken no more", async () => {
    const place = await newContainer();
    const foreign = new Secret("token", storageToken("https://vault.azure.net"));
    await assert.rejects(
      open(place, async () => ({ secret: foreign, renewal: "ask for another" })).read("keys.json"),
      (error) => error instanceof Fault && /^ADMIN_/.test(error.code) && !error.message.includes("eyJ"),
    );
  });
});
