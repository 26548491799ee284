import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createCertificate } from '../../src/demo/certificate.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const { cert } = await createCertificate('weighbridge-demo', now);

describe('the certificate', () => {
  const certificate = new X509Certificate(cert);

  it('is signed with its own key, as an authority', () => {
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.ca).toBe(true);
    expect(certificate.subject).toBe('CN=weighbridge-demo');
  });

  it('holds for the loopback address and its name, and for nothing else', () => {
    expect(certificate.subjectAltName).toBe('IP Address:127.0.0.1, DNS:localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkHost('example.com')).toBeUndefined();
  });

  it('holds from the day before for ten years', () => {
    expect([certificate.validFrom, certificate.validTo]).toEqual([
      'Nov 22 12:00:00 2026 GMT',
      'Nov 20 12:00:00 2036 GMT',
    ]);
  });

  it('has a serial number of its own, always well formed', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => createCertificate('x', now)));
    const serials = made.map(({ cert }) => new X509Certificate(cert).serialNumber);
    expect(new Set(serials).size).toBe(20);
  });
});
