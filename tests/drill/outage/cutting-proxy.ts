import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/*
 * Stands between the application and PostgreSQL and, when told so, cuts the connection at the next COMMIT: before the server hears of
 * it, or after it has heard and before the application does.
 */

export type Cut = 'before' | 'after';

export interface CuttingProxy {
  port: number;
  /** The next COMMIT, of whichever connection, is the last that this connection says. */
  cutNext(how: Cut): void;
  /** How many were cut so far. */
  cuts(): number;
  close(): void;
}

/** A proxy of the server at this port of ours. */
export async function openCuttingProxy(target: number): Promise<CuttingProxy> {
  let next: Cut | null = null;
  let cuts = 0;
  const open = new Set<Socket>();
  const proxy = createServer((client) => {
    const server = connect(target, '127.0.0.1');
    for (const socket of [client, server]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => open.delete(socket));
    }
    // What comes back to somebody who is gone is read all the same: a server whose answer nobody takes could not end.
    server.on('data', (chunk) => client.writable && client.write(chunk));
    server.on('close', () => client.destroy());
    client.on('end', () => server.end());
    client.on('data', (chunk: Buffer) => {
      if (next === null || !isCommit(chunk)) {
        server.write(chunk);
        return;
      }
      const how = next;
      next = null;
      cuts += 1;
      if (how === 'after') server.end(chunk);
      else server.destroy();
      client.destroy();
    });
    client.on('error', () => server.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    cutNext: (how) => {
      next = how;
    },
    cuts: () => cuts,
    close: () => {
      proxy.close();
      for (const socket of open) socket.destroy();
    },
  };
}

/** A simple query, `Q`, its length, and the word. */
function isCommit(chunk: Buffer): boolean {
  return chunk[0] === 0x51 && /^commit\0?$/i.test(chunk.subarray(5).toString('latin1'));
}
