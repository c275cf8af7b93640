import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import { MACHINE_TPM, parseTpmAddress, type TpmAddress } from "../../platform/tpm/tpm-address.ts";
import { parseOptions } from "../../wire/brevet-config/parse-options.ts";

/** The schema of the options of the signer `tpm2` in the config, without `kind`; the JSON Schema is generated from it. */
export const tpm2OptionsSchema = v.strictObject({
  device: v.optional(
    v.pipe(
      v.string(),
      v.description(
        "Where the TPM is: a device, `tbs` (the TPM Base Services of Windows), or for tests the socket of swtpm, `swtpm:HOST:PORT` or `unix:PATH`. Default: `/dev/tpmrm0`, on Windows `tbs`.",
      ),
    ),
  ),
  pin: v.optional(
    v.pipe(
      v.boolean(),
      v.description("Whether a new key gets a PIN, which every signature asks for on the terminal. Default: false."),
    ),
  ),
});

/** What the config says about a TPM, checked. */
export interface Tpm2Options {
  readonly address: TpmAddress;
  readonly pin: boolean;
}

/**
 * @param where names the place in messages: `identities.laptop.signer`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN`, `CONFIG_MALFORMED`
 */
export function parseTpm2Options(raw: unknown, where: Place): Tpm2Options {
  const { device, pin = false } = parseOptions(tpm2OptionsSchema, raw, where);
  const address = device === undefined ? MACHINE_TPM : parseTpmAddress(device);
  if (address !== null) return { address, pin };
  throw new Fault(
    "CONFIG_MALFORMED",
    `${where.at("device")} "${device}" is neither the path of a device nor tbs, swtpm:HOST:PORT or unix:PATH`,
  );
}
