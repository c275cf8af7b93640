/*
 * The few numbers of the TPM 2.0 Library Specification (revision 1.59) that brevet needs, by the names that it gives them.
 */

/** Part 2 §6.3, TPM_ALG_ID. */
export const ALG = {
  rsa: 0x0001,
  aes: 0x0006,
  keyedHash: 0x0008,
  sha256: 0x000b,
  null: 0x0010,
  rsassa: 0x0014,
  ecdsa: 0x0018,
  ecc: 0x0023,
  cfb: 0x0043,
} as const;

/** Part 2 §6.4, TPM_ECC_CURVE. */
export const CURVE_P256 = 0x0003;

/** Part 2 §6.5.2, TPM_CC. */
export const COMMAND = {
  createPrimary: 0x131,
  activateCredential: 0x147,
  certify: 0x148,
  nvRead: 0x14e,
  policySecret: 0x151,
  create: 0x153,
  load: 0x157,
  sign: 0x15d,
  unseal: 0x15e,
  flushContext: 0x165,
  nvReadPublic: 0x169,
  readPublic: 0x173,
  startAuthSession: 0x176,
  getCapability: 0x17a,
} as const;

/** Part 2 §7.4, TPM_RH and TPM_RS. */
export const HANDLE = { owner: 0x40000001, null: 0x40000007, password: 0x40000009, endorsement: 0x4000000b } as const;

/** TCG, Registry of reserved TPM 2.0 handles: where an owner keeps the storage root key for everybody's use. */
export const STORAGE_ROOT_HANDLE = 0x81000001;

/** Part 2 §10.12.1, TPM_GENERATED_VALUE: no restricted key signs such bytes unless the TPM itself made them. */
export const GENERATED = 0xff544347;

/** Part 2 §6.9, TPM_ST. */
export const TAG = { noSessions: 0x8001, sessions: 0x8002, attestCertify: 0x8017, hashCheck: 0x8024 } as const;

/** TCG EK Credential Profile §2.2.1.4: the certificate of the RSA-2048 endorsement key, and the handle at which the key may be. */
export const ENDORSEMENT = { certificateIndex: 0x01c00002, keyHandle: 0x81010001 } as const;

/** Part 2 §8.3, TPMA_OBJECT. */
export const ATTRIBUTE = {
  fixedTpm: 1 << 1,
  fixedParent: 1 << 4,
  sensitiveDataOrigin: 1 << 5,
  userWithAuth: 1 << 6,
  adminWithPolicy: 1 << 7,
  noDictionaryAttackProtection: 1 << 10,
  restricted: 1 << 16,
  decrypt: 1 << 17,
  sign: 1 << 18,
} as const;

/** Part 2 §8.4, TPMA_SESSION. `decrypt`: the command's first parameter is encrypted; `encrypt`: the response's first one. */
export const SESSION = { continue: 0x01, decrypt: 0x20, encrypt: 0x40 } as const;
