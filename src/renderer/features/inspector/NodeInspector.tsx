/** One node: its name, its parameters, what it makes, its problems, its documentation. */
import {
  formatBytes,
  formatCount,
  formatFlops,
  type Json,
  layerOf,
  paramFields,
} from '../../../engine/index.ts';
import { expose } from '../../document/commands/exposed.ts';
import { renameNode, setParam, whyNotName } from '../../document/commands/nodes.ts';
import { scopeOf } from '../../document/level.ts';
import { useDocument, useFacts, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { lookOf } from '../../ui/category.ts';
import { TextField } from '../../ui/Fields.tsx';
import { WhatIsThis } from '../../ui/WhatIsThis.tsx';
import { BlockSection } from './BlockSection.tsx';
import { DataForm } from './DataForm.tsx';
import styles from './Inspector.module.css';
import { LayerDoc } from './LayerDoc.tsx';
import { ParamForm } from './ParamForm.tsx';

export function NodeInspector({ id }: { readonly id: string }) {
  const { document } = useWorkbench();
  const node = useDocument((s) => s.level.nodes[id]);
  const level = useDocument((s) => s.level);
  const scope = useDocument((s) => scopeOf(s.doc, s.path) ?? null);
  const facts = useFacts(id);
  if (!node) return null;
  const layer = layerOf(node.kind);
  const look = lookOf(level, node);
  const fields = layer ? paramFields(layer.params) : [];
  const { run } = document.getState();
  const shapes = Object.entries(facts?.shapes ?? {});
  return (
    <div className={styles.panel}>
      <header className={styles.header} style={{ '--tone': look.color }}>
        <span className={styles.icon}>
          <look.Icon aria-hidden />
        </span>
        <div>
          <h2 className={styles.title}>{look.kindTitle}</h2>
          <p className={styles.sub}>{look.title}</p>
        </div>
      </header>
      {facts?.problems.map(({ id: key, severity, title, fix, quickFix }) => (
        <div key={key} className={styles.problem} data-severity={severity}>
          <strong>{title}</strong>
          <p>{fix}</p>
          {quickFix ? <Button onClick={() => run(quickFix.command)}>{quickFix.label}</Button> : null}
        </div>
      ))}
      <section className={styles.section}>
        <TextField
          label="Name"
          name="Name"
          value={node.name}
          whyNot={(text) => whyNotName(document.getState().level, id, text)}
          onChange={(name) => run(renameNode(id, name))}
        />
        {layer?.category === 'data' ? <DataForm id={id} params={node.params} /> : null}
        {fields.length > 0 ? (
          <ParamForm
            fields={fields}
            values={node.params}
            onChange={(key, value, gesture) =>
              run(setParam(id, key, value, gesture && `param:${id}:${key}:${gesture}`))
            }
            onExpose={(field, value) => run(expose(scope, id, field, value))}
          />
        ) : null}
        <BlockSection id={id} node={node} />
        {look.category === 'unknown' ? <GhostParams params={node.params} /> : null}
      </section>
      <section className={styles.section}>
        <dl className={styles.facts}>
          {shapes.map(([port, shape]) => (
            <div key={port}>
              <dt>
                Output {shapes.length > 1 ? port : 'shape'} <WhatIsThis topic="shape" />
              </dt>
              <dd>{shape}</dd>
            </div>
          ))}
          <div>
            <dt>
              Parameters <WhatIsThis topic="parameters" />
            </dt>
            <dd>{formatCount(facts?.parameters ?? 0)}</dd>
          </div>
          <div>
            <dt>
              Arithmetic, forward <WhatIsThis topic="flops" />
            </dt>
            <dd>{formatFlops(facts?.flops ?? 0)}</dd>
          </div>
          <div>
            <dt>
              Memory, forecast <WhatIsThis topic="memory" />
            </dt>
            <dd>{formatBytes(facts?.memory ?? 0)}</dd>
          </div>
        </dl>
      </section>
      {layer ? <LayerDoc layer={layer} /> : null}
    </div>
  );
}

function GhostParams({ params }: { readonly params: Readonly<Record<string, Json>> }) {
  return (
    <>
      <p className={styles.hint}>This version of Gradloom does not know this layer. Its settings are kept:</p>
      <pre className={styles.json}>{JSON.stringify(params, null, 2)}</pre>
    </>
  );
}
