import { spawnSync } from 'node:child_process';

/** The end-to-end tests run the built command, so the build has to be of today. */
export default function build(): void {
  const { status } = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) throw new Error('the build failed, see above');
}
