/* renew_next.h: a CA whose certificate ends, and the next one. */
#ifndef OPS_RENEW_NEXT_H
#define OPS_RENEW_NEXT_H

#include "session.h"

/*
 * With --ca-fingerprint: when less than 20 % of the life of the CA certificate,
 * and less than 180 days, is left, and the CA announces GetNextCACert (RFC 8894,
 * 4.7), requests the next certificates, once a day at most.  Those that are
 * signed by a CA that the pins let through are added to CA.next, see
 * trust_read_pins().  A failure is a warning.
 */
void renew_next_fetch(struct session *session);

/*
 * When CA.next has certificates that are valid, or will be and --tolerate clock is
 * given, and not in -c, the CA is asked whether it has changed to them: see
 * renew_ca_refresh().
 */
void renew_next_use(struct session *session);

#endif
