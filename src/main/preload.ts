/** The bridge: three verbs, and no door to Electron behind them. Main checks every channel and payload. */
import { contextBridge, type IpcRendererEvent, ipcRenderer, webUtils } from 'electron';
import type { Bridge } from './ipc/contract.ts';

const bridge: Bridge = {
  invoke: (channel, input) => ipcRenderer.invoke('gradloom:call', channel, input),
  on(event, listener) {
    const hear = (_: IpcRendererEvent, name: string, payload: unknown): void => {
      if (name === event) listener(payload);
    };
    ipcRenderer.on('gradloom:event', hear);
    return () => ipcRenderer.off('gradloom:event', hear);
  },
  // The page cannot make a File that has a path, so it can only grant what the user really dropped.
  async grantDropped(file) {
    const path = webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]);
    return path === '' ? null : ipcRenderer.invoke('gradloom:grant-dropped', path);
  },
};

contextBridge.exposeInMainWorld('gradloom', bridge);
