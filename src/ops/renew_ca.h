/* renew_ca.h: the CA certificates of -c, when they are not there. */
#ifndef OPS_RENEW_CA_H
#define OPS_RENEW_CA_H

#include "session.h"
#include "util/status.h"

/*
 * If there are none, requests them and writes those that --ca-fingerprint lets
 * through, all to the file of -c.  After reporting: ST_FILE without a
 * --ca-fingerprint; else as session_get().
 */
enum status renew_ca_provide(struct session *session);

#endif
