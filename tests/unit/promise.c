#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixtures.h"
#include "promise.h"
#include "run.h"

static enum status run_nothing(struct session *session)
{
	(void)session;
	return ST_OK;
}

#define OPERATION(upper, lower) \
	const struct operation op_##lower = {.op = OP_##upper, \
	    .name = #lower, \
	    .help = "Help on " #lower, \
	    .run = run_nothing, \
	    .borrows = OP_##upper == OP_CHECK ? OP_ENROLL | OP_RENEW : 0};
OPS_LIST(OPERATION)

/* clang-format off */
const struct promise contract[] = {
	{ALL, 'u', "url", "URL", STR, O(url), "http://h/p"},
	{ALL, 'p', "proxy", "Proxy", STR, O(proxy), "h:8080"},
	{ALL, 'f', "config", NULL, NONE, 0, "x"},
	{ALL & ~(unsigned int)OP_GETCAPS, 'c', "ca-cert", "CACertFile", STR,
	    O(ca_cert), "x.crt"},
	{ALL, 'i', "ca-identifier", "CAIdentifier", STR, O(ca_identifier), "x y"},
	{ALL, 'E', "enc-alg", "EncAlgorithm", STR, O(enc_alg), "aes256"},
	{ALL, 'S', "sig-alg", "SigAlgorithm", STR, O(sig_alg), "sha384"},
	{ALL, 'W', "wait", "Wait", NUM, O(wait), "7"},
	{ALL, 'M', "monitor", "MonitorInformation", LST, O(monitor), "a=b"},
	{ALL, 'v', "verbose", "Verbose", FLG, O(verbose), NULL},
	{ALL, 'd', "debug", "Debug", FLG, O(debug), NULL},
	{ALL, 0, "dump-config", NULL, NONE, 0, NULL},
	{ALL, 'H', NULL, NULL, NONE, 0, NULL},
	{ALL, 'h', "help", NULL, NONE, 0, NULL},
	{ALL, 0, "help-all", NULL, NONE, 0, NULL},
	{ALL, 0, "version", NULL, NONE, 0, NULL},
	{ALL, 0, "legacy", "Legacy", FLG, O(legacy), NULL},
	{ALL, 0, "timeout", "Timeout", NUM, O(timeout), "7"},
	{ALL, 0, "max-size", "MaxReplySize", NUM, O(max_size), "7"},
	{ALL, 0, "quiet", "Quiet", FLG, O(quiet), NULL},
	{CA, 'F', "fingerprint", "FingerPrint", STR, O(fp_alg), "sha1"},
	{OP_GETNEXTCA, 'C', "ca-chain", "ChainRootCACertFile", STR,
	    O(ca_chain), "x.crt"},
	{OP_GETNEXTCA, 'w', "signer-cert", "SignerCertificateFile", STR,
	    O(output), "x.crt"},
	{SIGNED, 'k', "key", "PrivateKeyFile", STR, O(key), "x.key"},
	{MAKES, 'r', "request", "CertReqFile", STR, O(request), "x.csr"},
	{SIGNED, 'l', "cert", "LocalCertFile", STR, O(local_cert), "x.crt"},
	{ENROLS, 'K', "sign-key", "SignKeyFile", STR, O(sign_key), "x.key"},
	{ENROLS, 'O', "sign-cert", "SignCertFile", STR, O(sign_cert), "x.crt"},
	{OP_GETCERT, 'O', "issuer-cert", "SignCertFile", STR, O(sign_cert), "x"},
	{OP_GETCRL, 'O', "target-cert", "SignCertFile", STR, O(sign_cert), "x"},
	{ENROLS, 'L', "selfsigned", "SelfSignedFile", STR, O(selfsigned), "x"},
	{MAKES, 't', "poll-interval", "PollInterval", NUM,
	    O(poll_interval), "7"},
	{MAKES, 'T', "poll-time", "MaxPollTime", NUM, O(poll_time), "7"},
	{MAKES, 'n', "poll-count", "MaxPollCount", NUM, O(poll_count), "7"},
	{ENROLS, 'R', "resume", "Resume", FLG, O(resume), NULL},
	{MAKES, 0, "renewal", "RenewalMessage", REN, O(renewal), "19"},
	{QUERY, 's', "serial", "GetCertSerial", STR, O(serial), "AA:BB"},
	{OP_GETCERT, 'w', "output", "GetCertFile", STR, O(output), "x.crt"},
	{OP_GETCRL, 'w', "output", "GetCrlFile", STR, O(output), "x.crl"},
	{OP_GETCRL, 0, "if-due", "IfDue", FLG, O(if_due), NULL},
	{RENEWS | OP_GETCRL, 0, "renew-before", "RenewBefore", STR,
	    O(renew_before), "12h"},
	{SIGNED, 'e', "enc-cert", "EncCertFile", STR, O(enc_cert), "x.crt"},
	{ENROLS | QUERY, 'm', "dump-request", "DumpRequestFile", STR, O(dump_request), "x.pem"},
	{SIGNED | CA, 0, "tolerate", "Tolerate", TOL, O(tolerate),
	    "clock"},
	{SIGNED, 0, "transaction-id", "TransactionID", STR, O(transaction_id),
	    "A-1"},

	{ALL, 'g', "engine", "engine", STR, O(engine), "pkcs11"},
	{ALL, 0, "json", "JSON", FLG, O(json), NULL},
	{ALL, 0, "no-warn", "NoWarn", WRN, O(no_warn), "long-get,chain"},
	{ALL, 0, "capabilities", "Capabilities", STR, O(capabilities), "AES"},
	{ALL, 0, "provider", "Provider", LST, O(providers), "x"},
	{ALL, 0, "provider-path", "ProviderPath", LST, O(provider_paths), "x"},
	{ALL, 0, "tls-ca-file", "TLSCAFile", STR, O(tls_ca_file), "x"},
	{ALL, 0, "tls-ca-dir", "TLSCADir", STR, O(tls_ca_dir), "x"},
	{ALL, 0, "tls-cert", "TLSCertFile", STR, O(tls_cert), "x"},
	{ALL, 0, "tls-key", "TLSKeyFile", STR, O(tls_key), "x"},
	{ALL, 0, "tls-passin", "TLSKeyPassword", STR, O(tls_passin),
	    "pass:swordfish"},
	{ALL, 0, "tls-insecure", "TLSInsecure", FLG, O(tls_insecure), NULL},
	{SIGNED | OP_GETCA, 0, "ca-fingerprint", "CAFingerprint", LST,
	    O(ca_fingerprints), "00112233445566778899aabbccddeeff"},
	{MAKES | OP_GETCERT, 0, "chain", "ChainFile", STR, O(chain), "x"},
	{SIGNED, 0, "passin", "KeyPassword", STR, O(passin), "pass:swordfish"},
	{ENROLS, 0, "sign-passin", "SignKeyPassword", STR, O(sign_passin),
	    "pass:swordfish"},
	{MAKES, 0, "new-key", "NewKey", STR, O(new_key), "ec:P-256"},
	{MAKES, 0, "key-passout", "NewKeyPassword", STR, O(key_passout),
	    "pass:swordfish"},
	{MAKES, 0, "subject", "Subject", STR, O(subject), "/C=FI/CN=x"},
	{MAKES, 0, "san", "SubjectAltName", LST, O(altnames),
	    "DNS:x,IP:192.0.2.1"},
	{MAKES, 0, "eku", "ExtendedKeyUsage", LST, O(purposes),
	    "serverAuth"},
	{MAKES, 0, "ku", "KeyUsage", FLG, O(key_usage), NULL},
	{MAKES, 0, "template", "CertTemplateName", STR, O(cert_template),
	    "x"},
	{SIGNED, 0, "challenge", "Challenge", STR, O(challenge),
	    "pass:swordfish"},
	{SIGNED, 0, "rsa-oaep", "RSAOAEP", FLG, O(rsa_oaep), NULL},
	{SIGNED, 0, "rsa-pss", "RSAPSS", FLG, O(rsa_pss), NULL},

	{RENEWS, 0, "force", NULL, NONE, 0, NULL},
	{RENEWS, 0, "dry-run", NULL, NONE, 0, NULL},
	{RENEWS, 0, "forget", NULL, NONE, 0, NULL},
	{RENEWS, 0, "renew-with", "RenewWith", STR, O(renew.with),
	    "certificate"},
	{RENEWS, 0, "bundle", "BundleFile", STR, O(renew.bundle), "x"},
	{RENEWS, 0, "fullchain", "FullChainFile", STR, O(renew.fullchain), "x"},
	{RENEWS, 0, "key-mode", "KeyMode", STR, O(renew.key_mode), "640"},
	{RENEWS, 0, "cert-mode", "CertMode", STR, O(renew.cert_mode), "0644"},
	{RENEWS, 0, "owner", "Owner", STR, O(renew.owner), "x:y"},
	{RENEWS, 0, "wait-lock", "WaitLock", NUM, O(renew.wait_lock), "7"},
	{RENEWS, 0, "jitter", "Jitter", NUM, O(renew.jitter), "7"},
	{RENEWS, 0, "hook", "Hook", STR, O(renew.hook), "x"},
	{RENEWS, 0, "hook-timeout", "HookTimeout", NUM, O(renew.hook_timeout),
	    "7"},
	{RENEWS, 0, "hook-optional", "HookOptional", FLG,
	    O(renew.hook_optional), NULL},

	{OP_CHECK, 0, "local", NULL, FLG, O(check_local), NULL},
	{OP_CHECK, 0, "next", NULL, FLG, O(check_next), NULL},
};
/* clang-format on */

