/** What a canvas can be set by: the block that is open, or the document; each parameter with a slider where it has bounds. */
import { Trash2 } from 'lucide-react';
import { useRef } from 'react';
import type { ExposedParam, Scope } from '../../../engine/index.ts';
import { fieldsOf, removeExposed, renameBlock, setExposed } from '../../document/commands/exposed.ts';
import { scopeOf } from '../../document/level.ts';
import { useDocument, useWorkbench } from '../../session/workbench.ts';
import { TextField } from '../../ui/Fields.tsx';
import { Markdown } from '../../ui/Markdown.tsx';
import styles from './Inspector.module.css';
import { ParamForm } from './ParamForm.tsx';

/** The block whose canvas is open; nothing on the document's own canvas. */
export function OpenBlockForm() {
  const { document } = useWorkbench();
  const scope = useDocument((s) => scopeOf(s.doc, s.path) ?? null);
  const block = useDocument((s) => (scope === null ? undefined : s.doc.blocks[scope]));
  if (scope === null || !block) return null;
  return (
    <div className={styles.panel}>
      <section className={styles.section}>
        <h2 className={styles.title}>Block</h2>
        <TextField
          label="Title"
          name="Title of the block"
          value={block.title}
          onChange={(title) => document.getState().run(renameBlock(scope, title))}
        />
        <p className={styles.hint}>
          What is done here is done in every node that stands for this block. Its ports are the nodes called
          Block input and Block output: add, rename or delete them like layers.
        </p>
        {block.description === '' ? null : <Markdown text={block.description} />}
      </section>
      <ExposedForm scope={scope} />
    </div>
  );
}

const none: Readonly<Record<string, ExposedParam>> = {};

/** The parameters of a canvas, where it has any. */
export function ExposedForm({ scope }: { readonly scope: Scope }) {
  const { document } = useWorkbench();
  const params = useDocument((s) => (scope === null ? s.doc.params : s.doc.blocks[scope]?.params) ?? none);
  const names = Object.keys(params);
  if (names.length === 0) return null;
  const { run } = document.getState();
  return (
    <section className={styles.section}>
      <h3 className={styles.heading}>Parameters</h3>
      {fieldsOf(params).map((field) => {
        const param = params[field.name];
        return (
          <div key={field.name} className={styles.exposed}>
            <ParamForm
              fields={[field]}
              values={{}}
              onChange={(name, value, gesture) => {
                if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string')
                  run(setExposed(scope, name, { value }, gesture && `exposed:${name}:${gesture}`));
              }}
            />
            {param ? <Slider scope={scope} name={field.name} param={param} /> : null}
            <button
              type="button"
              className={styles.remove}
              title={`Remove the parameter ${field.name}`}
              aria-label={`Remove the parameter ${field.name}`}
              onClick={() => run(removeExposed(scope, field.name))}
            >
              <Trash2 aria-hidden />
            </button>
          </div>
        );
      })}
    </section>
  );
}

interface SliderProps {
  readonly scope: Scope;
  readonly name: string;
  readonly param: ExposedParam;
}

/** A slider stands where the bounds are near enough to be reached by hand. */
function Slider({ scope, name, param: { title, value, min, max, step } }: SliderProps) {
  const { document } = useWorkbench();
  const slides = useRef(0);
  if (typeof value !== 'number' || min === undefined || max === undefined) return null;
  if ((max - min) / (step ?? 1) > 200) return null;
  return (
    <input
      className={styles.slider}
      type="range"
      aria-label={`${title || name}, slider`}
      min={min}
      max={max}
      step={step ?? (max - min) / 100}
      value={value}
      onPointerDown={() => slides.current++}
      onChange={({ target }) =>
        document
          .getState()
          .run(
            setExposed(
              scope,
              name,
              { value: target.valueAsNumber },
              `exposed:${name}:slide:${slides.current}`,
            ),
          )
      }
    />
  );
}
