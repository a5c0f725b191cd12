/** What stands where an answer is on its way, or where it could not be had. */
import styles from './Inspect.module.css';

export function Waiting({ problem }: { readonly problem: string | null }) {
  return (
    <p className={styles.empty} role={problem === null ? 'status' : 'alert'}>
      {problem ?? 'Looking inside: the first look compiles, which takes a moment …'}
    </p>
  );
}
