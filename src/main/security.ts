/**
 * Electron's security checklist in one place: the page comes from our own protocol under a strict policy, it goes
 * nowhere, opens nothing, is granted nothing, and only its own main frame is listened to.
 */
import { app, protocol, type Session, shell, type WebFrameMain } from 'electron';
import { readStaticFile, securityHeaders } from './static-files.ts';

const SCHEME = 'app';
const ORIGIN = `${SCHEME}://gradloom`;
export const PAGE = `${ORIGIN}/index.html`;

/** What must be said before the app is ready. */
export function hardenBeforeReady(): void {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  app.on('web-contents-created', (_, contents) => {
    const stayHere = (event: { preventDefault(): void; url: string }): void => {
      if (!isOurPage(event.url)) event.preventDefault();
    };
    contents.on('will-navigate', stayHere);
    contents.on('will-redirect', stayHere);
    contents.on('will-frame-navigate', stayHere);
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // A link out of the documentation opens in the user's own browser, never in a window of ours.
      if (isWebLink(url)) shell.openExternal(url).catch(console.error);
      return { action: 'deny' };
    });
  });
}

/** Serves the built renderer, and refuses every permission but writing to the clipboard at the user's own gesture. */
export function hardenSession(session: Session, rendererFolder: string): void {
  const headers = securityHeaders({ connect: [] });
  session.protocol.handle(SCHEME, async (request) => {
    const url = new URL(request.url);
    const ours = url.host === 'gradloom' && request.method === 'GET';
    const file = ours ? await readStaticFile(rendererFolder, url.pathname) : null;
    if (!file) return new Response('Not found', { status: 404, headers });
    return new Response(file.body, { headers: { ...headers, 'Content-Type': file.type } });
  });
  const allowed = (permission: string, origin: string): boolean =>
    permission === 'clipboard-sanitized-write' && isOurPage(origin);
  session.setPermissionRequestHandler((contents, permission, answer) =>
    answer(allowed(permission, contents.getURL())),
  );
  session.setPermissionCheckHandler((_, permission, origin) => allowed(permission, origin));
  session.setDevicePermissionHandler(() => false);
}

/** Whether a message comes from the page itself: our origin, and the main frame, not something embedded in it. */
export function isOurFrame(frame: WebFrameMain | null): boolean {
  return frame !== null && frame.parent === null && isOurPage(frame.url);
}

/** Node's URL gives no origin for a scheme of one's own, so scheme and host are compared. */
function isOurPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol: scheme, host } = new URL(address);
  return `${scheme}//${host}` === ORIGIN;
}

function isWebLink(address: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === 'https:';
}
