// A program with an embedded server in it, for tests that kill it.
import { startEmbedded } from '#db/embedded.ts';

const server = await startEmbedded({ dataDir: process.argv[2]!, durable: false });
process.stdout.write(`${server.superuserUrl()}\n`);
