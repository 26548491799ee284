import { plainText } from '../plain-text.ts';

type Explanation = { readonly cause: string; readonly nextStep: string };

const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
]);

/**
 * Explains a failed TLS handshake with the API server at `where` by the code that Node or OpenSSL gives it; undefined for a
 * code that is none of TLS.
 */
export function explainCertificate(code: string, where: string, exception: unknown): Explanation | undefined {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const words = code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet';
    return {
      cause: `the certificate of ${where} ${words}`,
      nextStep: 'Check the clock of this machine; else the cluster needs a new certificate.',
    };
  }
  if (UNKNOWN_AUTHORITY.has(code)) {
    return {
      cause: `the certificate of ${where} is signed by an unknown authority`,
      nextStep:
        'Was the cluster made anew? Then fetch its kubeconfig again; else correct certificate-authority.',
    };
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(where, exception);
  if (/^ERR_SSL_.*ALERT/.test(code)) {
    return {
      cause: `the server ${where} does not accept the client certificate (${words(code)})`,
      nextStep: 'Renew client-certificate in the kubeconfig: it may have expired, or be of another cluster.',
    };
  }
  if (code === 'EPROTO' || /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST)/.test(code)) {
    return {
      cause: `the server ${where} does not speak TLS`,
      nextStep: 'Check the address and the port of server in the kubeconfig; is it http://?',
    };
  }
  if (!/CERT|SIGNED|SSL|TLS|_CRL_|PEM/.test(code)) return undefined;
  return {
    cause: `no secure connection to ${where} (${words(code)})`,
    nextStep: 'Check the certificates in the kubeconfig, and the clock of this machine.',
  };
}

/** Node says for which names the certificate is: `DNS:kubernetes, IP Address:10.96.0.1`. */
function wrongName(where: string, exception: unknown): Explanation {
  const { cert } = deepest(exception) as { readonly cert?: { readonly subjectaltname?: unknown } };
  const names = String(cert?.subjectaltname ?? '').replace(/\b(DNS|IP Address):/g, '');
  const others = names === '' ? 'another name' : plainText(names, 160);
  return {
    cause: `the certificate of ${where} is for ${others}`,
    nextStep: 'Set tls-server-name of the cluster in the kubeconfig to one of these, or correct server.',
  };
}

function deepest(exception: unknown): object {
  if (!(exception instanceof Error)) return {};
  return exception.cause instanceof Error ? deepest(exception.cause) : exception;
}

/** `ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED` as `certificate required`. */
function words(code: string): string {
  return plainText(code, 80)
    .replace(/^ERR_(SSL|TLS)_/, '')
    .replace(/^(TLSV\d+|SSLV\d+)_/, '')
    .replace(/^ALERT_/, '')
    .replaceAll('_', ' ')
    .toLowerCase();
}
