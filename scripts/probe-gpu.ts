// Says in one line which GPU Node gets here. A program of its own, because a broken driver can take its process along.
import { createNodeGpu } from '../src/main/node-gpu.ts';

try {
  console.log((await createNodeGpu()).how);
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error));
}
process.exit(0);
