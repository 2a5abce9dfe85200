import { mkdirSync } from 'node:fs'
import { fingerprint } from './fingerprint.js'
import { inRoot } from './paths.js'

const bin = (...parts) => inRoot('node_modules', ...parts)

/** Where checks cache their results per file; it is deleted with node_modules, and so with every change of the tools. */
const cache = (...parts) => inRoot('node_modules', '.cache', 'fitxa', ...parts)

/**
 * Format, lint, types and import rules, as commands of Node. Caches are keyed by a file's content and by everything else that the
 * result depends on, so that a cached result never hides an error: Prettier and TypeScript include their options and versions;
 * ESLint does not include our own rules, so their fingerprint is part of the file name.
 * @returns {{ name: string, args: string[] }[]}
 */
export function checks() {
  mkdirSync(cache(), { recursive: true })
  const byContent = (file) => ['--cache', '--cache-strategy', 'content', '--cache-location', file]
  const incremental = (name) => ['-p', `tsconfig${name}.json`, '--incremental', '--tsBuildInfoFile', cache(`types${name}.tsbuildinfo`)]
  const rules = fingerprint(['eslint.config.js', 'scripts/lint', 'package-lock.json']).slice(0, 16)
  return [
    {
      name: 'format',
      args: [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', ...byContent(cache('format')), '.']
    },
    { name: 'lint', args: [bin('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', ...byContent(cache(`lint-${rules}`)), '.'] },
    { name: 'types of the core', args: [bin('typescript', 'bin', 'tsc'), ...incremental('')] },
    { name: 'types of the tests', args: [bin('typescript', 'bin', 'tsc'), ...incremental('.tests')] },
    { name: 'types of the page', args: [bin('vue-tsc', 'bin', 'vue-tsc.js'), ...incremental('.renderer')] },
    {
      name: 'import rules',
      args: [bin('dependency-cruiser', 'bin', 'dependency-cruiser.mjs'), 'src', '--config', '.dependency-cruiser.js']
    }
  ]
}
