// Property tests draw the same cases on every machine and run, so that a red check can be run again as it was. Other cases:
// GRADLOOM_SEED=7 npm test -- unit.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.GRADLOOM_SEED ?? 2026) });
