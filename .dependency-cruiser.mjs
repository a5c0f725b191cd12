// The architecture, checked: who may import whom (docs/contributing.md says it in words). Lowest engine folder first.
// scripts/checks/architecture.test.ts plants a violation of every rule and expects it to be found.
const order = [
  'ir',
  'wgsl',
  'ops',
  'autodiff',
  'layers',
  'optim',
  'model',
  'compile',
  'runtime',
  'data',
  'templates',
  'probe',
  'train',
  'export',
];
const engineFolders = order.join('|');
const testFile = '(\\.test\\.tsx?|/testing\\.ts)$';
const npm = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg'];
/** Libraries of formats and schemas; the engine takes nothing else from outside. */
const engineLibraries = '(^|/)node_modules/(zod|papaparse)/';

const never = (name, from, to) => ({ name, severity: 'error', from, to });
const source = (path, pathNot = testFile) => ({ path, pathNot });

export default {
  forbidden: [
    never('no-cycles', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    never('imports-exist', {}, { couldNotResolve: true, pathNot: '\\?(worker|url|raw)|^virtual:' }),

    // engine
    never('engine-is-an-island', { path: '^src/engine/' }, { path: '^(src/(main|renderer)|scripts|e2e)/' }),
    never('engine-takes-few-libraries', source('^src/engine/'), {
      dependencyTypes: npm,
      pathNot: engineLibraries,
    }),
    never('engine-has-no-node', source('^src/engine/'), { dependencyTypes: ['core'] }),
    never(
      'engine-folders-are-known',
      source(
        '^src/engine/',
        `^src/engine/((${engineFolders})/|errors\\.ts$|index\\.ts$|testing\\.ts$|[^/]+\\.test\\.ts$)`,
      ),
      {},
    ),
    never('engine-has-one-front-door', source('^src/engine/', '^src/engine/(index\\.ts|.*\\.test\\.ts)$'), {
      path: '^src/engine/index\\.ts$',
    }),
    never('engine-errors-look-down', source('^src/engine/errors\\.ts$'), {
      path: `^src/engine/(${engineFolders})/`,
    }),
    ...order.slice(0, -1).map((folder, i) =>
      never(`engine-${folder}-looks-down`, source(`^src/engine/${folder}/`), {
        path: `^src/engine/(${order.slice(i + 1).join('|')})/`,
      }),
    ),

    // renderer
    never(
      'renderer-sees-one-file-of-main',
      { path: '^src/renderer/' },
      {
        path: '^src/main/',
        pathNot: '^src/main/ipc/contract\\.ts$',
      },
    ),
    never('renderer-uses-the-front-door', source('^src/renderer/'), {
      path: '^src/engine/',
      pathNot: ['^src/engine/(index|train/worker)\\.ts$', '/testing\\.ts$'],
    }),
    never('renderer-has-no-node', source('^src/renderer/'), { dependencyTypes: ['core'] }),
    never(
      'renderer-has-no-electron',
      { path: '^src/renderer/' },
      { path: '(^|/)(electron|ws|webgpu|node-sqlite3-wasm)(/|$)' },
    ),
    never(
      'features-are-strangers',
      { path: '^src/renderer/features/([^/]+)/' },
      {
        path: '^src/renderer/features/',
        // The geometry of a node is for whoever draws over the canvas.
        pathNot: '^src/renderer/features/($1/|canvas/(node-metrics|wire-path)\\.ts$)',
      },
    ),
    never('ui-knows-no-stores', source('^src/renderer/ui/'), {
      path: '^src/renderer/(app|document|session|features|engine-client)/',
    }),
    never('document-has-no-react', source('^src/renderer/document/'), {
      path: '(^|/)node_modules/(react|react-dom|@xyflow)/|^src/renderer/(app|features|ui)/',
    }),

    // main
    never('main-never-sees-renderer', { path: '^src/main/' }, { path: '^src/renderer/' }),
    never('main-uses-the-front-door', source('^src/main/'), {
      path: '^src/engine/',
      pathNot: '^src/engine/index\\.ts$',
    }),
    never(
      'electron-stays-in-its-shell',
      {
        path: '^src/main/',
        pathNot: '^src/main/(electron|preload|windows|menu|security|dialogs)\\.ts$',
      },
      { path: '(^|/)electron(/|$)' },
    ),
    never('services-know-no-shell', source('^src/main/services/'), {
      path: '^src/main/(electron|preload|windows|menu|security|dialogs|server|cli)',
    }),
    never(
      'contract-is-for-both-sides',
      { path: '^src/main/ipc/contract\\.ts$' },
      {
        pathNot: '^src/engine/index\\.ts$|(^|/)node_modules/zod/|^src/main/ipc/',
      },
    ),

    // tests
    never('shipped-code-uses-no-test-code', source('^src/'), { path: testFile }),
    never('shipped-code-uses-dependencies', source('^src/'), {
      dependencyTypes: ['npm-dev'],
      pathNot: '(^|/)node_modules/(electron|@types|@webgpu)/',
    }),
    // The harness is a page around the renderer's end of the wire alone; host.spec holds the server's end too.
    never(
      'e2e-looks-from-outside',
      { path: '^e2e/', pathNot: '^e2e/(host\\.spec\\.ts$|harness/)' },
      { path: '^src/' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^out/|^dist/' },
    tsPreCompilationDeps: true, // sees type-only imports too
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
