/**
 * Counts what a page asks of WebGPU, whoever asks: the methods of the prototypes are wrapped before any engine starts, so all
 * engines are counted alike. Bytes are those of living buffers.
 */

/** What is counted, by what the report calls it. */
export const countedCalls = {
  dispatches: [['GPUComputePassEncoder', ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect']]],
  submissions: [['GPUQueue', ['submit']]],
  passes: [['GPUCommandEncoder', ['beginComputePass']]],
  buffers: [['GPUDevice', ['createBuffer']]],
  bindGroups: [['GPUDevice', ['createBindGroup']]],
  pipelines: [['GPUDevice', ['createComputePipeline', 'createComputePipelineAsync']]],
  writes: [['GPUQueue', ['writeBuffer']]],
} as const satisfies Record<string, readonly (readonly [string, readonly string[]])[]>;

export type Counts = Record<keyof typeof countedCalls, number>;

const counts = Object.fromEntries(Object.keys(countedCalls).map((name) => [name, 0])) as Counts;
const bytes = { now: 0, peak: 0 };
const sizes = new WeakMap<object, number>();

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;

/** Runs something behind a method of a class of the page's. */
function behind(className: string, method: string, then: (object: object, result: unknown) => void): void {
  const found: unknown = Reflect.get(globalThis, className);
  if (typeof found !== 'function') throw new TypeError(`${className} is not on this page`);
  const prototype: object = found.prototype;
  const original = Reflect.get(prototype, method) as Method;
  const wrapped: Method = function (...args) {
    const result = Reflect.apply(original, this, args);
    then(this as object, result);
    return result;
  };
  Reflect.set(prototype, method, wrapped);
}

/** Starts counting, once per page. */
export function startCounting(): void {
  for (const [name, classes] of Object.entries(countedCalls))
    for (const [className, methods] of classes)
      for (const method of methods)
        behind(className, method, () => {
          counts[name as keyof Counts]++;
        });
  behind('GPUDevice', 'createBuffer', (_, buffer) => {
    const { size } = buffer as GPUBuffer;
    sizes.set(buffer as object, size);
    bytes.now += size;
    bytes.peak = Math.max(bytes.peak, bytes.now);
  });
  behind('GPUBuffer', 'destroy', (buffer) => {
    bytes.now -= sizes.get(buffer) ?? 0;
    sizes.delete(buffer);
  });
}

export const countsNow = (): Counts => ({ ...counts });

export const bytesNow = (): number => bytes.now;

/** The most bytes since the last time this was asked. */
export function takePeak(): number {
  const { peak } = bytes;
  bytes.peak = bytes.now;
  return peak;
}

/** What was counted since, per step. */
export const perStep = (since: Counts, steps: number): Counts =>
  Object.fromEntries(
    Object.entries(counts).map(([name, n]) => [name, (n - since[name as keyof Counts]) / steps]),
  ) as Counts;
