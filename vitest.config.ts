import vue from '@vitejs/plugin-vue'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Tests start some hundreds of threads and processes from their sources. Node keeps what it made of a source (types stripped, compiled)
// under a hash of its content, so that each is read once and not in every thread.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'node')

// A core that finds the picture encoder embeds in the background whatever a test imports; tests of learning say what they need.
process.env.FITXA_ENCODER ??= 'off'

export default defineConfig({
  plugins: [vue()],
  test: {
    // Limits for what never ends, not for what is slow: tests also run on machines with much else to do.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    setupFiles: [join(import.meta.dirname, 'tests', 'patience.ts')],
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          // A thread for each test file starts in half the time of a process, and isolates as well: files share no module and no global.
          pool: 'threads',
          include: ['src/{shared,main,preload}/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.process.test.ts']
        }
      },
      {
        extends: true,
        // Style sheets are left out of tests but for the one whose colours a test computes with.
        test: {
          name: 'page',
          environment: 'happy-dom',
          // Loads happy-dom once and gives each test file a context of its own; loading it for every file took 60 % of the time.
          pool: 'vmThreads',
          include: ['src/renderer/**/*.test.ts'],
          css: { include: /tokens\.css/ }
        }
      },
      {
        extends: true,
        test: {
          name: 'contract',
          environment: 'node',
          include: ['tests/{contract,migrations,security,electron,cli,parity}/**/*.test.ts', 'src/**/*.process.test.ts']
        }
      }
    ]
  }
})
