/** The workbench: toolbar, sidebars, canvas, panel below, status bar. Panels are resized by their edges and hidden by their keys. */
import { useEffect, useRef } from 'react';
import {
  Group,
  Panel,
  type PanelImperativeHandle,
  Separator,
  useDefaultLayout,
} from 'react-resizable-panels';
import { Canvas } from '../features/canvas/Canvas.tsx';
import type { BottomTab } from '../session/session.ts';
import { useSession, useWorkbench } from '../session/workbench.ts';
import { BottomPanel } from './BottomPanel.tsx';
import { LeftSidebar } from './LeftSidebar.tsx';
import { RightPanel } from './RightPanel.tsx';
import { StatusBar } from './StatusBar.tsx';
import { slots } from './slots.ts';
import { Toolbar } from './Toolbar.tsx';
import styles from './WorkbenchScreen.module.css';

/** What a tab of the bottom panel needs to be read, in pixels; more is the person's to give. */
const leastHeight: Partial<Record<BottomTab, number>> = {
  gradients: 320,
  inside: 400,
  compare: 290,
  text: 290,
};

/** Sizes that a person gave to panels, kept in this browser for each set of panels that is shown. */
function useKeptSizes(id: string, panelIds: string[]) {
  const { defaultLayout, onLayoutChanged } = useDefaultLayout({
    id: `gradloom.${id}`,
    panelIds,
    storage: localStorage,
    onlySaveAfterUserInteractions: true,
  });
  return { ...(defaultLayout && { defaultLayout }), onLayoutChanged };
}

export function WorkbenchScreen() {
  const { canvas } = useWorkbench();
  const panels = useSession((s) => s.panels);
  const documentId = useSession((s) => s.documentId);
  useEffect(() => {
    // Another document is another picture: show all of it, once it is drawn.
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => canvas.current?.fitAll()));
    return () => cancelAnimationFrame(frame);
  }, [canvas, documentId]);
  const columns = useKeptSizes('columns', [
    ...(panels.left ? ['left'] : []),
    'middle',
    ...(panels.right ? ['right'] : []),
  ]);
  const rows = useKeptSizes('rows', ['canvas', ...(panels.bottom ? ['bottom'] : [])]);
  const bottom = useRef<PanelImperativeHandle>(null);
  const bottomTab = useSession((s) => s.bottomTab);
  useEffect(() => {
    const least = leastHeight[bottomTab];
    if (least === undefined || !bottom.current || bottom.current.getSize().inPixels >= least) return;
    bottom.current.resize(`${least}px`);
    // What the panel took from the canvas would be cut off.
    const frame = requestAnimationFrame(() => requestAnimationFrame(() => canvas.current?.fitAll()));
    return () => cancelAnimationFrame(frame);
  }, [canvas, bottomTab]);
  return (
    <div className={styles.screen}>
      <Toolbar />
      <Group orientation="horizontal" className={styles.group ?? ''} {...columns}>
        {panels.left ? (
          <>
            <Panel
              id="left"
              defaultSize="216px"
              minSize="168px"
              maxSize="360px"
              groupResizeBehavior="preserve-pixel-size"
            >
              <LeftSidebar />
            </Panel>
            <Separator className={styles.separator ?? ''} />
          </>
        ) : null}
        <Panel id="middle" minSize="320px">
          <Group orientation="vertical" {...rows}>
            <Panel id="canvas" minSize="160px">
              <div className={styles.stage}>
                <main className={styles.canvas} aria-label="Canvas">
                  <Canvas>{slots.CanvasOverlay ? <slots.CanvasOverlay /> : null}</Canvas>
                  {slots.Verdicts ? (
                    <div className={styles.verdicts}>
                      <slots.Verdicts />
                    </div>
                  ) : null}
                </main>
                {slots.Timeline ? <slots.Timeline /> : null}
              </div>
            </Panel>
            {panels.bottom ? (
              <>
                <Separator className={styles.separator ?? ''} data-orientation="horizontal" />
                <Panel
                  id="bottom"
                  panelRef={bottom}
                  defaultSize="208px"
                  minSize="96px"
                  maxSize="70%"
                  groupResizeBehavior="preserve-pixel-size"
                >
                  <BottomPanel />
                </Panel>
              </>
            ) : null}
          </Group>
        </Panel>
        {panels.right ? (
          <>
            <Separator className={styles.separator ?? ''} />
            <Panel
              id="right"
              defaultSize="304px"
              minSize="240px"
              maxSize="60%"
              groupResizeBehavior="preserve-pixel-size"
            >
              <RightPanel />
            </Panel>
          </>
        ) : null}
      </Group>
      <StatusBar />
    </div>
  );
}
