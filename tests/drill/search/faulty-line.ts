import { connect, createServer, type Socket } from 'node:net';
import { randomFrom } from '../../harness/random.ts';

/** What a line between two servers can do to what is sent over it. */
export type LineFault =
  /** Nothing. */
  | { kind: 'sound' }
  /** Everything comes, so much later each way. */
  | { kind: 'slow'; milliseconds: number }
  /** One byte is another, in this share of what passes, both ways. */
  | { kind: 'corrupt'; share: number }
  /** Connections are accepted, and nothing that is sent ever arrives. */
  | { kind: 'silent' }
  /** The connection is reset when half of an answer has come. */
  | { kind: 'reset' }
  /** The connection is closed in good order when half of an answer has come. */
  | { kind: 'cut short' };

export interface FaultyLine {
  /** As a URL of the server behind it. */
  url: string;
  /** From now on. What is under way on a line that lost something ends. */
  become(fault: LineFault): void;
  /** How many bytes have been changed so far. */
  changed(): number;
  close(): Promise<void>;
}

const SOUND: LineFault = { kind: 'sound' };

/** A line to a server on this machine that behaves until it is told otherwise. */
export async function openLine(port: number, seed: number): Promise<FaultyLine> {
  const random = randomFrom(seed);
  const open = new Set<Socket>();
  let fault = SOUND;
  let changed = 0;

  /** Another byte in place of one of them. */
  function corrupted(bytes: Buffer, share: number): Buffer {
    if (bytes.length === 0 || random() >= share) return bytes;
    const wrong = Buffer.from(bytes);
    const at = Math.floor(random() * wrong.length);
    wrong[at] = wrong[at]! ^ (1 + Math.floor(random() * 255));
    changed++;
    return wrong;
  }

  function pass(bytes: Buffer, from: Socket, to: Socket, isAnswer: boolean): void {
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    switch (fault.kind) {
      case 'sound':
        return void to.write(bytes);
      case 'slow':
        return void setTimeout(() => to.writable && to.write(bytes), fault.milliseconds);
      case 'corrupt':
        return void to.write(corrupted(bytes, fault.share));
      case 'silent':
        return;
      case 'reset':
        if (!isAnswer) return void to.write(bytes);
        to.write(half, () => to.resetAndDestroy());
        return void from.destroy();
      case 'cut short':
        if (!isAnswer) return void to.write(bytes);
        to.end(half);
        return void from.destroy();
    }
  }

  const server = createServer((asking) => {
    const answering = connect(port, '127.0.0.1');
    for (const [from, to, isAnswer] of [
      [asking, answering, false],
      [answering, asking, true],
    ] as const) {
      open.add(from);
      from.on('data', (bytes: Buffer) => pass(bytes, from, to, isAnswer));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        if (isAnswer) to.end();
        else to.destroy();
      });
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const hangUp = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    become(next) {
      const isLossy = fault.kind !== 'sound' && fault.kind !== 'slow';
      fault = next;
      if (isLossy) hangUp();
    },
    changed: () => changed,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      hangUp();
      await closed;
    },
  };
}
