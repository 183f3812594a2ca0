import { spawnSync } from 'node:child_process';

/** The end-to-end tests run the built command with the built dashboard, so the build has to be of today. */
export default function build(): void {
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error('the build failed, see above');
}
