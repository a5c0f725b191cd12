/** The status bar: shell, GPU, size of the net, speed. Numbers that nobody knows yet are left out. */
import { CircleAlert, CircleCheck, Cpu, Unplug } from 'lucide-react';
import { formatBytes, formatCount, formatFlops } from '../../engine/index.ts';
import { useAnalysis, useLive, useSession, useWorkbench } from '../session/workbench.ts';
import { WhatIsThis } from '../ui/WhatIsThis.tsx';
import styles from './StatusBar.module.css';

export function StatusBar() {
  const { host, session } = useWorkbench();
  const problems = useAnalysis((s) => s.problems.length);
  const summary = useAnalysis((s) => s.summary);
  const adapter = useLive((s) => s.adapter);
  const memory = useLive((s) => s.memoryBytes);
  const speed = useLive((s) => s.stepsPerSecond);
  const looking = useLive((s) => s.looking);
  const connected = useSession((s) => s.connected);
  const panels = useSession((s) => s.panels);
  return (
    <footer className={styles.bar}>
      <button
        type="button"
        className={styles.item}
        data-bad={problems > 0}
        onClick={() => session.setState({ bottomTab: 'problems', panels: { ...panels, bottom: true } })}
      >
        {problems > 0 ? <CircleAlert aria-hidden /> : <CircleCheck aria-hidden />}
        {problems === 0 ? 'No problems' : problems === 1 ? '1 problem' : `${problems} problems`}
      </button>
      <WhatIsThis topic="problems" />
      {connected ? null : (
        <span className={styles.item} data-bad>
          <Unplug aria-hidden /> The server has stopped
        </span>
      )}
      <span className={styles.spring} />
      <span className={styles.item}>
        {formatCount(summary.parameters)} parameters <WhatIsThis topic="parameters" />
      </span>
      <span className={styles.item} title="Operations of one forward pass over one batch">
        {formatFlops(summary.flops.forward)} <WhatIsThis topic="flops" />
      </span>
      {memory === null ? (
        <span className={styles.item} title="What training is expected to need on the GPU">
          needs {formatBytes(summary.memory.total)} <WhatIsThis topic="memory" />
        </span>
      ) : (
        <span className={styles.item} title="What training holds on the GPU">
          {formatBytes(memory)} on the GPU <WhatIsThis topic="memory" />
        </span>
      )}
      {speed === null ? null : (
        <span className={styles.item}>
          {speed.toFixed(speed < 10 ? 1 : 0)} steps/s <WhatIsThis topic="speed" />
        </span>
      )}
      {looking === null ? null : (
        <span className={styles.item}>
          {looking} <WhatIsThis topic="lookingCost" />
        </span>
      )}
      {adapter ? (
        <span className={styles.item} title={adapter.name}>
          <Cpu aria-hidden />
          {adapter.software ? 'Software GPU' : adapter.name}
        </span>
      ) : null}
      <span className={styles.item}>{host.info.shell === 'electron' ? 'Desktop' : 'Browser'}</span>
    </footer>
  );
}
