import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = "v1";

/** Authenticated encryption of small secrets at rest. */
export interface Encryption {
  /** @param about what the secret belongs to: it can't be read back under another name. */
  encrypt(plain: string, about: string): string;
  /** @throws if the text was changed, or the key or the name is another. */
  decrypt(sealed: string, about: string): string;
}

/** @param key 32 bytes in base64 (TOKEN_ENCRYPTION_KEY) */
export function encryption(key: string): Encryption {
  const secret = Buffer.from(key, "base64");
  return {
    encrypt(plain, about) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, secret, iv).setAAD(Buffer.from(about));
      const sealed = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return `${VERSION}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64")}`;
    },
    decrypt(sealed, about) {
      const [version, text] = sealed.split(":");
      if (version !== VERSION || !text) throw new Error("The secret is not in a form that this version can read.");
      const bytes = Buffer.from(text, "base64");
      const decipher = createDecipheriv(ALGORITHM, secret, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(about))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
    },
  };
}
