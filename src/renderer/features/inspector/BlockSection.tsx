/** What an instance of a block is set to: how often it repeats, whose weights, the block's parameters; and what can be done with it. */
import { Boxes, CopyPlus, FolderOpen } from 'lucide-react';
import { useRef } from 'react';
import { blockKind, type DocNode, type GraphDocument, isFormula } from '../../../engine/index.ts';
import { canRepeat, makeIndependent, setRepeat, setShared } from '../../document/commands/blocks.ts';
import { fieldsOf } from '../../document/commands/exposed.ts';
import { setParam } from '../../document/commands/nodes.ts';
import { unpack } from '../../document/commands/unpack.ts';
import { openBlock } from '../../session/navigate.ts';
import { useAnalysis, useDocument, useWorkbench } from '../../session/workbench.ts';
import { Button } from '../../ui/Button.tsx';
import { SwitchField, TextField } from '../../ui/Fields.tsx';
import { NumberField } from '../../ui/NumberField.tsx';
import styles from './Inspector.module.css';
import { ParamForm } from './ParamForm.tsx';
import { readFormula } from './read-values.ts';

/** The slider reaches this far; the field beside it further. */
const SLIDER_MOST = 24;

export function BlockSection({ id, node }: { readonly id: string; readonly node: DocNode }) {
  const workbench = useWorkbench();
  const { document } = workbench;
  const doc = useDocument((s) => s.level);
  const whole = useDocument((s) => s.doc);
  const path = useDocument((s) => s.path);
  const built = useAnalysis((s) => s.net.blocks.get(path + id));
  const slides = useRef(0);
  const definition = doc.blocks[node.block?.of ?? ''];
  if (node.kind !== blockKind || !node.block || !definition) return null;
  const { run } = document.getState();
  const { of, repeat, shared } = node.block;
  const instances = countInstances(whole, of);
  const times = built?.repeat ?? 1;
  return (
    <>
      <div className={styles.buttons}>
        <Button onClick={() => openBlock(workbench, id)}>
          <FolderOpen aria-hidden /> Open
        </Button>
        <Button onClick={() => run(unpack(id, times))}>
          <Boxes aria-hidden /> Unpack
        </Button>
        {instances > 1 ? (
          <Button onClick={() => run(makeIndependent(id))}>
            <CopyPlus aria-hidden /> Make independent
          </Button>
        ) : null}
      </div>
      <p className={styles.hint}>
        {instances > 1
          ? `${instances} nodes stand for “${definition.title}”: editing it changes all of them.`
          : `This is the only node that stands for “${definition.title}”.`}
      </p>
      {!canRepeat(doc, node) ? null : isFormula(repeat) ? (
        <TextField
          label="Repeat"
          name="Repeat"
          value={`= ${repeat['=']}`}
          onChange={(text) => run(setRepeat(id, readFormula(text) ?? times))}
        />
      ) : (
        <>
          <NumberField
            label="Repeat"
            name="Repeat"
            value={repeat ?? 1}
            min={0}
            max={1000}
            integer
            onChange={(n, gesture) => run(setRepeat(id, n, gesture && `repeat:${id}:${gesture}`))}
          />
          <input
            className={styles.slider}
            type="range"
            aria-label="Repeat, slider"
            min={0}
            max={Math.max(SLIDER_MOST, times)}
            value={times}
            onPointerDown={() => slides.current++}
            onChange={({ target }) =>
              run(setRepeat(id, target.valueAsNumber, `repeat:${id}:slide:${slides.current}`))
            }
          />
        </>
      )}
      {times > 1 || shared ? (
        <SwitchField
          label="Share the weights"
          name="Share the weights"
          value={shared}
          onChange={(value) => run(setShared(id, value))}
        />
      ) : null}
      <ParamForm
        fields={fieldsOf(definition.params)}
        values={node.params}
        onChange={(key, value, gesture) =>
          run(setParam(id, key, value, gesture && `param:${id}:${key}:${gesture}`))
        }
      />
    </>
  );
}

function countInstances({ nodes, blocks }: Pick<GraphDocument, 'nodes' | 'blocks'>, of: string): number {
  const canvases = [nodes, ...Object.values(blocks).map((block) => block.nodes)];
  return canvases.flatMap((canvas) => Object.values(canvas)).filter(({ block }) => block?.of === of).length;
}
