import { join } from 'node:path';
import { z } from 'zod';
import { readSealingKeys, type SealingKeys } from './seal.ts';

const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `must be a URL starting with ${protocols.join(' or ')}`,
  });
const postgres = url(['postgres:', 'postgresql:']);

const environment = z.object({
  MODE: z.enum(['demo', 'production', 'test']).optional(),
  DATABASE_URL: postgres,
  WORKER_DATABASE_URL: postgres.optional(),
  PUBLIC_URL: url(['http:', 'https:']).optional(),
  PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  HOST: z.string().optional(),
  MAIL_URL: url(['smtp:', 'smtps:']).optional(),
  MAIL_FROM: z.email().optional(),
  CONTACT_EMAIL: z.email().optional(),
  MEILI_URL: url(['http:', 'https:']).optional(),
  MEILI_SEARCH_KEY: z.string().optional(),
  MEILI_WRITE_KEY: z.string().optional(),
  MAP_STYLE_URL: url(['https:']).optional(),
  METRICS_TOKEN: z.string().min(16, { error: 'must have 16 characters at least' }).optional(),
  SECOND_FACTOR: z.enum(['required', 'asked']).optional(),
  CLINICAL_PROOF_MINUTES: z.coerce.number().int().min(5).max(720).default(240),
  SHUTDOWN_DELAY_SECONDS: z.coerce.number().int().min(0).max(60).default(0),
  SMS_URL: url(['https:', 'http:']).optional(),
  SMS_SECRET: z.string().min(32, { error: 'must have 32 characters at least' }).optional(),
  VAPID_PUBLIC_KEY: z.string().optional(),
  VAPID_PRIVATE_KEY: z.string().optional(),
  SEALING_KEYS: z
    .string()
    .transform((text, context) => {
      const keys = readSealingKeys(text);
      if (keys === undefined) context.addIssue('must be name:key of 32 bytes in base64, separated by commas');
      return keys ?? [];
    })
    .optional(),
  DATA_DIR: z.string().default('.data'),
  LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info'),
});

/** Where mail goes: kept in the database and shown at /dev/mailbox, or handed to an SMTP server as well. */
export type MailConfig =
  { readonly kind: 'mailbox' } | { readonly kind: 'smtp'; readonly url: string; readonly from: string };

/** The search server, and keys that can do no more than search, or than write documents. Without one PostgreSQL searches. */
export type SearchConfig = {
  readonly url: string;
  readonly searchKey: string | undefined;
  readonly writeKey: string | undefined;
};

/** The environment, read once and checked. Impossible combinations never come out of `readConfig`. */
export type Config = {
  readonly mode: 'demo' | 'production' | 'test';
  readonly databaseUrl: string;
  readonly workerDatabaseUrl: string;
  /** The only source of absolute links. */
  readonly publicUrl: URL;
  readonly host: string;
  readonly port: number;
  readonly mail: MailConfig;
  /** Where people write to whoever runs this; without one no address is shown. Production has one. */
  readonly contactEmail: string | null;
  readonly search: SearchConfig | null;
  /** A MapLibre style; everything it names must come from its own origin. Without one the map is our own. */
  readonly mapStyleUrl: URL | null;
  /** What the monitoring system shows to read /metrics; without one nobody can. */
  readonly metricsToken: string | null;
  /** Whether professionals must have a second factor, or are asked and may go on without: never in production. */
  readonly secondFactor: 'required' | 'asked';
  /** How old a proof of who it is may be when something clinical is signed. */
  readonly clinicalProofMinutes: number;
  /** How long who is told to stop goes on answering, so that a balancer that reads /readyz sends nobody else. */
  readonly shutdownDelaySeconds: number;
  /** The gateway of text messages, and what signs to it and back; without one there are none. */
  readonly texts: { readonly url: string; readonly secret: string } | null;
  /** The pair of keys by which browsers' own servers know us; without one there is no push. */
  readonly push: { readonly publicKey: string; readonly privateKey: string } | null;
  /** What seals secrets that have to be used again; the first one seals, the others open what they sealed before. */
  readonly sealingKeys: SealingKeys;
  /** The file in which the ends of the audit trail are written down every hour. */
  readonly auditAnchors: string;
  readonly logLevel: 'silent' | 'error' | 'warn' | 'info' | 'debug';
};

