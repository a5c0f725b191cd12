/** The user's settings: one JSON file, changed key by key. */
import { join } from 'node:path';
import { contract, type Input, type Settings } from '../ipc/contract.ts';
import { jsonFile } from './json-file.ts';

const initial: Settings = {
  version: 1,
  theme: 'system',
  motion: 'system',
  autosaveSeconds: 5,
  keybindings: {},
  layout: {},
};

export interface SettingsStore {
  get(): Promise<Settings>;
  /** Keys that are not named stay; `layout` is merged key by key, so that features do not disturb each other. */
  set(patch: Input<'settings:set'>): Promise<Settings>;
}

export function createSettings({ dataFolder }: { dataFolder: string }): SettingsStore {
  const file = jsonFile({
    path: join(dataFolder, 'settings.json'),
    schema: contract['settings:get'].output,
    initial,
  });
  return {
    get: () => file.read(),
    set: (patch) =>
      file.update((current) => ({
        ...current,
        ...patch,
        layout: { ...current.layout, ...patch.layout },
      })),
  };
}
