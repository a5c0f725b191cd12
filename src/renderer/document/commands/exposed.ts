/** Parameters of blocks and of the document: what a formula inside reads, and what an instance can be set by. */
import type { ExposedParam, GraphDocument, Json, ParamField, Scope } from '../../../engine/index.ts';
import { omit } from '../ids.ts';
import type { Command } from '../store.ts';

/** The parameters of a canvas, by name. */
export function exposedOf(doc: GraphDocument, scope: Scope): Readonly<Record<string, ExposedParam>> {
  return (scope === null ? doc : doc.blocks[scope])?.params ?? {};
}

function withExposed(doc: GraphDocument, scope: Scope, params: Record<string, ExposedParam>): GraphDocument {
  if (scope === null) return { ...doc, params };
  const block = doc.blocks[scope];
  return block ? { ...doc, blocks: { ...doc.blocks, [scope]: { ...block, params } } } : doc;
}

/** Changes one parameter: its value, its words. A value that it has already changes nothing. */
export function setExposed(
  scope: Scope,
  name: string,
  patch: Partial<ExposedParam>,
  mergeKey?: string,
): Command {
  return {
    label: `change ${name}`,
    ...(mergeKey === undefined ? {} : { mergeKey }),
    apply: (doc) => {
      const params = exposedOf(doc, scope);
      const old = params[name];
      if (!old) return doc;
      const next = { ...old, ...patch };
      return JSON.stringify(next) === JSON.stringify(old)
        ? doc
        : withExposed(doc, scope, { ...params, [name]: next });
    },
  };
}

/** Removes a parameter; formulas that read it say so. */
export function removeExposed(scope: Scope, name: string): Command {
  return {
    label: `remove the parameter ${name}`,
    apply: (doc) =>
      exposedOf(doc, scope)[name] ? withExposed(doc, scope, omit(exposedOf(doc, scope), [name])) : doc,
  };
}

/** Lets a node's parameter be set from outside: the canvas gets a parameter of its name, value and bounds, and the node reads it. */
export function expose(scope: Scope, node: string, field: ParamField, value: Json): Command {
  return {
    label: `make ${field.name} a parameter`,
    apply: (doc) => {
      const owner = doc.nodes[node];
      const isPlain = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
      if (!owner || !isPlain) return doc;
      const params = exposedOf(doc, scope);
      const name = Object.hasOwn(params, field.name) ? freeKey(params, field.name) : field.name;
      const exposed: ExposedParam = {
        title: field.title,
        description: field.description,
        value,
        ...(field.min !== undefined && { min: field.min }),
        ...(field.max !== undefined && { max: field.max }),
        ...(field.type === 'integer' && { step: 1 }),
        ...(field.values && { choices: [...field.values] }),
      };
      const reading = { ...owner, params: { ...owner.params, [field.name]: { '=': name } } };
      const nodes = { ...doc.nodes, [node]: reading };
      return withExposed({ ...doc, nodes }, scope, { ...params, [name]: exposed });
    },
  };
}

function freeKey(taken: Readonly<Record<string, unknown>>, wanted: string): string {
  for (let n = 2; ; n++) if (!Object.hasOwn(taken, `${wanted}_${n}`)) return `${wanted}_${n}`;
}

/** Gives a block another title. */
export function renameBlock(block: string, title: string): Command {
  return {
    label: 'rename the block',
    apply: (doc) => {
      const definition = doc.blocks[block];
      const kept = title.trim().slice(0, 200);
      if (!definition || kept === '' || definition.title === kept) return doc;
      return { ...doc, blocks: { ...doc.blocks, [block]: { ...definition, title: kept } } };
    },
  };
}

/** The same parameters as a form draws a layer's. */
export function fieldsOf(params: Readonly<Record<string, ExposedParam>>): ParamField[] {
  return Object.entries(params).map(([name, { title, description, value, min, max, step, choices }]) => ({
    name,
    title: title || name,
    description: description || `What formulas call ${name}.`,
    default: value,
    type:
      choices && typeof value === 'string'
        ? 'choice'
        : typeof value === 'boolean'
          ? 'boolean'
          : typeof value === 'string'
            ? 'text'
            : step !== undefined && Number.isInteger(step)
              ? 'integer'
              : 'number',
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(choices && { values: choices }),
  }));
}
