/** Files that are dropped on the page: a document is opened, a table or a text becomes the data of the net. */
import { toast } from 'sonner';
import type { DataOrigin } from '../../engine/index.ts';
import { addData, dataNodeOf, setData } from '../document/commands/data.ts';
import type { DroppedFile, Host } from '../host.ts';
import { openCsv } from '../session/csv.ts';
import { mayLeave, newDocument, openCopy, openPath, readDocument, sayFailure } from '../session/files.ts';
import { selectNodes } from '../session/session.ts';
import { openText } from '../session/text.ts';
import type { Workbench } from '../session/workbench.ts';

/** Opens a file that was dropped at a point of the screen. */
export async function openDropped(
  workbench: Workbench,
  file: File,
  at: readonly [number, number],
): Promise<void> {
  const dropped = await workbench.host.dropped(file);
  if (/\.(csv|tsv)$/i.test(dropped.name)) await takeData(workbench, dropped, at, openCsv);
  else if (/\.(txt|text)$/i.test(dropped.name)) await takeData(workbench, dropped, at, openText);
  else if (/\.(gradloom|json)$/i.test(dropped.name)) await openDocument(workbench, dropped);
  else {
    sayFailure({
      title: `${dropped.name} is neither a Gradloom document nor data`,
      fix: 'Drop a .gradloom file, a .csv file with a header line, or a .txt file.',
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

/** The net's data node reads the file from now on; a net without one gets one where the file was dropped. */
async function takeData(
  workbench: Workbench,
  dropped: DroppedFile,
  at: readonly [number, number],
  open: (host: Host, path: string) => Promise<DataOrigin | null>,
): Promise<void> {
  const { host, document, session, canvas } = workbench;
  const origin = await open(host, host.keepDropped(dropped));
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
