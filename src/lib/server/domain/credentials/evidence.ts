import { redrawn } from '#lib/server/platform/pictures.ts';
import { Refusal } from '../shared/refusal.ts';
import { upTo } from '../shared/words.ts';

/** A file may weigh this much; the form around it a little more. */
export const MOST_EVIDENCE_BYTES = 8 * 1024 * 1024;

export type EvidenceType = 'application/pdf' | 'image/jpeg' | 'image/png';

/** What a file is by its first bytes; its name and what the browser said of it are not asked. Null: none that we take. */
export function sniff(bytes: Uint8Array): EvidenceType | null {
  const begins = (...signature: number[]) => signature.every((byte, index) => bytes[index] === byte);
  if (begins(0x25, 0x50, 0x44, 0x46, 0x2d)) return 'application/pdf';
  if (begins(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  return null;
}

/** A file as it is kept. */
export interface Evidence {
  name: string;
  type: EvidenceType;
  bytes: Buffer;
}

/**
 * Judges a file by what it holds and makes it safe to keep: pictures are drawn anew without metadata, a PDF stays as it
 * is and is never opened by a page of ours. Refuses with `evidence_unreadable` or `too_large`.
 */
export async function takeEvidence(file: File): Promise<Evidence> {
  if (file.size > MOST_EVIDENCE_BYTES) throw new Refusal('too_large', { field: 'file' });
  const bytes = Buffer.from(await file.arrayBuffer());
  const type = sniff(bytes);
  const kept =
    type === null
      ? null
      : type === 'application/pdf'
        ? bytes
        : await redrawn(bytes, type === 'image/jpeg' ? 'jpeg' : 'png');
  if (type === null || kept === null) throw new Refusal('evidence_unreadable', { field: 'file' });
  if (kept.length > MOST_EVIDENCE_BYTES) throw new Refusal('too_large', { field: 'file' });
  return { name: nameOf(file.name, type), type, bytes: kept };
}

const ENDINGS: Record<EvidenceType, string> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
};

/** The name as people know it, without folders and control characters, ending in what the file is. */
function nameOf(name: string, type: EvidenceType): string {
  const stem = name
    .split(/[\\/]/)
    .at(-1)!
    .replaceAll(/\p{C}/gu, '')
    .replace(/\.[^.]*$/, '')
    .trim();
  return `${upTo(100, stem) || 'document'}.${ENDINGS[type]}`;
}
