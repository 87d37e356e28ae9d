import { monitorEventLoopDelay } from 'node:perf_hooks';

/*
 * Comes before the application in its process (`node --import`): watches how late the event loop is, and prints it when it is
 * signalled, from then on anew.
 */

const watch = monitorEventLoopDelay({ resolution: 1 });
watch.enable();
const ms = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;

process.on('SIGUSR2', () => {
  const said = { p50: ms(watch.percentile(50)), p99: ms(watch.percentile(99)), most: ms(watch.max) };
  console.log(`event loop ${JSON.stringify(said)}`);
  watch.reset();
});
