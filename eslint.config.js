import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import { noRemoteAddress } from './scripts/lint/no-remote-address.js'

const fitxa = { rules: { 'no-remote-address': noRemoteAddress } }

export default tseslint.config(
  {
    ignores: [
      'out/**',
      'dist/**',
      'node_modules/**',
      '.runtime/**',
      '.venv/**',
      'trainer/**',
      'resources/**',
      'tests/fixtures/**',
      'playwright-report/**',
      'test-results/**'
    ]
  },
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.{ts,vue,js,mjs}'],
    plugins: { fitxa },
    languageOptions: { parserOptions: { parser: tseslint.parser, ecmaVersion: 'latest', sourceType: 'module' } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      eqeqeq: 'error',
      'max-lines': ['error', { max: 400, skipComments: true, skipBlankLines: true }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only: a name is found by search, a default export is not.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union or a zod enum: Node runs our sources without emitting code.' }
      ],
      'no-restricted-properties': [
        'error',
        {
          object: 'shell',
          property: 'openExternal',
          message: 'Fitxa opens no outside address.'
        }
      ],
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error'
    }
  },
  { files: ['src/**/*.{ts,vue}'], rules: { 'fitxa/no-remote-address': 'error' } },
  {
    files: ['**/*.test.ts', '**/*.fixture.ts', 'tests/**'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'fitxa/no-remote-address': 'off' }
  },
  { files: ['scripts/**', 'src/main/cli/**', 'tests/**'], rules: { 'no-console': 'off' } },
  {
    files: ['*.config.ts', '*.config.js', '.dependency-cruiser.js', 'electron-builder.ts', 'src/**/*.vue'],
    rules: { 'no-restricted-syntax': 'off' }
  },
  prettier
)
