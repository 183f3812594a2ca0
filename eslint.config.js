import tseslint from 'typescript-eslint';

const NO_CLOCK = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'The core has no clock: take the time as a parameter.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'The core has no clock: take the time as a parameter.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'The core has no dice: take the choice as a parameter.',
  },
];

/** Vitest's own limit is a second: on a busy machine such a test fails by the clock. */
const SHORT_PATIENCE = {
  selector:
    'CallExpression[arguments.length<2][callee.property.name=/^(waitFor|waitUntil|poll)$/][callee.object.name=/^(vi|expect)$/]',
  message: 'Give the limit of the wait: PATIENCE of test/patience.ts.',
};

export default tseslint.config(
  {
    ignores: [
      'dist',
      'coverage',
      '.contract',
      '.stryker',
      '.bench',
      'node_modules',
      '**/*.gen.ts',
      '.dependency-cruiser.cjs',
      'eslint.config.js',
      'scripts',
      'bin',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Our interfaces are records of closures; none of them uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: false, skipComments: false }],
      complexity: ['error', 12],
      'max-params': ['error', 4],
    },
  },
  {
    files: ['src/engine/**', 'src/rules/**', 'src/domain/**'],
    rules: { 'no-restricted-syntax': ['error', ...NO_CLOCK] },
  },
  {
    // A page is one function, and mostly markup.
    files: ['dashboard/**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 90, skipBlankLines: false, skipComments: false }] },
  },
  {
    files: ['test/**', 'bench/**', '*.config.ts'],
    rules: {
      'no-restricted-syntax': ['error', SHORT_PATIENCE],
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
