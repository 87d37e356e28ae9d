// Runs the database server for a parent that may die without a word. The parent holds the other end of our
// standard input: when it closes, on purpose or because the parent was killed, the server is shut down.
import { spawn } from 'node:child_process';

/** What to run; `uid` and `gid` only when root must hand over to a plain user. */
export interface Leashed {
  command: string;
  args: string[];
  cwd: string;
  uid?: number;
  gid?: number;
}

const fastShutdown = 'SIGINT';
const immediateShutdown = 'SIGQUIT';
const patienceMs = 10_000;

// A stop reaches the application first and us through it: otherwise it would drain without a database.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

const { command, args, ...options } = JSON.parse(process.argv[2] ?? '{}') as Leashed;
const server = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });

server.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
server.on('exit', (code) => process.exit(code ?? 1));

process.stdin.resume();
process.stdin.on('error', () => {});
process.stdin.on('close', () => {
  server.kill(fastShutdown);
  setTimeout(() => server.kill(immediateShutdown), patienceMs).unref();
});
