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
	{.ops = ALL, .letter = 'u', .name = "url", .key = "URL", .kind = STR,
	    .offset = O(url), .value = "http://h/p"},
	{.ops = ALL, .letter = 'p', .name = "proxy", .key = "Proxy",
	    .kind = STR, .offset = O(proxy), .value = "h:8080"},
	{.ops = ALL, .letter = 'f', .name = "config", .kind = NONE, .offset = 0,
	    .value = "x"},
	{.ops = ALL & ~(unsigned int)OP_GETCAPS, .letter = 'c',
	    .name = "ca-cert", .key = "CACertFile", .kind = STR,
	    .offset = O(ca_cert), .value = "x.crt"},
	{.ops = ALL, .letter = 'i', .name = "ca-identifier",
	    .key = "CAIdentifier", .kind = STR, .offset = O(ca_identifier),
	    .value = "x y"},
	{.ops = ALL, .letter = 'E', .name = "enc-alg", .key = "EncAlgorithm",
	    .kind = STR, .offset = O(enc_alg), .value = "aes256"},
	{.ops = ALL, .letter = 'S', .name = "sig-alg", .key = "SigAlgorithm",
	    .kind = STR, .offset = O(sig_alg), .value = "sha384"},
	{.ops = ALL, .letter = 'W', .name = "wait", .key = "Wait", .kind = NUM,
	    .offset = O(wait), .value = "7"},
	{.ops = ALL, .letter = 'M', .name = "monitor",
	    .key = "MonitorInformation", .kind = LST, .offset = O(monitor),
	    .value = "a=b"},
	{.ops = ALL, .letter = 'v', .name = "verbose", .key = "Verbose",
	    .kind = FLG, .offset = O(verbose)},
	{.ops = ALL, .letter = 'd', .name = "debug", .key = "Debug",
	    .kind = FLG, .offset = O(debug)},
	{.ops = ALL, .letter = 0, .name = "dump-config", .kind = NONE,
	    .offset = 0},
	{.ops = ALL, .letter = 'H', .kind = NONE, .offset = 0},
	{.ops = ALL, .letter = 'h', .name = "help", .kind = NONE, .offset = 0},
	{.ops = ALL, .letter = 0, .name = "help-all", .kind = NONE,
	    .offset = 0},
	{.ops = ALL, .letter = 0, .name = "version", .kind = NONE, .offset = 0},
	{.ops = ALL, .letter = 0, .name = "legacy", .key = "Legacy",
	    .kind = FLG, .offset = O(legacy)},
	{.ops = ALL, .letter = 0, .name = "timeout", .key = "Timeout",
	    .kind = NUM, .offset = O(timeout), .value = "7"},
	{.ops = ALL, .letter = 0, .name = "max-size", .key = "MaxReplySize",
	    .kind = NUM, .offset = O(max_size), .value = "7"},
	{.ops = ALL, .letter = 0, .name = "quiet", .key = "Quiet", .kind = FLG,
	    .offset = O(quiet)},
	{.ops = CA, .letter = 'F', .name = "fingerprint", .key = "FingerPrint",
	    .kind = STR, .offset = O(fp_alg), .value = "sha1"},
	{.ops = OP_GETNEXTCA, .letter = 'C', .name = "ca-chain",
	    .key = "ChainRootCACertFile", .kind = STR, .offset = O(ca_chain),
	    .value = "x.crt"},
	{.ops = OP_GETNEXTCA, .letter = 'w', .name = "signer-cert",
	    .key = "SignerCertificateFile", .kind = STR, .offset = O(output),
	    .value = "x.crt"},
	{.ops = SIGNED, .letter = 'k', .name = "key", .key = "PrivateKeyFile",
	    .kind = STR, .offset = O(key), .value = "x.key"},
	{.ops = MAKES, .letter = 'r', .name = "request", .key = "CertReqFile",
	    .kind = STR, .offset = O(request), .value = "x.csr"},
	{.ops = SIGNED, .letter = 'l', .name = "cert", .key = "LocalCertFile",
	    .kind = STR, .offset = O(local_cert), .value = "x.crt"},
	{.ops = ENROLS, .letter = 'K', .name = "sign-key", .key = "SignKeyFile",
	    .kind = STR, .offset = O(sign_key), .value = "x.key"},
	{.ops = ENROLS, .letter = 'O', .name = "sign-cert",
	    .key = "SignCertFile", .kind = STR, .offset = O(sign_cert),
	    .value = "x.crt"},
	{.ops = OP_GETCERT, .letter = 'O', .name = "issuer-cert",
	    .key = "SignCertFile", .kind = STR, .offset = O(sign_cert),
	    .value = "x"},
	{.ops = OP_GETCRL, .letter = 'O', .name = "target-cert",
	    .key = "SignCertFile", .kind = STR, .offset = O(sign_cert),
	    .value = "x"},
	{.ops = ENROLS, .letter = 'L', .name = "selfsigned",
	    .key = "SelfSignedFile", .kind = STR, .offset = O(selfsigned),
	    .value = "x"},
	{.ops = MAKES, .letter = 't', .name = "poll-interval",
	    .key = "PollInterval", .kind = NUM, .offset = O(poll_interval),
	    .value = "7"},
	{.ops = MAKES, .letter = 'T', .name = "poll-time", .key = "MaxPollTime",
	    .kind = NUM, .offset = O(poll_time), .value = "7"},
	{.ops = MAKES, .letter = 'n', .name = "poll-count",
	    .key = "MaxPollCount", .kind = NUM, .offset = O(poll_count),
	    .value = "7"},
	{.ops = ENROLS, .letter = 'R', .name = "resume", .key = "Resume",
	    .kind = FLG, .offset = O(resume)},
	{.ops = MAKES, .letter = 0, .name = "renewal", .key = "RenewalMessage",
	    .kind = REN, .offset = O(renewal), .value = "19"},
	{.ops = QUERY, .letter = 's', .name = "serial", .key = "GetCertSerial",
	    .kind = STR, .offset = O(serial), .value = "AA:BB"},
	{.ops = OP_GETCERT, .letter = 'w', .name = "output",
	    .key = "GetCertFile", .kind = STR, .offset = O(output),
	    .value = "x.crt"},
	{.ops = OP_GETCRL, .letter = 'w', .name = "output", .key = "GetCrlFile",
	    .kind = STR, .offset = O(output), .value = "x.crl"},
	{.ops = OP_GETCRL, .letter = 0, .name = "if-due", .key = "IfDue",
	    .kind = FLG, .offset = O(if_due)},
	{.ops = RENEWS | OP_GETCRL, .letter = 0, .name = "renew-before",
	    .key = "RenewBefore", .kind = STR, .offset = O(renew_before),
	    .value = "12h"},
	{.ops = SIGNED, .letter = 'e', .name = "enc-cert", .key = "EncCertFile",
	    .kind = STR, .offset = O(enc_cert), .value = "x.crt"},
	{.ops = ENROLS | QUERY, .letter = 'm', .name = "dump-request",
	    .key = "DumpRequestFile", .kind = STR, .offset = O(dump_request),
	    .value = "x.pem"},
	{.ops = SIGNED | CA, .letter = 0, .name = "tolerate", .key = "Tolerate",
	    .kind = TOL, .offset = O(tolerate), .value = "clock"},
	{.ops = SIGNED, .letter = 0, .name = "transaction-id",
	    .key = "TransactionID", .kind = STR, .offset = O(transaction_id),
	    .value = "A-1"},

	{.ops = ALL, .letter = 'g', .name = "engine", .key = "engine",
	    .kind = STR, .offset = O(engine), .value = "pkcs11"},
	{.ops = ALL, .letter = 0, .name = "json", .key = "JSON", .kind = FLG,
	    .offset = O(json)},
	{.ops = ALL, .letter = 0, .name = "no-warn", .key = "NoWarn",
	    .kind = WRN, .offset = O(no_warn), .value = "long-get,chain"},
	{.ops = ALL, .letter = 0, .name = "capabilities", .key = "Capabilities",
	    .kind = STR, .offset = O(capabilities), .value = "AES"},
	{.ops = ALL, .letter = 0, .name = "provider", .key = "Provider",
	    .kind = LST, .offset = O(providers), .value = "x"},
	{.ops = ALL, .letter = 0, .name = "provider-path",
	    .key = "ProviderPath", .kind = LST, .offset = O(provider_paths),
	    .value = "x"},
	{.ops = ALL, .letter = 0, .name = "tls-ca-file", .key = "TLSCAFile",
	    .kind = STR, .offset = O(tls_ca_file), .value = "x"},
	{.ops = ALL, .letter = 0, .name = "tls-ca-dir", .key = "TLSCADir",
	    .kind = STR, .offset = O(tls_ca_dir), .value = "x"},
	{.ops = ALL, .letter = 0, .name = "tls-cert", .key = "TLSCertFile",
	    .kind = STR, .offset = O(tls_cert), .value = "x"},
	{.ops = ALL, .letter = 0, .name = "tls-key", .key = "TLSKeyFile",
	    .kind = STR, .offset = O(tls_key), .value = "x"},
	{.ops = ALL, .letter = 0, .name = "tls-passin", .key = "TLSKeyPassword",
	    .kind = STR, .offset = O(tls_passin), .value = "pass:swordfish"},
	{.ops = ALL, .letter = 0, .name = "tls-insecure", .key = "TLSInsecure",
	    .kind = FLG, .offset = O(tls_insecure)},
	{.ops = SIGNED | OP_GETCA, .letter = 0, .name = "ca-fingerprint",
	    .key = "CAFingerprint", .kind = LST, .offset = O(ca_fingerprints),
	    .value = "00112233445566778899aabbccddeeff"},
	{.ops = MAKES | OP_GETCERT, .letter = 0, .name = "chain",
	    .key = "ChainFile", .kind = STR, .offset = O(chain), .value = "x"},
	{.ops = SIGNED, .letter = 0, .name = "passin", .key = "KeyPassword",
	    .kind = STR, .offset = O(passin), .value = "pass:swordfish"},
	{.ops = ENROLS, .letter = 0, .name = "sign-passin",
	    .key = "SignKeyPassword", .kind = STR, .offset = O(sign_passin),
	    .value = "pass:swordfish"},
	{.ops = MAKES, .letter = 0, .name = "new-key", .key = "NewKey",
	    .kind = STR, .offset = O(new_key), .value = "ec:P-256"},
	{.ops = MAKES, .letter = 0, .name = "key-passout",
	    .key = "NewKeyPassword", .kind = STR, .offset = O(key_passout),
	    .value = "pass:swordfish"},
	{.ops = MAKES, .letter = 0, .name = "subject", .key = "Subject",
	    .kind = STR, .offset = O(subject), .value = "/C=FI/CN=x"},
	{.ops = MAKES, .letter = 0, .name = "san", .key = "SubjectAltName",
	    .kind = LST, .offset = O(altnames), .value = "DNS:x,IP:192.0.2.1"},
	{.ops = MAKES, .letter = 0, .name = "eku", .key = "ExtendedKeyUsage",
	    .kind = LST, .offset = O(purposes), .value = "serverAuth"},
	{.ops = MAKES, .letter = 0, .name = "ku", .key = "KeyUsage",
	    .kind = FLG, .offset = O(key_usage)},
	{.ops = MAKES, .letter = 0, .name = "template",
	    .key = "CertTemplateName", .kind = STR, .offset = O(cert_template),
	    .value = "x"},
	{.ops = SIGNED, .letter = 0, .name = "challenge", .key = "Challenge",
	    .kind = STR, .offset = O(challenge), .value = "pass:swordfish"},
	{.ops = SIGNED, .letter = 0, .name = "rsa-oaep", .key = "RSAOAEP",
	    .kind = FLG, .offset = O(rsa_oaep)},
	{.ops = SIGNED, .letter = 0, .name = "rsa-pss", .key = "RSAPSS",
	    .kind = FLG, .offset = O(rsa_pss)},

	{.ops = RENEWS, .letter = 0, .name = "force", .kind = NONE,
	    .offset = 0},
	{.ops = RENEWS, .letter = 0, .name = "dry-run", .kind = NONE,
	    .offset = 0},
	{.ops = RENEWS, .letter = 0, .name = "forget", .kind = NONE,
	    .offset = 0},
	{.ops = RENEWS, .letter = 0, .name = "renew-with", .key = "RenewWith",
	    .kind = STR, .offset = O(renew.with), .value = "certificate"},
	{.ops = RENEWS, .letter = 0, .name = "bundle", .key = "BundleFile",
	    .kind = STR, .offset = O(renew.bundle), .value = "x"},
	{.ops = RENEWS, .letter = 0, .name = "fullchain",
	    .key = "FullChainFile", .kind = STR, .offset = O(renew.fullchain),
	    .value = "x"},
	{.ops = RENEWS, .letter = 0, .name = "key-mode", .key = "KeyMode",
	    .kind = STR, .offset = O(renew.key_mode), .value = "640"},
	{.ops = RENEWS, .letter = 0, .name = "cert-mode", .key = "CertMode",
	    .kind = STR, .offset = O(renew.cert_mode), .value = "0644"},
	{.ops = RENEWS, .letter = 0, .name = "owner", .key = "Owner",
	    .kind = STR, .offset = O(renew.owner), .value = "x:y"},
	{.ops = RENEWS, .letter = 0, .name = "wait-lock", .key = "WaitLock",
	    .kind = NUM, .offset = O(renew.wait_lock), .value = "7"},
	{.ops = RENEWS, .letter = 0, .name = "jitter", .key = "Jitter",
	    .kind = NUM, .offset = O(renew.jitter), .value = "7"},
	{.ops = RENEWS, .letter = 0, .name = "hook", .key = "Hook", .kind = STR,
	    .offset = O(renew.hook), .value = "x"},
	{.ops = RENEWS, .letter = 0, .name = "hook-timeout",
	    .key = "HookTimeout", .kind = NUM, .offset = O(renew.hook_timeout),
	    .value = "7"},
	{.ops = RENEWS, .letter = 0, .name = "hook-optional",
	    .key = "HookOptional", .kind = FLG,
	    .offset = O(renew.hook_optional)},

	{.ops = OP_CHECK, .letter = 0, .name = "local", .kind = FLG,
	    .offset = O(check_local)},
	{.ops = OP_CHECK, .letter = 0, .name = "next", .kind = FLG,
	    .offset = O(check_next)},
};
/* clang-format on */

void promise_add_required(struct run *r, enum op op, char but)
{
	static const struct {
		const char *letter;
		unsigned int ops;
	} required[] = {
	    {.letter = "-u", .ops = ALL},
	    {.letter = "-c", .ops = CA | SIGNED},
	    {.letter = "-C", .ops = OP_GETNEXTCA},
	    {.letter = "-k", .ops = SIGNED},
	    {.letter = "-r", .ops = OP_ENROLL},
	    {.letter = "-l", .ops = SIGNED},
	    {.letter = "-s", .ops = OP_GETCERT},
	    {.letter = "-w", .ops = QUERY},
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
