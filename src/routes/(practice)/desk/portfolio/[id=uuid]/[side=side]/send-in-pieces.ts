import { paths } from '#lib/paths.ts';

/** How far a file is on its way, from 0 to 1. */
export type Tell = (share: number) => void;

/** The server said no, in words for people. */
export class SaidNo extends Error {}

interface Progress {
  id: string;
  received: number;
  mostPieceBytes: number;
}

/**
 * Sends a file piece by piece. Sent again after a break, it goes on where it stopped: the server knows the file by its hash.
 * Throws `SaidNo` for an answer, and whatever `fetch` throws when the connection breaks.
 */
export async function sendInPieces(
  file: File,
  { caseId, side }: { caseId: string; side: 'before' | 'after' },
  tell: Tell,
): Promise<void> {
  const bytes = await file.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const sha256 = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const json = { 'content-type': 'application/json' };
  const about = JSON.stringify({ caseId, side, size: bytes.byteLength, sha256 });
  const begun = await asked(paths.portfolioUploads(), { method: 'POST', headers: json, body: about });
  const address = paths.portfolioUpload(begun.id);
  let { received } = begun;
  tell(received / bytes.byteLength);
  while (received < bytes.byteLength) {
    const body = bytes.slice(received, received + begun.mostPieceBytes);
    const headers = { 'content-type': 'application/octet-stream' };
    ({ received } = await asked(`${address}?at=${received}`, { method: 'PATCH', headers, body }));
    tell(received / bytes.byteLength);
  }
  await asked(address, { method: 'POST', headers: json, body: '{}' });
}

async function asked(address: string, init: RequestInit): Promise<Progress> {
  const response = await fetch(address, init);
  const answer = (await response.json()) as Progress & { title?: string };
  if (!response.ok) throw new SaidNo(answer.title ?? 'That did not work.');
  return answer;
}
