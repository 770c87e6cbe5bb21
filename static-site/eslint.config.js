import js from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import { readdirSync } from 'node:fs';
import tseslint from 'typescript-eslint';

// The arrows of the tree: app -> features -> shared. A feature never knows another one; a route puts them together.
const features = readdirSync(new URL('./src/features', import.meta.url));

const forbidden = (files, group, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
});

const zones = [
  ...features.flatMap((name) => {
    const others = ['@/app/**', '@/features/**', `!@/features/${name}`, `!@/features/${name}/**`];
    const message = 'A feature never imports another feature or the app; let the route compose them.';
    return [
      forbidden([`src/features/${name}/*`], [...others, '../**'], message),
      forbidden([`src/features/${name}/*/**`], [...others, '../../**'], message),
    ];
  }),
  forbidden(
    ['src/shared/**'],
    ['@/app/**', '@/features/**', '../../**'],
    'Shared code serves features, not the other way round.',
  ),
];

export default tseslint.config(
  { ignores: ['dist', 'src/shared/api/schema.d.ts'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  { languageOptions: { globals: { ...globals.browser } } },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      // Nothing is memoized by the React Compiler here, so what it cannot memoize is no concern.
      'react-hooks/incompatible-library': 'off',
      'max-lines': ['error', 400],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  ...zones,
);
