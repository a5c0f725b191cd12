/** "Soon": at the next frame while the page is seen; four times a second while it is hidden, where frames stop. */

const HIDDEN_PAUSE_MS = 250;

export function scheduleFrame(flush: () => void): void {
  if (document.hidden) {
    setTimeout(flush, HIDDEN_PAUSE_MS);
    return;
  }
  // The page may be hidden before the frame comes: then no frame comes, so a timer stands by.
  let isDone = false;
  const once = (): void => {
    if (isDone) return;
    isDone = true;
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    flush();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, HIDDEN_PAUSE_MS);
}
