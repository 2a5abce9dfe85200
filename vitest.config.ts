import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'node', environment: 'node', include: ['src/{shared,main,preload}/**/*.test.ts', 'scripts/**/*.test.ts'] }
      },
      { extends: true, test: { name: 'page', environment: 'happy-dom', include: ['src/renderer/**/*.test.ts'] } },
      {
        extends: true,
        test: { name: 'contract', environment: 'node', include: ['tests/{contract,migrations,security,electron,cli,parity}/**/*.test.ts'] }
      }
    ]
  }
})
