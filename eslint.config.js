import { defineConfig } from 'eslint/config'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'
import importLayers from './tools/eslint/import-layers.js'

const local = { rules: { 'import-layers': importLayers } }
const IMPURE_PROPERTIES = [
  { object: 'Date', property: 'now', message: 'Pure code takes time as an input or from the Clock port.' },
  { object: 'Math', property: 'random', message: 'Pure code takes randomness from a Random that it is given.' },
  { object: 'performance', property: 'now', message: 'Pure code takes time as an input or from the Clock port.' },
]
const IMPURE_GLOBALS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'process', 'crypto', 'performance', 'console', 'fetch', 'Buffer']
const IMPURE_SYNTAX = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Pure code takes time as an input.' },
  { selector: 'AwaitExpression', message: 'Pure code is synchronous: one input in, effects out.' },
  { selector: 'FunctionDeclaration[async=true]', message: 'Pure code is synchronous: one input in, effects out.' },
  { selector: 'ArrowFunctionExpression[async=true]', message: 'Pure code is synchronous: one input in, effects out.' },
]
const PURE = ['src/{core,sim}/**/*.ts', 'src/runtime/{ports,driver}/**/*.ts']

export default defineConfig(
  { ignores: ['node_modules/', 'out/', 'dist/', 'test-results/', 'resources/', 'coverage/'] },
  ...tseslint.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', '**/*.vue'] })),
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: {
      parser: vueParser,
      parserOptions: {
        parser: tseslint.parser,
        extraFileExtensions: ['.vue'],
        project: ['./tsconfig.core.json', './tsconfig.node.json', './tsconfig.web.json', './tsconfig.test.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { local, vue },
    rules: {
      'local/import-layers': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
      'no-console': 'off',
      'prefer-const': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }] },
  },
  {
    files: PURE,
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-properties': ['error', ...IMPURE_PROPERTIES],
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-syntax': ['error', ...IMPURE_SYNTAX],
    },
  },
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: ['**/*.vue'] })),
  {
    files: ['**/*.vue'],
    rules: {
      'vue/max-lines-per-block': ['error', { script: 150, template: 150, style: 120, skipBlankLines: true }],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/require-default-prop': 'off',
      'vue/attributes-order': 'off',
    },
  },
)
