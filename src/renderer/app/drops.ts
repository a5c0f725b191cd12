/** Files that are dropped on the page: a document is opened, a table becomes the data of the net. */
import { toast } from 'sonner';
import { addData, dataNodeOf, setData } from '../document/commands/data.ts';
import type { DroppedFile } from '../host.ts';
import { openCsv } from '../session/csv.ts';
import { mayLeave, newDocument, openCopy, openPath, readDocument, sayFailure } from '../session/files.ts';
import { selectNodes } from '../session/session.ts';
import type { Workbench } from '../session/workbench.ts';

/** Opens a file that was dropped at a point of the screen. */
export async function openDropped(
  workbench: Workbench,
  file: File,
  at: readonly [number, number],
): Promise<void> {
  const dropped = await workbench.host.dropped(file);
  if (/\.(csv|tsv)$/i.test(dropped.name)) await takeTable(workbench, dropped, at);
  else if (/\.(gradloom|json)$/i.test(dropped.name)) await openDocument(workbench, dropped);
  else {
    sayFailure({
      title: `${dropped.name} is neither a Gradloom document nor a table`,
      fix: 'Drop a .gradloom file, or a .csv file with a header line.',
    });
  }
}

/** As its file where the shell knows the path, else as a copy. */
async function openDocument(workbench: Workbench, { name, path, bytes }: DroppedFile): Promise<void> {
  if (path !== null) {
    if (await mayLeave(workbench)) await openPath(workbench, path);
    return;
  }
  const doc = readDocument(new TextDecoder().decode(bytes), name);
  if (doc) await openCopy(workbench, doc);
}

/** The net's data node reads the table from now on; a net without one gets one where the file was dropped. */
async function takeTable(
  workbench: Workbench,
  dropped: DroppedFile,
  at: readonly [number, number],
): Promise<void> {
  const { host, document, session, canvas } = workbench;
  const origin = await openCsv(host, host.keepDropped(dropped));
  if (!origin) return;
  if (session.getState().screen === 'start') await newDocument(workbench);
  const { doc, run } = document.getState();
  const known = dataNodeOf(doc.nodes);
  const label = `open ${dropped.name}`.slice(0, 80);
  if (known === null) run(addData(origin, canvas.current?.at(at) ?? [0, 0], label));
  else {
    run(setData(known, { origin }, label));
    session.setState({ selection: selectNodes([known]) });
  }
  session.setState({ rightTab: 'inspector' });
  if (dropped.path === null) {
    toast.info(`${dropped.name} is kept until this page is closed`, {
      description: 'To train on it later, choose the file in the inspector of the data node.',
    });
  }
}
