import fc from 'fast-check';

/** The same examples on every run; `SEED=…` tries others. */
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env.SEED ?? 20_261_129) });

export default fc;
