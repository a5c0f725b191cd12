// Gradloom, as the app runs it: the trainer, with as many steps to a submission as its pace allows.
import { compileGraph } from '../../src/engine/compile/compile.ts';
import { conv } from '../../src/engine/ops/convolution.ts';
import { input, inputAttrs } from '../../src/engine/ops/leaf.ts';
import { matmul } from '../../src/engine/ops/product.ts';
import { type OpenDevice, targetOf } from '../../src/engine/runtime/device.ts';
import { Machine } from '../../src/engine/runtime/machine.ts';
import { Pace } from '../../src/engine/train/pace.ts';
import { capturesPerChunk } from '../../src/engine/train/plan.ts';
import { Trainer } from '../../src/engine/train/trainer.ts';
import { sizeOf } from '../alone.ts';
import type { Contender, Engine } from '../engine.ts';

/** `looking`: takes a capture of every tensor after every step. */
export function gradloom(open: OpenDevice, looking: boolean): Engine {
  return {
    name: looking ? 'Gradloom, looking at every step' : 'Gradloom',
    async open({ workload, data }): Promise<Contender> {
      const trainer = await Trainer.create(open, workload.document, data, { probes: looking });
      const pace = new Pace(0);
      pace.setLook(looking ? 1 : 0);
      return {
        async train(steps) {
          const losses: number[] = [];
          while (losses.length < steps) {
            const left = steps - losses.length;
            const affordable = pace.stepsNow(trainer.step, capturesPerChunk);
            const count = Math.min(left, trainer.mostSteps(), affordable);
            const start = performance.now();
            const { rows } = await trainer.run(count, () => looking);
            // A look is part of the step here, so that the pace weighs the two together.
            pace.took(count, 0, performance.now() - start);
            losses.push(...rows.loss);
          }
          return losses;
        },
        settle: () => trainer.settled(),
        dispose: () => trainer.dispose(),
      };
    },
    async openAlone({ name, x, w }) {
      const machine = new Machine(open.device);
      const [a, b] = [input('x', x.shape), input('w', w.shape)];
      const { program, places } = compileGraph(
        [{ value: name === 'product' ? matmul(a, b) : conv(a, b, { padding: 1 }) }],
        (leaf) => ({ buffer: inputAttrs(leaf)?.name ?? '', offset: 0, length: sizeOf(leaf.shape) }),
        { arena: 'arena', uniforms: [], ...targetOf(open) },
      );
      for (const [buffer, { data }] of Object.entries({ x, w })) {
        await machine.reserve({ [buffer]: data.length });
        machine.write({ buffer, offset: 0, length: data.length }, data);
      }
      const loaded = await machine.load(program);
      const [result] = places;
      return {
        async train(steps) {
          for (let i = 0; i < steps; i++) {
            const encoder = open.device.createCommandEncoder();
            const pass = encoder.beginComputePass();
            machine.encode(pass, loaded);
            pass.end();
            open.device.queue.submit([encoder.finish()]);
          }
          await open.device.queue.onSubmittedWorkDone();
          return [];
        },
        read: async () => new Float32Array(result ? await machine.read(result) : new ArrayBuffer(0)),
        dispose: () => machine.dispose(),
      };
    },
  };
}
