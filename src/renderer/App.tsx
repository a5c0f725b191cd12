/** The frame of the app: stores, providers, and the screen that is shown. No logic. */
import { ReactFlowProvider } from '@xyflow/react';
import { Tooltip } from 'radix-ui';
import { useEffect, useState } from 'react';
import { Toaster } from 'sonner';
import './ui/theme.css';
import { Dialogs } from './app/Dialogs.tsx';
import { StartScreen } from './app/StartScreen.tsx';
import { slots } from './app/slots.ts';
import { WorkbenchScreen } from './app/WorkbenchScreen.tsx';
import { wireShell } from './app/wire-shell.ts';
import { FileDialogs } from './features/files/FileDialogs.tsx';
import type { Host } from './host.ts';
import { createWorkbench, useSession, WorkbenchProvider } from './session/workbench.ts';

export function App({ host }: { readonly host: Host }) {
  const [workbench] = useState(() => createWorkbench(host));
  useEffect(() => wireShell(workbench), [workbench]);
  return (
    <WorkbenchProvider value={workbench}>
      <Tooltip.Provider delayDuration={450} skipDelayDuration={200}>
        <ReactFlowProvider>
          <Screen />
          <Dialogs />
        </ReactFlowProvider>
        <FileDialogs host={host} />
        {slots.Background ? <slots.Background /> : null}
        <Toaster position="bottom-center" offset={44} gap={8} toastOptions={{ className: 'toast' }} />
      </Tooltip.Provider>
    </WorkbenchProvider>
  );
}

function Screen() {
  const screen = useSession((s) => s.screen);
  return screen === 'start' ? <StartScreen /> : <WorkbenchScreen />;
}
