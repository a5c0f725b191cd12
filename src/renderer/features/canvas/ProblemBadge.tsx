/** What is wrong with a node, in words on a click, with the fix where there is one. */
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { Problem } from '../../session/analysis.ts';
import { useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import styles from './ProblemBadge.module.css';

export function ProblemBadge({ problems }: { readonly problems: readonly Problem[] }) {
  const { document } = useWorkbench();
  const [first] = problems;
  if (!first) return null;
  const Icon = first.severity === 'error' ? CircleAlert : TriangleAlert;
  return (
    <Popover.Root>
      <Popover.Trigger
        className={`${styles.badge} nodrag nopan`}
        data-severity={first.severity}
        title={`${first.title}. ${first.fix}`}
        aria-label={`${problems.length === 1 ? 'Problem' : `${problems.length} problems`}: ${first.title}`}
      >
        <Icon aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content className={styles.card} side="top" sideOffset={8} collisionPadding={12}>
          {problems.map(({ id, title, fix, quickFix }) => (
            <section key={id} className={styles.problem}>
              <strong>{title}</strong>
              <p>{fix}</p>
              {quickFix ? (
                <Button tone="primary" onClick={() => document.getState().run(quickFix.command)}>
                  {quickFix.label}
                </Button>
              ) : null}
            </section>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
