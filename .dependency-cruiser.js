/** The import rules between folders (docs/architecture.md); `npm run check` enforces them, scripts/lint/import-rules.test.ts tries them. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    rule('no-circular', 'A circle has no first file to read.', {}, { circular: true }),
    rule(
      'shared-is-alone',
      'src/shared runs everywhere, so it may need nothing of ours and nothing of Node.',
      { path: '^src/shared/', pathNot: '\\.test\\.ts$' },
      { path: '^src/(main|preload|renderer)/' }
    ),
    rule(
      'shared-without-node',
      'src/shared runs in the page too.',
      { path: '^src/shared/', pathNot: '\\.test\\.ts$' },
      { dependencyTypes: ['core'] }
    ),
    rule(
      'core-knows-no-shell',
      'The core must run under any shell.',
      { path: '^src/main/core/' },
      { path: '^src/(main/(electron|browser|cli|index)|preload|renderer)' }
    ),
    rule(
      'shells-use-the-face-of-the-core',
      'Shells see createCore, the entries and types; never its inside.',
      { path: '^src/main/(electron|browser|cli|index)', pathNot: '\\.test\\.ts$' },
      { path: '^src/main/core/', pathNot: '^src/main/core/(core|entries)\\.ts$', dependencyTypesNot: ['type-only'] }
    ),
    rule(
      'page-is-a-page',
      'The page talks to the core by HTTP; it may know its types only.',
      { path: '^src/renderer/' },
      { path: '^src/(main|preload)/', dependencyTypesNot: ['type-only'] }
    ),
    rule(
      'page-without-node',
      'The page runs in a browser.',
      { path: '^src/renderer/', pathNot: '\\.test\\.ts$' },
      { dependencyTypes: ['core'] }
    ),
    rule(
      'preload-is-small',
      'A sandboxed preload can require nothing but electron.',
      { path: '^src/preload/', pathNot: '\\.test\\.ts$' },
      { pathNot: '^(src/preload/|src/shared/shell\\.ts$)|electron' }
    ),
    rule(
      'lib-knows-no-area',
      'What several areas borrow stands below all of them.',
      { path: '^src/main/core/lib/', pathNot: '\\.test\\.ts$' },
      { path: '^src/main/core/(?!lib/|log/)' }
    ),
    rule(
      'catalogue-is-ground',
      'The catalogue keeps files, threads and migrations; core/operations joins what the areas ask of it.',
      { path: '^src/main/core/catalogue/', pathNot: '\\.(test|fixture)\\.ts$' },
      { path: '^src/main/core/(?!catalogue/|lib/|entries\\.ts$)' }
    ),
    rule(
      'app-on-top',
      'The application lays the areas out; no area reaches up to it, but for calls, which are answered from it.',
      { path: '^src/main/core/(?!app/|rpc/|core\\.ts$)', pathNot: '\\.test\\.ts$' },
      { path: '^src/main/core/app/' }
    ),
    rule(
      'ground-of-the-main-process',
      'What all shells and the core share (folders, assets, page policy) stands below them.',
      { path: '^src/main/[^/]+\\.ts$', pathNot: '^src/main/index\\.ts$|\\.test\\.ts$' },
      { path: '^src/main/[^/]+/|^src/(preload|renderer)/' }
    ),
    rule(
      'electron-in-its-shell-only',
      'The core and its tests never import electron.',
      { pathNot: '^(src/main/electron/|src/main/index\\.ts|src/preload/)' },
      { path: 'node_modules/electron/' }
    ),
    rule(
      'sqlite-in-the-catalogue-only',
      'One folder owns the native module.',
      { path: '^src/', pathNot: '^src/main/core/catalogue/' },
      { path: 'node_modules/better-sqlite3/', dependencyTypesNot: ['type-only'] }
    ),
    rule(
      'sharp-in-its-folders-only',
      'Two folders own the native module.',
      { path: '^src/', pathNot: '^src/main/core/(media|inference)/' },
      { path: 'node_modules/sharp/', dependencyTypesNot: ['type-only'] }
    ),
    rule(
      'onnxruntime-in-inference-only',
      'One folder owns the native module.',
      { path: '^src/', pathNot: '^src/main/core/inference/' },
      { path: 'node_modules/onnxruntime-', dependencyTypesNot: ['type-only'] }
    ),
    rule(
      'primevue-behind-components',
      'PrimeVue stays behind our own thin components.',
      { path: '^src/renderer/', pathNot: '^src/renderer/src/(components|app|styles)/' },
      { path: 'node_modules/(primevue|@primevue)/', dependencyTypesNot: ['type-only'] }
    ),
    rule('no-unresolved', 'An import must lead somewhere.', { path: '^src/' }, { couldNotResolve: true, pathNot: '\\?' })
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.renderer.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
    detectProcessBuiltinModuleCalls: true
  }
}
