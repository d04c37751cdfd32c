"""Create the CA and the server, and connect them."""

import clock
import faults_http      # noqa: F401  (fills the table of faults)
import faults_many      # noqa: F401
import faults_message   # noqa: F401
import journal
import keys
import newkeys
import pki
import responder
import server
import tls


def start(options):
    """A server that accepts connections at the port in DIR/port."""
    if options.reply_kem:
        newkeys.require_kem()
    clock.file = options.clock
    store = keys.Store(options.dir, options.keys)
    authority = pki.Authority(store, options.profile, options.order,
                              options.ca_usage, options.ca_expired,
                              options.ca_key, options.cert_digest,
                              options.ra_purpose, options.ra_expired,
                              (options.ra_sign_key, options.ra_enc_key),
                              options.next_ca_key)
    answers = responder.Responder(options, authority, journal.Journal(store))
    http = server.Server(options, answers.handle,
                         tls.context(authority) if options.tls else None)
    http.start()
    keys.write_file(store.path("port"), b"%d\n" % http.port)
    return http
