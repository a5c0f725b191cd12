/** The panel under the canvas: curves, scores, runs side by side, problems. */
import { isTextDocument } from '../../engine/index.ts';
import { Problems } from '../features/problems/Problems.tsx';
import { useAnalysis, useDocument, useSession, useWorkbench } from '../session/workbench.ts';
import { PanelTabs } from './PanelTabs.tsx';
import { slots } from './slots.ts';

export function BottomPanel() {
  const { session } = useWorkbench();
  const open = useSession((s) => s.bottomTab);
  const develops = useSession((s) => s.developer);
  const count = useAnalysis((s) => s.problems.length);
  const readsText = useDocument((s) => isTextDocument(s.doc));
  return (
    <PanelTabs
      label="Bottom panel"
      open={open}
      onOpen={(bottomTab) => session.setState({ bottomTab })}
      tabs={[
        ...(slots.Charts ? [{ id: 'charts' as const, title: 'Curves', content: <slots.Charts /> }] : []),
        ...(slots.Scores ? [{ id: 'scores' as const, title: 'Scores', content: <slots.Scores /> }] : []),
        ...(slots.Gradients
          ? [{ id: 'gradients' as const, title: 'Gradients', content: <slots.Gradients /> }]
          : []),
        ...(slots.LookInside
          ? [{ id: 'inside' as const, title: 'Look inside', content: <slots.LookInside /> }]
          : []),
        ...(slots.Compare ? [{ id: 'compare' as const, title: 'Compare', content: <slots.Compare /> }] : []),
        ...(slots.Generate && readsText
          ? [{ id: 'text' as const, title: 'Text', content: <slots.Generate /> }]
          : []),
        { id: 'problems' as const, title: 'Problems', count, content: <Problems /> },
        ...(slots.Developer && develops
          ? [{ id: 'developer' as const, title: 'Developer', content: <slots.Developer /> }]
          : []),
      ]}
    />
  );
}
