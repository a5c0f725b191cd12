/**
 * From a kernel to a dispatch: which ranges of which buffers it binds, and its text. Operands get a binding each where that
 * is allowed; else those of one buffer share one, and are told apart by offsets in the text.
 */
import { invariant } from '../errors.ts';
import type { DType } from '../ir/dtype.ts';
import { type Expr, operandsOf } from '../ir/expr.ts';
import { bodyOf, expressionsOf, type Kernel, type Stmt } from '../ir/kernel.ts';
import { gridOf, moduleText } from '../wgsl/module.ts';
import { aligned, alignment } from './memory.ts';
import type { Dispatch, Place } from './program.ts';

/** Elements of a vec4. */
const quad = 4;

/** How a kernel uses an operand. */
interface SlotUse {
  stored: boolean;
  /** Four elements are read or written at once. */
  quads: boolean;
  /** Elements are written one by one. */
  single: boolean;
}

/** Slots in the order in which the text names them, and how they are used. */
export function slotsOf(body: readonly Stmt[]): Map<number, SlotUse> {
  const slots = new Map<number, SlotUse>();
  const use = (slot: number): SlotUse => {
    const known = slots.get(slot) ?? { stored: false, quads: false, single: false };
    slots.set(slot, known);
    return known;
  };
  const seen = new Set<Expr>();
  const read = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    if (e.kind === 'load' && e.slot >= 0) use(e.slot);
    if (e.kind === 'quad' && e.slot >= 0) use(e.slot).quads = true;
    for (const o of operandsOf(e)) read(o);
  };
  const walk = (stmts: readonly Stmt[]): void => {
    for (const s of stmts) {
      for (const e of expressionsOf(s)) read(e);
      if ((s.kind === 'store' || s.kind === 'storeQuad') && s.slot >= 0) {
        const slot = use(s.slot);
        slot.stored = true;
        if (s.kind === 'store') slot.single = true;
        else slot.quads = true;
      }
      walk(bodyOf(s));
    }
  };
  walk(body);
  return slots;
}

/** What a kernel reads or writes. */
export interface Operand {
  readonly type: DType;
  readonly place: Place;
}

/** A kernel, and where its operands lie. */
export interface PlacedKernel {
  readonly kernel: Kernel;
  /** All that it stores is for looks: other steps go without it. */
  readonly onlyLooks?: boolean;
  operandOf(slot: number): Operand;
}

/** What a dispatch must fit. */
export interface DispatchOptions {
  readonly maxBindings: number;
  /** Words of the uniform buffer. */
  readonly uniforms: readonly string[];
  /** Whole numbers that this dispatch gives its text. */
  readonly args?: Readonly<Record<string, number>>;
}

interface Binding {
  readonly place: Place;
  readonly type: DType;
  readonly slots: number[];
}

/** Chooses bindings for a kernel's operands, and prints it. */
export function dispatchOf(
  { kernel, operandOf, onlyLooks = false }: PlacedKernel,
  { maxBindings, uniforms, args }: DispatchOptions,
): Dispatch {
  const slots = slotsOf(kernel.body);
  const operands = [...slots.keys()].map((slot) => ({ slot, ...operandOf(slot) }));
  const writtenBuffers = new Set(
    operands.filter((o) => slots.get(o.slot)!.stored).map((o) => o.place.buffer),
  );
  let bindings = shareBindings(
    operands,
    (a, b) => a.buffer === b.buffer && a.offset === b.offset && a.length === b.length,
  );
  if (
    bindings.length > maxBindings ||
    clashes(bindings, writtenBuffers) ||
    operands.some((o) => o.place.offset % alignment !== 0)
  )
    bindings = shareBindings(operands, (a, b) => a.buffer === b.buffer);
  invariant(
    bindings.length <= maxBindings,
    `${kernel.name} needs at most ${maxBindings} buffers, not ${bindings.length}`,
  );

  const { wgsl, usesUniforms } = moduleText(kernel, {
    bindings: bindings.map((b) => ({
      type: b.type,
      written: writtenBuffers.has(b.place.buffer),
      quads:
        b.slots.some((slot) => slots.get(slot)!.quads) &&
        operands.every(
          ({ slot, place }) =>
            !b.slots.includes(slot) || (!slots.get(slot)!.single && place.offset % quad === 0),
        ),
    })),
    places: operands.map(({ slot, place }) => {
      const binding = bindings.findIndex((b) => b.slots.includes(slot));
      return { slot, binding, offset: place.offset - bindings[binding]!.place.offset };
    }),
    uniforms,
    ...(args && { args: Object.keys(args) }),
  });
  return {
    label: kernel.name,
    wgsl,
    grid: gridOf(kernel.groups),
    bindings: bindings.map((b) => b.place),
    written: bindings.map((b) => writtenBuffers.has(b.place.buffer)),
    usesUniforms,
    args: Object.values(args ?? {}),
    flops: kernel.flops,
    variant: kernel.variant,
    onlyLooks,
  };
}

/** Operands that are alike share one binding, which spans them all. */
function shareBindings(
  operands: ReadonlyArray<{ slot: number; place: Place; type: DType }>,
  alike: (a: Place, b: Place) => boolean,
): Binding[] {
  const bindings: Binding[] = [];
  for (const { slot, place, type } of operands) {
    const i = bindings.findIndex((b) => b.type === type && alike(b.place, place));
    const known = bindings[i];
    // Parts of a concatenation may start where no binding may.
    const bindable = place.offset - (place.offset % alignment);
    const own = { buffer: place.buffer, offset: bindable, length: place.offset + place.length - bindable };
    if (!known) {
      bindings.push({ place: own, type, slots: [slot] });
      continue;
    }
    const start = Math.min(known.place.offset, own.offset);
    const end = Math.max(known.place.offset + known.place.length, own.offset + own.length);
    bindings[i] = {
      place: { buffer: place.buffer, offset: start, length: end - start },
      type,
      slots: [...known.slots, slot],
    };
  }
  return bindings;
}

/** WebGPU refuses two bindings of one buffer that overlap where one of them is written. */
function clashes(bindings: readonly Binding[], written: ReadonlySet<string>): boolean {
  return bindings.some((a, i) =>
    bindings.some(
      (b, j) =>
        i < j &&
        a.place.buffer === b.place.buffer &&
        written.has(a.place.buffer) &&
        a.place.offset < b.place.offset + aligned(b.place.length) &&
        b.place.offset < a.place.offset + aligned(a.place.length),
    ),
  );
}
