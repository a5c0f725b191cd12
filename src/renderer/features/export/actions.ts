/** Taking a model out: the menu entry that writes the net, with its trained weights, as a TypeScript project. */
import { toast } from 'sonner';
import { EngineError } from '../../../engine/index.ts';
import { trainingOf } from '../../engine-client/training.ts';
import type { Action } from '../../session/actions.ts';
import { sayFailure, valueOrSay } from '../../session/files.ts';
import { ask } from '../../session/questions.ts';
import type { Workbench } from '../../session/workbench.ts';
import { projectFiles } from './project-files.ts';

const suggestedFolder = (name: string): string =>
  `${
    name
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '')
      .toLowerCase() || 'model'
  }-typescript`;

async function exportProject(workbench: Workbench): Promise<void> {
  const { host, document, questions } = workbench;
  const { doc } = document.getState();
  const chosen = valueOrSay(
    await host.chooseSave({ purpose: 'export-folder', suggestedName: suggestedFolder(doc.name) }),
  );
  if (chosen === null) return;
  const { files, trained } = await projectFiles(trainingOf(workbench), doc, host);
  const write = (onConflict: 'refuse' | 'keep-aside') =>
    host.invoke('export:folder', { path: chosen, files, onConflict });
  let reply = await write('refuse');
  if (!reply.ok && reply.code === 'export/folder-in-use') {
    const answer = await ask(questions, {
      title: 'This folder holds other files',
      text: `${chosen} holds something that Gradloom did not write. It can be kept aside under another name.`,
      choices: [{ value: 'aside', label: 'Keep it aside and export', tone: 'primary' }],
    });
    if (answer === null) return;
    reply = await write('keep-aside');
  }
  const written = valueOrSay(reply);
  if (!written) return;
  toast.success(`Exported ${written.files} files to ${written.path}`, {
    description: `${trained ? 'With the weights as trained.' : 'With the initial weights: nothing was trained yet.'} Try: node predict.ts`,
  });
}

/** Says in words why an export cannot be made; anything else is a bug and is shown as one. */
async function exportOrSay(workbench: Workbench): Promise<void> {
  try {
    await exportProject(workbench);
  } catch (error) {
    if (error instanceof EngineError) return sayFailure(error.user);
    const title = error instanceof Error ? error.message : String(error);
    sayFailure({ title, fix: 'Nothing was written.' });
  }
}

export const exportActions: readonly Action[] = [
  {
    id: 'export.typescript',
    title: 'Export as TypeScript project…',
    group: 'File',
    keys: ['CmdOrCtrl+E'],
    enabled: ({ session }) => session.getState().screen === 'workbench',
    run: exportOrSay,
  },
];
