import { expect, it } from 'vitest';
import { openInBrowser, whyNoBrowser } from '../../src/session/open-browser.ts';

it.each([
  ['linux', { DISPLAY: ':0' }, undefined],
  ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, undefined],
  ['linux', { WSL_DISTRO_NAME: 'Ubuntu' }, undefined],
  ['linux', {}, 'there is no display'],
  ['darwin', {}, undefined],
  ['win32', {}, undefined],
  [
    'darwin',
    { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22' },
    'this terminal is on another computer than your browser',
  ],
  [
    'linux',
    { SSH_TTY: '/dev/pts/1', DISPLAY: 'localhost:10.0' },
    'this terminal is on another computer than your browser',
  ],
] as const)('on %s with %j a browser is kept closed because: %s', (platform, env, reason) => {
  expect(whyNoBrowser(env, platform)).toBe(reason);
});

it('says the address where no browser can be opened', async () => {
  const env = { SSH_TTY: '/dev/pts/1' };
  const urls = ['http://localhost:8080', 'http://localhost:8081'];
  expect(await openInBrowser(urls, env)).toEqual({
    isOpened: false,
    words:
      'this terminal is on another computer than your browser: the address is http://localhost:8080 and http://localhost:8081',
  });
});
