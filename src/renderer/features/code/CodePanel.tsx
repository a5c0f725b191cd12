/** The tab "Code": the model as text in Monaco, which is big and therefore loaded when the tab is first opened. */
import { lazy, Suspense } from 'react';
import { stringifyDocument } from '../../../engine/index.ts';
import { useDocument } from '../../session/workbench.ts';
import styles from './CodePanel.module.css';

const Monaco = lazy(() => import('./MonacoView.tsx').then(({ MonacoView }) => ({ default: MonacoView })));

export function CodePanel() {
  const doc = useDocument((s) => s.doc);
  return (
    <div className={styles.panel}>
      <p className={styles.words}>The document as it is saved. It follows every edit on the canvas.</p>
      <Suspense fallback={<p className={styles.words}>Loading the editor…</p>}>
        <Monaco text={stringifyDocument(doc)} language="json" label="The document as JSON, read-only" />
      </Suspense>
    </div>
  );
}
