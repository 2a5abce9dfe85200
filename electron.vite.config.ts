import { resolve } from 'node:path'
import { defineConfig } from 'electron-vite'
import vue from '@vitejs/plugin-vue'

const source = (path: string): string => resolve(import.meta.dirname, 'src', path)

export default defineConfig({
  main: {
    build: {
      target: 'node22',
      rollupOptions: {
        input: {
          index: source('main/index.ts'),
          cli: source('main/cli/main.ts'),
          'core-process': source('main/core/process.ts'),
          'catalogue-thread': source('main/core/operations/thread.ts'),
          'media-process': source('main/core/media/process.ts'),
          'validation-process': source('main/core/exchange/validation/process.ts'),
          'inventory-thread': source('main/core/inventory/thread.ts'),
          'inference-process': source('main/core/inference/process.ts'),
          'learning-thread': source('main/core/adaptation/thread.ts'),
          'inference-thread': source('main/core/inference/thread.ts')
        },
        // Threads and child processes are found beside the module that starts them (core/entries.ts).
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' }
      }
    }
  },
  preload: {
    build: {
      // A sandboxed preload is a single CommonJS file that can require nothing but 'electron'.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: source('preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' }
      }
    }
  },
  renderer: {
    root: source('renderer'),
    plugins: [vue()],
    build: {
      target: 'chrome140',
      minify: true,
      // Every asset keeps its own URL: the content security policy allows no data: scripts or styles.
      assetsInlineLimit: 0,
      rollupOptions: { input: { index: source('renderer/index.html') } }
    }
  }
})
