/** Saves a picture or a table where the user says. */
import { toast } from 'sonner';
import type { PictureFile } from '../ui/picture.ts';
import { sayFailure } from './files.ts';
import { useWorkbench } from './workbench.ts';

export function useSavePicture(): (file: PictureFile) => Promise<void> {
  const { host } = useWorkbench();
  return async ({ name, bytes, kind }) => {
    const chosen = await host.chooseSave({ purpose: kind, suggestedName: name });
    if (!chosen.ok) return sayFailure(chosen);
    if (chosen.value === null) return;
    const reply = await host.invoke('export:file', { path: chosen.value, bytes });
    if (reply.ok) toast.success(`Saved ${name}`);
    else sayFailure(reply);
  };
}
