/** Native dialogs for choosing files, per purpose. */
import { join } from 'node:path';
import { type BrowserWindow, dialog, type FileFilter } from 'electron';
import type { FilePurpose } from './ipc/contract.ts';
import { endings, withEnding } from './services/folder-listing.ts';

const titles: Record<FilePurpose, string> = {
  document: 'Gradloom document',
  data: 'Table',
  weights: 'Weights',
  image: 'Picture',
  table: 'Table',
  'export-folder': 'Folder',
};

/** @returns null when the user cancels. */
export async function askToOpen(purpose: FilePurpose, window: BrowserWindow): Promise<string | null> {
  const folder = purpose === 'export-folder';
  const { filePaths } = await dialog.showOpenDialog(window, {
    properties: [folder ? 'openDirectory' : 'openFile'],
    filters: filtersOf(purpose),
  });
  return filePaths[0] ?? null;
}

/** Asks before overwriting, as the platform does. A folder is put, by its suggested name, into the one that is chosen. */
export async function askToSave(
  request: { purpose: FilePurpose; suggestedName: string },
  window: BrowserWindow,
): Promise<string | null> {
  const { purpose, suggestedName } = request;
  if (purpose === 'export-folder') {
    const { filePaths } = await dialog.showOpenDialog(window, {
      title: `Choose where to put the folder “${suggestedName}”`,
      buttonLabel: 'Export here',
      properties: ['openDirectory', 'createDirectory'],
    });
    return filePaths[0] === undefined ? null : join(filePaths[0], suggestedName);
  }
  const { filePath } = await dialog.showSaveDialog(window, {
    defaultPath: suggestedName,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
    filters: filtersOf(purpose),
  });
  return filePath ? withEnding(filePath, purpose) : null;
}

const filtersOf = (purpose: FilePurpose): FileFilter[] =>
  endings[purpose].length === 0 ? [] : [{ name: titles[purpose], extensions: [...endings[purpose]] }];
