import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/*
 * Secrets of people that have to be used again, and so cannot be hashed: sealed with a key that is not in the database
 * (ChaCha20-Poly1305). What is sealed says which key it was sealed with, so that a new key can be put in front and the old
 * one kept until nothing needs it.
 */

const CIPHER = 'chacha20-poly1305';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;
const SEALED = /^([a-z0-9]{1,20})\.([\w-]+)$/;

/** Keys by their names. The first one seals, each opens what it sealed. */
export type SealingKeys = readonly { readonly name: string; readonly key: Buffer }[];

/**
 * Seals a text for one use: `about` says whose secret it is and what for, and has to be said again to open it. So a sealed
 * text that is moved to another row, or whose row is changed around it, opens no more.
 */
export function seal(keys: SealingKeys, about: string, text: string): string {
  const { name, key } = keys[0]!;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  const length = Buffer.byteLength(text);
  cipher.setAAD(aad(name, about), { plaintextLength: length });
  const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${name}.${Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64url')}`;
}

/** What was sealed. Throws `CannotUnseal` where the key is gone, or anything was changed. */
export function unseal(keys: SealingKeys, about: string, sealed: string): string {
  const [, name, packed] = SEALED.exec(sealed) ?? [];
  const key = keys.find((one) => one.name === name)?.key;
  if (key === undefined) throw new CannotUnseal();
  const bytes = Buffer.from(packed!, 'base64url');
  const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
  const hidden = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(aad(name!, about), { plaintextLength: hidden.length });
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
  } catch {
    throw new CannotUnseal();
  }
}

/** Whether it is time to seal it again, because a newer key is in front. */
export function isSealedWithEarlierKey(keys: SealingKeys, sealed: string): boolean {
  return SEALED.exec(sealed)?.[1] !== keys[0]!.name;
}

/** Says nothing of what was to be opened. */
export class CannotUnseal extends Error {
  constructor() {
    super('a sealed secret does not open');
    this.name = 'CannotUnseal';
  }
}

/**
 * Reads keys as the environment names them: `name:key` of 32 bytes in base64, separated by commas, the newest first.
 * Undefined when that is not what it says.
 */
export function readSealingKeys(text: string): SealingKeys | undefined {
  const keys = text.split(',').map((one) => {
    const [, name = '', key = ''] = /^\s*([a-z0-9]{1,20}):([A-Za-z0-9+/_=-]+)\s*$/.exec(one) ?? [];
    return { name, key: Buffer.from(key, 'base64') };
  });
  const isSound = keys.every(({ key }) => key.length === KEY_BYTES);
  return isSound && new Set(keys.map(({ name }) => name)).size === keys.length ? keys : undefined;
}

function aad(name: string, about: string): Buffer {
  return Buffer.from(`${name}\n${about}`);
}
