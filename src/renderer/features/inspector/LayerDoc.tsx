/** The documentation of a layer kind, from its declaration: sentence, formula, ports, PyTorch's name, source. */
import type { LayerSpec } from '../../../engine/index.ts';
import { Markdown } from '../../ui/Markdown.tsx';
import styles from './Inspector.module.css';

export function LayerDoc({ layer }: { readonly layer: LayerSpec }) {
  const ports = [
    ...layer.inputs.map((port) => ({ ...port, side: 'in' })),
    ...layer.outputs.map((port) => ({ ...port, side: 'out' })),
  ];
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>About {layer.title}</h3>
      <Markdown text={`${layer.doc}\n\n$$\n${layer.formula}\n$$`} />
      <dl className={styles.ports}>
        {ports.map((port) => (
          <div key={`${port.side}-${port.name}`}>
            <dt>
              <span className={styles.port} data-kind={port.kind} />
              {port.name} <small>{`${port.kind} ${port.side}`}</small>
            </dt>
            <dd>{port.doc}</dd>
          </div>
        ))}
      </dl>
      <p className={styles.source}>
        {layer.pytorch === null ? null : (
          <>
            In PyTorch: <code>{layer.pytorch}</code>
            <br />
          </>
        )}
        {layer.source}
      </p>
    </section>
  );
}
