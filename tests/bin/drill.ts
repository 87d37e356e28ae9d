import { runNamed } from './figures.ts';

await runNamed('drill');
