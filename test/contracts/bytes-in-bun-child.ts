import { base64urlOf, bytesOfBase64, bytesOfHex, hexOf } from "../../src/core/bytes.ts";
import { decodeBase64url, encodeBase64url } from "../../src/wire/jwt/base64url.ts";

/** How the executable writes and reads bytes as text, for `bytes-in-bun.test.ts`: prints JSON. */
const lengths = Array.from({ length: 70 }, (_, length) => length);
const samples = [
  ...lengths.map((length) => Uint8Array.from({ length }, (_, index) => (index * 89 + length) % 256)),
  Buffer.from("ß"),
];

const written = samples.map((bytes) => [hexOf(bytes), base64urlOf(bytes), encodeBase64url(bytes)]);
const readBack = samples.map((bytes) => {
  const padded = bytesOfBase64(Buffer.from(bytes).toString("base64"), "base64");
  return [bytesOfHex(hexOf(bytes)), padded, decodeBase64url(base64urlOf(bytes)) ?? []].map((read) =>
    Buffer.from(read).toString("hex"),
  );
});
const notStrict = ["Q", "QQ=", "QQ==", "QR", "QQ QQ", "QQ\n", "\nQQ", "+/+/", "Q.Q.", "grüße", "=", " ", "\0", "QQQQ\u2028"];

process.stdout.write(
  JSON.stringify({
    runtime: "bun" in process.versions ? "Bun" : "Node",
    written,
    readBack,
    notStrict: notStrict.map(decodeBase64url),
  }),
);
