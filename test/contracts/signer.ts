import { describe, it } from "node:test";
import { type SignerBench, signerCases } from "./signer-cases.ts";

/**
 * What every signer must do, whatever holds its keys.
 *
 * @param makeBench is called once for each test.
 */
export function signerContract(name: string, makeBench: () => Promise<SignerBench>): void {
  describe(`signer contract: ${name}`, () => {
    for (const { title, work } of signerCases()) {
      it(title, async () => {
        const bench = await makeBench();
        try {
          await work(bench);
        } finally {
          await bench.close();
        }
      });
    }
  });
}
