/** A template's picture: its own graph in small, so that it can never show something else. */
import type { GraphDocument } from '../../engine/index.ts';
import { lookOf } from '../ui/category.ts';
import styles from './TemplateGallery.module.css';

const WIDTH = 240;
const HEIGHT = 104;
const PAD = 20;
/** A node as the picture draws it, in the document's units: wide enough to be seen when the graph is long. */
const NODE = { width: 224, height: 140 };

export function TemplatePicture({ document }: { readonly document: GraphDocument }) {
  const nodes = Object.entries(document.nodes);
  const xs = nodes.map(([, n]) => n.position[0]);
  const ys = nodes.map(([, n]) => n.position[1]);
  const left = Math.min(...xs);
  const top = Math.min(...ys);
  const width = Math.max(...xs) - left + NODE.width;
  const height = Math.max(...ys) - top + NODE.height;
  const scale = Math.min((WIDTH - 2 * PAD) / width, (HEIGHT - 2 * PAD) / height, 0.2);
  const size = { width: Math.max(NODE.width * scale, 7), height: Math.max(NODE.height * scale, 9) };
  const place = (id: string): { x: number; y: number } => {
    const [x, y] = document.nodes[id]?.position ?? [left, top];
    return {
      x: (WIDTH - width * scale) / 2 + (x - left) * scale,
      y: (HEIGHT - height * scale) / 2 + (y - top) * scale,
    };
  };
  return (
    <svg className={styles.picture} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden>
      {Object.entries(document.wires).map(([id, { from, to }]) => {
        const a = place(from[0]);
        const b = place(to[0]);
        const [x1, y1, x2, y2] = [a.x + size.width, a.y + size.height / 2, b.x, b.y + size.height / 2];
        const bend = Math.max(8, (x2 - x1) / 2);
        return <path key={id} d={`M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`} />;
      })}
      {nodes.map(([id, node]) => {
        const { x, y } = place(id);
        const { color } = lookOf(document, node);
        return (
          <rect key={id} x={x} y={y} {...size} rx={Math.min(3, size.width / 4)} style={{ '--tone': color }} />
        );
      })}
    </svg>
  );
}
