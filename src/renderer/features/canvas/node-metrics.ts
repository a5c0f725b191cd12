/**
 * The geometry of a node, in canvas units at zoom 1. Whoever draws over the canvas (the strips) reads it here: the strip
 * area of a node whose top left corner is (x, y) is the rectangle (x + STRIP_LEFT, y + STRIP_TOP, STRIP_WIDTH, STRIP_HEIGHT).
 */

export const NODE_WIDTH = 224;
export const STRIP_LEFT = 12;
export const STRIP_TOP = 44;
export const STRIP_WIDTH = 200;
export const STRIP_HEIGHT = 56;
/** The ports' rows begin under the strips. */
export const PORTS_TOP = 108;
export const PORT_ROW = 24;
export const NODE_PADDING_BOTTOM = 8;
/** Below this zoom a node shows its title, its shape and a health dot only, and no strips. */
export const FAR_ZOOM = 0.26;
/** Below this zoom the title and the shape are drawn larger, so that they stay readable, and the rest is left out. */
export const MIDDLE_ZOOM = 0.64;
export const GRID = 8;

/** The height of a node with this many ports on its busier side. */
export function nodeHeight(portRows: number): number {
  return PORTS_TOP + Math.max(1, portRows) * PORT_ROW + NODE_PADDING_BOTTOM;
}
