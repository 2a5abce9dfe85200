/**
 * The content security policy of the page: its own scripts, styles with the nonce of this one
 * response, its own pictures and addresses, nothing else from anywhere. Both shells send it with every reply.
 */
export function contentSecurityPolicy(nonce: string | null): string {
  const directives = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': nonce === null ? "'self'" : `'self' 'nonce-${nonce}'`,
    'img-src': "'self' blob: data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'frame-ancestors': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'"
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** Device features that the page never uses, and that injected code must not use either. */
const refusedFeatures = ['camera', 'display-capture', 'geolocation', 'hid', 'microphone', 'midi', 'payment', 'serial', 'usb']

/** Headers of every reply of a shell; `nonce` only for the page itself. */
export function pageHeaders(nonce: string | null): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': refusedFeatures.map((feature) => `${feature}=()`).join(', ')
  }
}
