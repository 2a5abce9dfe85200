import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/{shared,main,preload}/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['**/*.process.test.ts']
        }
      },
      {
        extends: true,
        // Style sheets are left out of tests but for the one whose colours a test computes with.
        test: { name: 'page', environment: 'happy-dom', include: ['src/renderer/**/*.test.ts'], css: { include: /tokens\.css/ } }
      },
      {
        extends: true,
        test: {
          name: 'contract',
          environment: 'node',
          // The built shell and its stand-in are loaded by Node itself, so that Node's own hooks can put the one under the other.
          server: { deps: { external: [/\/out\/main\//, /\/stand-in\.ts$/] } },
          // These start whole programs, threads and models.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          include: ['tests/{contract,migrations,security,electron,cli,parity}/**/*.test.ts', 'src/**/*.process.test.ts']
        }
      }
    ]
  }
})
