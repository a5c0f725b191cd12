/**
 * A whole WGSL module for one kernel. Its text depends on the order of its operands but not on what they are called, so
 * that layers of one shape share one pipeline.
 */
import { invariant } from '../errors.ts';
import type { DType } from '../ir/dtype.ts';
import { groupVariable, type Kernel, laneVariable, subgroupVariable } from '../ir/kernel.ts';
import { BlockPrinter } from './block.ts';
import { halvesType, preludeFor } from './scalar.ts';

/** Where an operand is found: a binding, and an offset in elements where several operands share one. */
export interface OperandPlace {
  readonly slot: number;
  readonly binding: number;
  readonly offset: number;
}

export interface BindingText {
  readonly type: DType;
  readonly written: boolean;
  /** Read four elements at a time. */
  readonly quads: boolean;
}

export interface ModuleLayout {
  readonly bindings: readonly BindingText[];
  readonly places: readonly OperandPlace[];
  /** Names of the 32-bit words of the uniform buffer, in order. */
  readonly uniforms: readonly string[];
  /** Names of the whole numbers that every dispatch has its own of: a uniform behind the other bindings. */
  readonly args?: readonly string[];
}

/** Directives stand before everything else in a text. */
export const directivesOf = (text: string): string => /^(enable \w+;\n)*/.exec(text)?.[0] ?? '';

/** WebGPU guarantees this many workgroups along each dimension; more are folded into the second one. */
export const groupsPerDimension = 65_535;

/** How many workgroups along x and y hold `groups`. */
export function gridOf(groups: number): readonly [number, number] {
  const x = Math.min(groups, groupsPerDimension);
  return [x, Math.ceil(groups / x)];
}

/** The WGSL text of a kernel, and whether it binds the uniform buffer. */
export function moduleText(kernel: Kernel, layout: ModuleLayout): { wgsl: string; usesUniforms: boolean } {
  const placeOf = new Map(layout.places.map((p) => [p.slot, p]));
  const sharedName = new Map(
    kernel.shared.map((s, i) => [
      s.slot,
      { array: `shared${i}`, offset: 0, quads: s.quads, half: s.type === 'f16' },
    ]),
  );
  let readsUniforms = false;
  const written = new Set([
    ...kernel.shared.map((s) => s.slot),
    ...layout.places.filter((p) => layout.bindings[p.binding]!.written).map((p) => p.slot),
  ]);
  const printer = new BlockPrinter(
    {
      slot: (slot) => {
        const shared = sharedName.get(slot);
        if (shared) return shared;
        const place = placeOf.get(slot);
        invariant(place, `operand ${slot} of ${kernel.name} has a place`);
        return {
          array: `b${place.binding}`,
          offset: place.offset,
          quads: layout.bindings[place.binding]!.quads,
        };
      },
      uniform: (name, type) => {
        const argument = layout.args?.indexOf(name) ?? -1;
        if (argument >= 0) return `args[${argument >> 2}][${argument & 3}]`;
        readsUniforms = true;
        const at = layout.uniforms.indexOf(name);
        const word = `hyper[${at >> 2}][${at & 3}]`;
        return type === 'f32' ? word : `bitcast<${type}>(${word})`;
      },
    },
    written,
  );
  printer.print(kernel.body, '  ');

  const [x, y] = gridOf(kernel.groups);
  const head = layout.bindings.map(
    (b, i) =>
      `@group(0) @binding(${i}) var<storage, ${b.written ? 'read_write' : 'read'}> b${i}: array<${b.quads ? `vec4<${b.type}>` : b.type}>;`,
  );
  if (layout.args)
    head.push(
      `@group(0) @binding(${head.length}) var<uniform> args: array<vec4<i32>, ${Math.ceil(layout.args.length / 4)}>;`,
    );
  if (readsUniforms) {
    const words = Math.ceil(layout.uniforms.length / 4);
    head.push(`@group(1) @binding(0) var<uniform> hyper: array<vec4<f32>, ${words}>;`);
  }
  head.push(
    ...kernel.shared.map((s, i) => {
      if (s.type === 'f16') return `var<${s.space}> shared${i}: array<${halvesType}, ${s.length / 4}>;`;
      const type = s.quads ? `vec4<${s.type}>, ${s.length / 4}` : `${s.type}, ${s.length}`;
      return `var<${s.space}> shared${i}: array<${type}>;`;
    }),
  );
  const text = printer.lines.join('\n');
  const broadcasts = text.includes('subgroupBroadcast(');
  const group = y === 1 ? 'i32(workgroup.x)' : `i32(workgroup.x + workgroup.y * ${x}u)`;
  const inputs = [
    '@builtin(workgroup_id) workgroup: vec3<u32>',
    '@builtin(local_invocation_index) thread: u32',
    ...(broadcasts ? ['@builtin(subgroup_invocation_id) subgroup: u32'] : []),
  ];
  const lines = [
    ...(broadcasts ? ['enable subgroups;'] : []),
    ...(kernel.shared.some((s) => s.type === 'f16') ? ['enable f16;'] : []),
    ...head,
    preludeFor(text),
    `@compute @workgroup_size(${kernel.threads})`,
    `fn main(${inputs.join(', ')}) {`,
    `  let ${groupVariable} = ${group};`,
    `  let ${laneVariable} = i32(thread);`,
    ...(broadcasts ? [`  let ${subgroupVariable} = i32(subgroup);`] : []),
    ...(x * y > kernel.groups ? [`  if (${groupVariable} >= ${kernel.groups}i) { return; }`] : []),
    ...printer.lines,
    '}',
    '',
  ];
  return { wgsl: lines.join('\n'), usesUniforms: readsUniforms };
}
