/** What stands where an answer is on its way, or where it could not be had. */
import { Empty } from '../../ui/Empty.tsx';

export function Waiting({ problem }: { readonly problem: string | null }) {
  return (
    <Empty role={problem === null ? 'status' : 'alert'}>
      {problem ?? 'Looking inside: the first look compiles, which takes a moment …'}
    </Empty>
  );
}
