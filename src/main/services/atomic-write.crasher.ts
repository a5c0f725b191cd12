/** Writes one version after the other until it is killed: the victim of the crash test of atomic-write. */
import { writeAtomically } from './atomic-write.ts';

const path = process.argv[2];
if (path === undefined) throw new Error('usage: atomic-write.crasher PATH');
process.stdout.write('begun\n');
for (let n = 1; ; n++) await writeAtomically(path, `${n} `.repeat(200_000));
