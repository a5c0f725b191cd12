/** The tab "Code": the model as text in Monaco, which is big and therefore loaded when the tab is first opened. */
import { lazy, Suspense, useMemo } from 'react';
import { typescriptOf } from '../../../engine/index.ts';
import { useDocument } from '../../session/workbench.ts';
import styles from './CodePanel.module.css';

const Monaco = lazy(() => import('./MonacoView.tsx').then(({ MonacoView }) => ({ default: MonacoView })));

export function CodePanel() {
  const doc = useDocument((s) => s.doc);
  const code = useMemo(() => typescriptOf(doc).code, [doc]);
  return (
    <div className={styles.panel}>
      <p className={styles.words}>
        The model as TypeScript, one line for each layer. It follows every edit on the canvas.
      </p>
      <Suspense fallback={<p className={styles.words}>Loading the editor…</p>}>
        <Monaco text={code} language="typescript" label="The model as TypeScript, read-only" />
      </Suspense>
    </div>
  );
}
