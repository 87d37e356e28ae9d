import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** A mail server over a real socket that says yes to everything, keeps what it gets, and can go away and come back. */
export interface MailSink {
  readonly url: string;
  /** Each message as it came, the newest last. */
  readonly messages: string[];
  /** What each RCPT command said. */
  readonly recipients: string[];
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

/** Opens one on a free port. */
export async function openMailSink(): Promise<MailSink> {
  const messages: string[] = [];
  const recipients: string[] = [];
  const sockets = new Set<Socket>();
  let server: Server;
  const listen = async (port: number) => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      serve(socket, messages, recipients);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as { port: number }).port;
  };
  const port = await listen(0);
  return {
    url: `smtp://127.0.0.1:${port}/?ignoreTLS=true`,
    messages,
    recipients,
    async goAway() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
    async comeBack() {
      await listen(port);
    },
  };
}

function serve(socket: Socket, messages: string[], recipients: string[]): void {
  let isData = false;
  let kept = '';
  socket.write('220 here\r\n');
  socket.on('data', (chunk) => {
    kept += chunk.toString('latin1');
    for (;;) {
      const end = isData ? kept.indexOf('\r\n.\r\n') : kept.indexOf('\r\n');
      if (end < 0) return;
      const said = kept.slice(0, end);
      kept = kept.slice(end + (isData ? 5 : 2));
      if (isData) messages.push(said.replaceAll('\r\n..', '\r\n.'));
      if (/^RCPT TO/i.test(said) && !isData) recipients.push(said);
      isData = !isData && /^DATA/i.test(said);
      socket.write(isData ? '354 go on\r\n' : '250 yes\r\n');
    }
  });
  socket.on('error', () => {});
}
