import { mkdirSync } from 'node:fs'
import { fingerprint } from './fingerprint.js'
import { inRoot } from './paths.js'

const bin = (...parts) => inRoot('node_modules', ...parts)

/** Where checks keep what they found out about a file; goes with node_modules, and so with every change of the tools. */
const cache = (...parts) => inRoot('node_modules', '.cache', 'fitxa', ...parts)

/**
 * Format, lint, types and import rules, as commands of Node. Those that know a file again do so by its content, and by all else that
 * their answer depends on, so that what was kept can hide no error: Prettier and TypeScript look at their options and versions
 * themselves; ESLint does not look into rules of our own, so their fingerprint names its file.
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