void promise_add_required(struct run *r, enum op op, char but)
{
	static const struct {
		const char *letter;
		unsigned int ops;
	} required[] = {
	    {"-u", ALL},
	    {"-c", CA | SIGNED},
	    {"-C", OP_GETNEXTCA},
	    {"-k", SIGNED},
	    {"-r", OP_ENROLL},
	    {"-l", SIGNED},
	    {"-s", OP_GETCERT},
	    {"-w", QUERY},
	};
	size_t i;

	for (i = 0; i < NITEMS(required); i++) {
		if (!(required[i].ops & op) || required[i].letter[1] == but)
			continue;
		run_add(r, required[i].letter);
		run_add(r, "required");
	}
	if ((op & ENROLS) && (but == 'K' || but == 'O')) {
		run_add(r, but == 'K' ? "-O" : "-K");
		run_add(r, "required");
	}
}

void promise_add_for(struct run *r, enum op op, const struct promise *p)
{
	const char *field = (const char *)&r->options + p->offset;

	promise_add_required(r, op, p->letter);
	if (field < (const char *)&r->options.new_key ||
	    field >= (const char *)&r->options.passin)
		return;
	if (strcmp(p->name, "subject") != 0)
		run_add(r, "--subject=/CN=x");
	if (strcmp(p->name, "new-key") != 0)
		run_add(r, "--new-key=ec:P-256");
}
