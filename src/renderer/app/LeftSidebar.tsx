/** The left sidebar: layers to add, and the outline of those that are there. */
import { Outline } from '../features/outline/Outline.tsx';
import { LayerPalette } from '../features/palette/LayerPalette.tsx';
import { useSession, useWorkbench } from '../session/workbench.ts';
import { PanelTabs } from './PanelTabs.tsx';

export function LeftSidebar() {
  const { session } = useWorkbench();
  const open = useSession((s) => s.leftTab);
  return (
    <PanelTabs
      label="Left sidebar"
      open={open}
      onOpen={(leftTab) => session.setState({ leftTab })}
      tabs={[
        { id: 'layers', title: 'Layers', content: <LayerPalette /> },
        { id: 'outline', title: 'Outline', content: <Outline /> },
      ]}
    />
  );
}
