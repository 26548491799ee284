import { generate } from 'selfsigned';

/** A key and the certificate that it signed for itself, both as PEM. */
export type Certificate = { readonly key: string; readonly cert: string };

/** How long before and after its making the certificate holds, in days; before, for clients whose clock is slow. */
const VALID_BEFORE_DAYS = 1;
const VALID_AFTER_DAYS = 3_650;
const DAY_MS = 86_400_000;

/** A certificate for `127.0.0.1` and `localhost` that is its own authority, with a P-256 key: quicker to make than RSA. */
export async function createCertificate(commonName: string, nowMs: number): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(nowMs - VALID_BEFORE_DAYS * DAY_MS),
    notAfterDate: new Date(nowMs + VALID_AFTER_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { key, cert };
}
