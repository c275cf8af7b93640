/** The numbers of PKCS #11 v2.40 that are used (pkcs11t.h); a module of version 3 knows them too. */

/** CKO: classes of objects. */
export const CKO = { certificate: 1, publicKey: 2, privateKey: 3 } as const;

/** CKK: types of keys. */
export const CKK = { rsa: 0, ec: 3 } as const;

/** CKA: attributes of objects. */
export const CKA = {
  class: 0x000,
  token: 0x001,
  private: 0x002,
  label: 0x003,
  value: 0x011,
  keyType: 0x100,
  id: 0x102,
  sensitive: 0x103,
  sign: 0x108,
  verify: 0x10a,
  modulus: 0x120,
  modulusBits: 0x121,
  publicExponent: 0x122,
  extractable: 0x162,
  ecParams: 0x180,
  ecPoint: 0x181,
  alwaysAuthenticate: 0x202,
} as const;

/** CKM: mechanisms. */
export const CKM = {
  rsaKeyPairGen: 0x0000,
  rsaPkcs: 0x0001,
  sha256RsaPkcs: 0x0040,
  ecKeyPairGen: 0x1040,
  ecdsa: 0x1041,
  ecdsaSha256: 0x1044,
} as const;

/** CKF of a mechanism: what it can do. */
export const CKF_MECHANISM = { sign: 0x0800, generateKeyPair: 0x10000 } as const;

/** CKF of a token. */
export const CKF_TOKEN = {
  writeProtected: 0x2,
  loginRequired: 0x4,
  userPinInitialized: 0x8,
  protectedAuthenticationPath: 0x100,
  userPinFinalTry: 0x20000,
  userPinLocked: 0x40000,
} as const;

/** CKF of a session: always serial, and able to write where objects are made or destroyed. */
export const CKF_SESSION = { rw: 0x2, serial: 0x4 } as const;

/** CKU: who logs in. */
export const CKU = { user: 1, contextSpecific: 2 } as const;

/** The position of a function in CK_FUNCTION_LIST, after the version. */
export const FUNCTION_INDEX = {
  C_Initialize: 0,
  C_Finalize: 1,
  C_GetSlotList: 4,
  C_GetTokenInfo: 6,
  C_GetMechanismInfo: 8,
  C_OpenSession: 12,
  C_Login: 18,
  C_Logout: 19,
  C_DestroyObject: 22,
  C_GetAttributeValue: 24,
  C_FindObjectsInit: 26,
  C_FindObjects: 27,
  C_FindObjectsFinal: 28,
  C_SignInit: 42,
  C_Sign: 43,
  C_GenerateKeyPair: 59,
} as const;

/** The DER of the curve P-256: OBJECT IDENTIFIER 1.2.840.10045.3.1.7. */
export const P256_PARAMETERS = Buffer.from("06082a8648ce3d030107", "hex");

/** RFC 8017 §9.2, note 1: the prefix of a SHA-256 digest where a token signs without hashing. */
export const SHA256_DIGEST_INFO = Buffer.from("3031300d060960864801650304020105000420", "hex");
