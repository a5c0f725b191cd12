/** The right panel: the inspector of what is selected, its layer's page, the document's guide, the code. */
import { Docs } from '../features/docs/Docs.tsx';
import { Guide } from '../features/inspector/Guide.tsx';
import { Inspector } from '../features/inspector/Inspector.tsx';
import { useSession, useWorkbench } from '../session/workbench.ts';
import { PanelTabs } from './PanelTabs.tsx';
import { slots } from './slots.ts';

export function RightPanel() {
  const { session } = useWorkbench();
  const open = useSession((s) => s.rightTab);
  return (
    <PanelTabs
      label="Right panel"
      open={open}
      onOpen={(rightTab) => session.setState({ rightTab })}
      tabs={[
        { id: 'inspector', title: 'Inspector', content: <Inspector /> },
        { id: 'docs', title: 'Docs', content: <Docs /> },
        { id: 'guide', title: 'Guide', content: <Guide /> },
        ...(slots.Code ? [{ id: 'code' as const, title: 'Code', content: <slots.Code /> }] : []),
      ]}
    />
  );
}
