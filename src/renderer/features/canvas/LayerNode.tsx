/** Draws any layer kind from its declaration and what the engine says of it. It reads; it computes no shape and edits only on request. */
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { blockInputKind, isFormula, layerOf, type PortSpec } from '../../../engine/index.ts';
import { portKey, portsOf } from '../../document/graph.ts';
import { instancesAround } from '../../document/level.ts';
import type { LiveState, RunRing } from '../../session/live.ts';
import { useAnalysis, useDocument, useFacts, useLive, useSession } from '../../session/workbench.ts';
import { lookOf } from '../../ui/category.ts';
import styles from './LayerNode.module.css';
import { DataFace, LossFace } from './NodeFace.tsx';
import { NodeName } from './NodeName.tsx';
import { PORT_ROW, PORTS_TOP } from './node-metrics.ts';
import { ProblemBadge } from './ProblemBadge.tsx';
import { RepeatStepper } from './RepeatStepper.tsx';

export const LayerNode = memo(function LayerNode({ id, selected }: NodeProps<Node>) {
  const node = useDocument((s) => s.level.nodes[id]);
  const doc = useDocument((s) => (node && !layerOf(node.kind) ? s.level : null));
  const facts = useFacts(id);
  const path = useDocument((s) => s.path);
  const health = useLive((s) => s.nodeHealth.get(path + id));
  const ring = useLive((s) => ringOf(s, path + id));
  const repeat = useAnalysis((s) => s.net.blocks.get(path + id)?.repeat ?? null);
  if (!node) return null; // deleted this frame
  const layer = layerOf(node.kind);
  const look = lookOf(doc ?? { blocks: {} }, node);
  const ports = layer ?? (doc ? portsOf(doc, id) : { inputs: [], outputs: [] });
  return (
    <article
      className={styles.node}
      data-selected={selected}
      data-ring={ring}
      data-problem={facts?.problems[0]?.severity}
      data-kind={look.category}
      data-bypassed={node.bypassed === true}
      style={{ '--tone': look.color }}
      aria-label={`${node.name}, ${look.kindTitle}${node.bypassed ? ', bypassed' : ''}`}
    >
      <header className={styles.header}>
        <span className={styles.icon}>
          <look.Icon aria-hidden />
        </span>
        <span className={styles.titles}>
          <NodeName id={id} name={node.name} />
          <span className={styles.kind}>{look.kindTitle}</span>
        </span>
        {look.category === 'block' ? (
          <RepeatStepper id={id} name={node.name} repeat={repeat} isFormula={isFormula(node.block?.repeat)} />
        ) : null}
        {health ? (
          <span
            className={styles.health}
            data-level={health.level}
            role="img"
            aria-label={health.words}
            title={health.words}
          />
        ) : null}
        {facts && facts.problems.length > 0 ? <ProblemBadge problems={facts.problems} /> : null}
      </header>
      {layer?.category === 'data' ? <DataFace id={id} /> : null}
      {layer?.category === 'loss' ? <LossFace /> : null}
      {look.category === 'port' ? (
        <span className={styles.face}>
          <span>{node.kind === blockInputKind ? 'comes into the block' : 'goes out of the block'}</span>
        </span>
      ) : null}
      {['data', 'loss', 'port'].includes(look.category) ? null : (
        <div className={styles.strip} data-strip={id} />
      )}
      {ports.inputs.map((port, row) => (
        <Port
          key={port.name}
          node={id}
          port={port}
          row={row}
          side="to"
          text={ports.inputs.length > 1 ? port.name : ''}
        />
      ))}
      {ports.outputs.map((port, row) => (
        <Port
          key={port.name}
          node={id}
          port={port}
          row={row}
          side="from"
          text={facts?.shapes[port.name] ?? port.name}
        />
      ))}
    </article>
  );
});

/** A failure is the layer's that it names, and that of the instances around it. */
function ringOf({ failedNode, ring }: LiveState, flat: string): RunRing {
  const isFailed = failedNode === flat || (failedNode !== null && instancesAround(failedNode).includes(flat));
  return isFailed ? 'failed' : ring === 'failed' ? 'none' : ring;
}

interface PortProps {
  readonly node: string;
  readonly port: PortSpec;
  readonly row: number;
  readonly side: 'from' | 'to';
  readonly text: string;
}

function Port({ node, port, row, side, text }: PortProps) {
  const key = portKey(node, side, port.name);
  const refused = useSession((s) => s.wiring?.refusals.has(key) ?? false);
  const taken = useSession((s) => s.wiring !== null && !s.wiring.refusals.has(key));
  return (
    <div
      className={styles.port}
      data-side={side}
      style={{ top: PORTS_TOP + row * PORT_ROW, height: PORT_ROW }}
    >
      <Handle
        id={port.name}
        type={side === 'to' ? 'target' : 'source'}
        position={side === 'to' ? Position.Left : Position.Right}
        className={styles.handle}
        data-kind={port.kind}
        data-refused={refused}
        data-fits={taken}
        title={`${port.name} (${port.kind}): ${port.doc}`}
        aria-label={`${side === 'to' ? 'Input' : 'Output'} ${port.name}, ${port.kind}`}
      />
      <span className={styles.portText}>{text}</span>
    </div>
  );
}