/** What everybody can read here seals nothing: it is for tests. A demo makes one of its own (`src/bin/run.ts`). */
const OPEN_KEYS: SealingKeys = [{ name: 'open', key: Buffer.alloc(32, 'steadyhand') }];

/** Reads the environment. Throws one plain line that names every variable at fault. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
    );
  }
  const { data } = parsed;
  const mode = data.MODE ?? 'production';
  if (mode === 'production' && data.PUBLIC_URL === undefined)
    throw new Error('PUBLIC_URL: must be set in production');
  if (mode === 'production' && data.MAIL_URL === undefined)
    throw new Error('MAIL_URL: must be set in production');
  if (mode === 'production' && data.CONTACT_EMAIL === undefined)
    throw new Error('CONTACT_EMAIL: must be set in production');
  if (mode === 'production' && data.SECOND_FACTOR === 'asked')
    throw new Error('SECOND_FACTOR: must be required in production');
  if (mode === 'production' && data.SEALING_KEYS === undefined)
    throw new Error('SEALING_KEYS: must be set in production');
  if ((data.SMS_URL === undefined) !== (data.SMS_SECRET === undefined))
    throw new Error('SMS_SECRET: must be set with SMS_URL');
  if (mode === 'production' && data.SMS_URL?.startsWith('http:'))
    throw new Error('SMS_URL: must start with https: in production');
  if ((data.VAPID_PUBLIC_KEY === undefined) !== (data.VAPID_PRIVATE_KEY === undefined))
    throw new Error('VAPID_PRIVATE_KEY: must be set with VAPID_PUBLIC_KEY');
  if (data.MAIL_URL !== undefined && data.MAIL_FROM === undefined)
    throw new Error('MAIL_FROM: must be set with MAIL_URL');
  return {
    mode,
    databaseUrl: data.DATABASE_URL,
    workerDatabaseUrl: data.WORKER_DATABASE_URL ?? data.DATABASE_URL,
    publicUrl: new URL(data.PUBLIC_URL ?? `http://127.0.0.1:${data.PORT}`),
    host: data.HOST ?? (mode === 'production' ? '0.0.0.0' : '127.0.0.1'),
    port: data.PORT,
    mail:
      data.MAIL_URL === undefined
        ? { kind: 'mailbox' }
        : { kind: 'smtp', url: data.MAIL_URL, from: data.MAIL_FROM! },
    contactEmail: data.CONTACT_EMAIL ?? null,
    search:
      data.MEILI_URL === undefined
        ? null
        : { url: data.MEILI_URL, searchKey: data.MEILI_SEARCH_KEY, writeKey: data.MEILI_WRITE_KEY },
    mapStyleUrl: data.MAP_STYLE_URL === undefined ? null : new URL(data.MAP_STYLE_URL),
    metricsToken: data.METRICS_TOKEN ?? null,
    secondFactor: data.SECOND_FACTOR ?? (mode === 'production' ? 'required' : 'asked'),
    clinicalProofMinutes: data.CLINICAL_PROOF_MINUTES,
    shutdownDelaySeconds: data.SHUTDOWN_DELAY_SECONDS,
    texts: data.SMS_URL === undefined ? null : { url: data.SMS_URL, secret: data.SMS_SECRET! },
    push:
      data.VAPID_PUBLIC_KEY === undefined
        ? null
        : { publicKey: data.VAPID_PUBLIC_KEY, privateKey: data.VAPID_PRIVATE_KEY! },
    sealingKeys: data.SEALING_KEYS ?? OPEN_KEYS,
    auditAnchors: join(data.DATA_DIR, 'audit-anchors.jsonl'),
    logLevel: data.LOG_LEVEL,
  };
}
