// A dispatch that is cut covers its workgroups once each, and its text counts from an argument on.
import { describe, expect, test } from 'vitest';
import { cutLongWork, groupsOf, mostParts, withSpare } from './long-work.ts';
import { type Dispatch, type Program, takingArguments } from './program.ts';

const wgsl = `@group(0) @binding(0) var<storage, read_write> b0: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>) {
  let wg = i32(workgroup.x);
  b0[wg] = 1f;
}
`;

const dispatch = (groups: number): Dispatch => ({
  label: 'long',
  wgsl,
  grid: [groups, 1],
  bindings: [{ buffer: 'a', offset: 0, length: 64 }],
  written: [true],
  usesUniforms: false,
  args: [],
  flops: 1200,
  variant: null,
  onlyLooks: false,
});
const program = (...dispatches: Dispatch[]): Program => ({ dispatches, buffers: { a: 64 }, uniforms: [] });

describe('long dispatches', () => {
  test.each([2, 3, 7, 100])('cut in %i parts have every workgroup once', (parts) => {
    const { dispatches } = cutLongWork(program(dispatch(12)), () => parts);
    expect(dispatches.length).toBe(Math.ceil(12 / Math.ceil(12 / parts)));
    const groups = dispatches.flatMap((d) => Array.from({ length: groupsOf(d) }, (_, i) => d.args[0]! + i));
    expect(groups).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(dispatches.reduce((n, d) => n + d.flops, 0)).toBeCloseTo(1200);
  });

  test('share one text, which counts workgroups from an argument on', () => {
    const { dispatches } = cutLongWork(program(dispatch(12)), () => 3);
    expect(new Set(dispatches.map((d) => d.wgsl)).size).toBe(1);
    expect(dispatches[0]!.wgsl).toContain('let wg = (i32(workgroup.x) + args[0][0]);');
    expect(dispatches[0]!.wgsl).toContain('@binding(1) var<uniform> args: array<vec4<i32>, 1>;');
  });

  test('that have arguments get one more', () => {
    const args = '@group(0) @binding(1) var<uniform> args: array<vec4<i32>, 1>;\n';
    const given = { ...dispatch(4), wgsl: args + wgsl, args: [5, 6, 7, 8] };
    const [first, second] = cutLongWork(program(given), () => 2).dispatches;
    expect(first!.args).toEqual([5, 6, 7, 8, 0]);
    expect(second!.args).toEqual([5, 6, 7, 8, 2]);
    expect(first!.wgsl.match(/var<uniform>/g)?.length).toBe(1);
    expect(first!.wgsl).toContain('args: array<vec4<i32>, 2>;');
    expect(first!.wgsl).toContain('let wg = (i32(workgroup.x) + args[1][0]);');
  });

  test('of one workgroup, and short ones, stay as they are', () => {
    const short = program(dispatch(12), dispatch(1));
    expect(cutLongWork(short, (d) => (groupsOf(d) === 1 ? 9 : 1))).toEqual(short);
  });

  test('find room for their arguments that was kept free, however many parts it takes', () => {
    const long = { ...dispatch(64), flops: 4e9 };
    const given = { ...long, args: [7] };
    const work = { limit: 250, on: 'gpu' } as const;
    expect(mostParts(long, { ...work, limit: 1e6 })).toBe(1);
    const most = mostParts(long, { ...work, limit: 20 });
    expect(most).toBeGreaterThan(10);
    const roomy = withSpare(program(long, given, dispatch(12)), { ...work, limit: 20 });
    expect(roomy.spare).toBe(most + most - 1);
    const taking = (p: Program): number =>
      p.dispatches.filter((d) => d.args.length > 0).length + (p.spare ?? 0);
    for (const parts of [1, 2, most]) {
      const cut = cutLongWork(roomy, (d) => (d.flops > 1e9 ? parts : 1));
      expect(taking(cut)).toBe(taking(roomy));
    }
  });

  test('that start with another text have that in parts as well, all of them with the first part', () => {
    const quick = { ...dispatch(30), variant: 'quick' };
    const long = { ...dispatch(12), flops: 4e9, quick: [quick] };
    const work = { limit: 20, on: 'gpu' } as const;
    const roomy = withSpare(program(long), work);
    const cut = cutLongWork(roomy, () => 5);
    const [first, ...others] = cut.dispatches;
    expect(others.map((d) => d.quick)).toEqual(others.map(() => []));
    expect(first!.quick?.map((d) => [d.variant, d.args[0], groupsOf(d)])).toEqual(
      [0, 6, 12, 18, 24].map((at) => ['quick', at, 6]),
    );
    const room = (p: Program): number => takingArguments(p.dispatches).length + (p.spare ?? 0);
    expect(room(cut)).toBe(room(roomy));
  });
});
