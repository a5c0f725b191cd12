/** The frame of the app. */
import type { Host } from './host.ts';

export function App({ host }: { host: Host }) {
  return <main>Gradloom {host.info.version}</main>;
}
