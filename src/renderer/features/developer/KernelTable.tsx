/** The kernels of a step, slowest first or in the order of the step. */
import { useMemo, useState } from 'react';
import { type KernelShare, kernelShares, type Profile } from '../../../engine/index.ts';
import styles from './Developer.module.css';
import { inMillis, rate } from './words.ts';

type Order = 'time' | 'step';

/** A number, or a dash where nothing was measured. */
const shown = (n: number | null, write: (n: number) => string): string => (n === null ? '–' : write(n));
const percent = (n: number): string => `${(100 * n).toFixed(n < 0.1 ? 1 : 0)} %`;

const columns: ReadonlyArray<{ readonly title: string; readonly of: (k: KernelShare) => string }> = [
  { title: 'cut', of: (k) => k.cut ?? '–' },
  { title: 'ms', of: (k) => shown(k.millis, inMillis) },
  { title: 'of the step', of: (k) => shown(k.share, percent) },
  { title: 'MFLOP', of: (k) => rate(k.flops / 1e6) },
  { title: 'MB', of: (k) => rate(k.bytes / 1e6) },
  { title: 'GFLOP/s', of: (k) => shown(k.gflopsPerSecond, rate) },
  { title: 'GB/s', of: (k) => shown(k.gigabytesPerSecond, rate) },
  { title: 'of the best', of: (k) => shown(k.ofBest, percent) },
];

export function KernelTable({ profile }: { readonly profile: Profile }) {
  const isTimed = profile.ceilings !== null;
  const [order, setOrder] = useState<Order>(isTimed ? 'time' : 'step');
  const rows = useMemo(() => {
    const shares = kernelShares(profile);
    return order === 'step' ? shares : shares.sort((a, b) => (b.millis ?? 0) - (a.millis ?? 0));
  }, [profile, order]);
  const other = order === 'time' ? 'step' : 'time';
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col" aria-sort={order === 'step' ? 'ascending' : 'none'}>
            <button type="button" className={styles.sort} disabled={!isTimed} onClick={() => setOrder(other)}>
              {order === 'time' ? 'Kernel, slowest first' : 'Kernel, in the order of the step'}
            </button>
          </th>
          <th scope="col">groups</th>
          {columns.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((k) => (
          <tr key={k.order}>
            <th scope="row" title={k.label}>
              <span className={styles.order}>{k.order + 1}</span> {k.label}
              {k.perStep > 1 ? `, ${k.perStep} times a step` : ''}
            </th>
            <td>{k.grid.join(' × ')}</td>
            {columns.map(({ title, of }) => (
              <td key={title}>{of(k)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
