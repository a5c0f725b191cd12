/** What stands in a panel while it has nothing to show: one quiet sentence in the middle, what is missing and how to get it. */
import type { ReactNode } from 'react';
import styles from './Empty.module.css';

interface EmptyProps {
  /** `status` where the sentence comes and goes by itself, `alert` where something went wrong. */
  readonly role?: 'status' | 'alert';
  readonly children: ReactNode;
}

export function Empty({ role, children }: EmptyProps) {
  return (
    <div className={styles.empty} role={role}>
      <p>{children}</p>
    </div>
  );
}
