/* Unit test of options/files.c and options/engineconf.c: files of -f. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixtures.h"
#include "promise.h"
#include "run.h"

#define AN_ESCAPE \
	" is an escape, for a control character; write / or \\\\ if a " \
	"backslash is meant\n"

#define DROPPED(c) \
	"the backslash before " c " is left out; write / or \\\\ " \
	"[config-syntax]\n"
#define EMPTY "the value is empty, and counts as absent [no-effect]\n"
#define CUT \
	"the # ends the value; quote it if the # belongs to it " \
	"[config-syntax]\n"
#define PIN_TEXT "00112233445566778899aabbccddeeff"
#define CUT_AT   "a # ends the value before an @: quote the value\n"

static const struct saying files[] = {
    {"x\n", {UFILE}, ST_FILE,
	"P: t.conf:1: x has no value: write KEY = VALUE\n"},
    {"\nTimeout = 0\n", {UFILE}, ST_FILE,
	"P: t.conf:2: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"Verbose = maybe\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Verbose: maybe is neither yes nor no\n"},
    /* Nothing behind = counts as absent, be it the last value. */
    {"Verbose =\nNoWarn = # none\nTimeout = \\\n\nengine =\n", {UFILE}, ST_OK,
	""},
    {"Timeout = x\nTimeout =\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: Timeout is given twice, this value is used "
	"[given-twice]\n"},
    {"Timeout = 1\nTimeout =\nTimeout 0\n", {UFILE}, ST_FILE,
	"P: warning: t.conf:3: Timeout is given twice, this value is used "
	"[given-twice]\n"
	"P: t.conf:3: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"[sscep_getcaps]\nTimeout = 3\nTimeout =\n[sscep]\nTimeout = 0\n", {UFILE},
	ST_FILE,
	"P: warning: t.conf:3: Timeout is given twice, this value is used "
	"[given-twice]\n"
	"P: t.conf:5: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"Timeout = \" 10 \"\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Timeout: \" 10 \" is not a number from 1 to "
	"2147483647\n"},
    {"Verbose = \"yes \"\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Verbose: \"yes \" is neither yes nor no\n"},
    {"dri = /x\nurk = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key dri [unknown-key]\n"
	"P: warning: t.conf:2: unknown key urk (did you mean URL?) "
	"[unknown-key]\n"},
    /* So does one that is written as empty, or becomes so, with a warning. */
    {"[sscep_getcaps]\nTimeout ''\n[sscep]\nTimeout = 0\n", {UFILE}, ST_FILE,
	"P: t.conf:2: Timeout: '' is not a number from 1 to 2147483647\n"},
    {"[sscep_getcaps]\nTimeout = ''\n[sscep]\nTimeout = 0\n", {UFILE}, ST_FILE,
	"P: warning: t.conf:2: Timeout: " EMPTY
	"P: t.conf:4: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {"Proxy = ${ENV::SSCEP_EMPTY}\nResume \"\"\nKeyPassword = ''\n",
	{ENROLL, "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:1: Proxy: " EMPTY
	"P: warning: t.conf:2: Resume: " EMPTY
	"P: warning: t.conf:3: KeyPassword: " EMPTY},
    {"MonitorInformation = ''\nMonitorInformation = a=b\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: MonitorInformation: " EMPTY},
    /* A # that a name may have in it, unless a blank is before it. */
    {"[sscep_enroll]\nSubject = /CN=a#1\nSubjectAltName = URI:http://a/#1\n"
     "CertTemplateName = t#1\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:2: Subject: " CUT
	"P: warning: t.conf:3: SubjectAltName: " CUT
	"P: warning: t.conf:4: CertTemplateName: " CUT},
    {"[sscep_enroll]\nSubject = /CN=a #1\nSubjectAltName = 'DNS:a'\n"
     "CertTemplateName = \"t#1\"\nCertReqFile = a#1\n",
	{UFILE}, ST_OK, ""},
    /* Not where a check would be lost. */
    {"TLSCAFile = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSCAFile: the value is empty\n"},
    {"TLSCADir \"\"\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSCADir: the value is empty\n"},
    {"EncAlgorithm = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: EncAlgorithm: the value is empty\n"},
    {"SigAlgorithm = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: SigAlgorithm: the value is empty\n"},
    {"Capabilities = ''\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Capabilities: the value is empty\n"},
    {"NoWarn = ''\n", {UFILE}, ST_OK, "P: warning: t.conf:1: NoWarn: " EMPTY},
    {"Proxy \"\"\n", {UFILE}, ST_OK, "P: warning: t.conf:1: Proxy: " EMPTY},
    {"d =\nTLSCADir = $d\n", {UFILE}, ST_FILE,
	"P: t.conf:2: TLSCADir: the value is empty\n"},
    {"d =\nTimeout = $d\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: Timeout: " EMPTY},
    {"Verbose \"\"\n", {UFILE}, ST_OK, "P: warning: t.conf:1: Verbose: " EMPTY},
    {"CAIdentifier = ''\n", {UFILE}, ST_OK, ""},
    {"CAFingerprint = \"\"\n", {"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: CAFingerprint: the value is empty\n"},
    {"CAFingerprint \"\"\n", {"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: CAFingerprint: the value is empty\n"},
    {"pin = # later\nCAFingerprint = ${pin}\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:2: CAFingerprint: the value is empty\n"},
    {"CAFingerprint = # later\n", {"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:1: CAFingerprint has no value, and pins no CA "
	"[no-effect]\n"},
    {"CAFingerprint = " PIN_TEXT "\n[sscep_getca]\nCAFingerprint =\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:3: CAFingerprint has no value; that of line 1 "
	"holds [no-effect]\n"},
    {"CAFingerprint =\nCAFingerprint = " PIN_TEXT "\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:1: CAFingerprint has no value; that of line 2 "
	"holds [no-effect]\n"},
    {"[sscep_enroll]\nCAFingerprint = " PIN_TEXT "\n[sscep]\nCAFingerprint =\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK,
	"P: warning: t.conf:4: CAFingerprint has no value, and pins no CA "
	"[no-effect]\n"},
    {"[sscep_getca]\nCAFingerprint = " PIN_TEXT "\n[sscep]\nCAFingerprint =\n",
	{"getca", "-uu", "-cc", "-f" RUN_FILE}, ST_OK, ""},
    {"engine = e\n[e]\nengine_id = a\nENGINE_ID = b\nPIN = 1\nPIN = 2\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:4: ENGINE_ID is given twice, this value is used "
	"[given-twice]\n"},
    {"engine = e\n[e]\ndynamic_path = ''\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: dynamic_path: " EMPTY},
    {"d =\nengine = e\n[e]\nPIN = $d\n", {UFILE}, ST_OK,
	"P: warning: t.conf:4: PIN: " EMPTY},
    {"Xyzzy =\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key Xyzzy [unknown-key]\n"},
    /* Escapes in paths and URLs, also by a variable. */
    {"CACertFile = C:\\new\\ca.crt\n", {"getca", "-uu", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: CACertFile: \\n" AN_ESCAPE},
    {"d = C:\\temp\nTLSCADir = $d/x\n", {UFILE}, ST_FILE,
	"P: t.conf:2: TLSCADir: \\t" AN_ESCAPE},
    {"TLSKeyFile = \\root\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyFile: \\r" AN_ESCAPE},
    {"URL = http://h\\b\n", {UFILE}, ST_OK, ""},
    {"URL = http://h\\b\n", {"getcaps", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: URL: \\b" AN_ESCAPE},
    {"TLSKeyPassword = file:C:\\new\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: \\n" AN_ESCAPE},
    {"TLSKeyPassword = pass:a\\tb\nCAIdentifier = a\\tb\n"
     "TLSKeyFile = C:\\\\new\nTLSCADir C:\\new\nTLSCAFile = 'C:\\\\new'\n",
	{UFILE}, ST_OK, ""},
    {"TLSCADir = C:\\scep\\ca\nTLSCAFile = 'C:\\new'\n"
     "d = \"C:\\d\"\nTLSCertFile = $d/x\nCAIdentifier = a\\b\\c\n"
     "engine = e\n[e]\nMODULE_PATH = C:\\p11\nX = a\\c\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:1: TLSCADir: " DROPPED(
	    "s") "P: warning: t.conf:2: "
		 "TLSCAFile: " DROPPED("n") "P: warning: t.conf:4: "
					    "TLSCertFile: " DROPPED(
						"d") "P: warning: "
						     "t.conf:8: "
						     "MODULE_PATH:"
						     " " DROPPED("p")},
    {"URL = http://h\\x\nTLSKeyPassword = file:C:\\p\n"
     "SignKeyPassword = pass:\\p\nTLSKeyFile = a\\ \\#\\$\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:1: URL: " DROPPED(
	    "x") "P: warning: t.conf:2: TLSKeyPassword: " DROPPED("p")},
    /* What an unquoted # cuts off a secret. */
    {"KeyPassword = pass:a#b\nTLSKeyPassword = pass:a #b\n"
     "SignKeyPassword = \"pass:a#b\" # c\n",
	{UFILE}, ST_OK, "P: warning: t.conf:1: KeyPassword: " CUT},
    {"KeyPassword = file:a#b\n[e]\nPIN = 12#34\n[f]\nb = 1#2\nc = $b\n"
     "PIN = $c\n[sscep]\nengine = e\nCAIdentifier = a#b\n"
     "TLSKeyFile = pkcs11:?pin-value=1#2\n",
	{UFILE}, ST_OK,
	"P: warning: t.conf:1: KeyPassword: " CUT
	"P: warning: t.conf:3: PIN: " CUT "P: warning: t.conf:5: b: " CUT
	"P: warning: t.conf:6: c: " CUT "P: warning: t.conf:7: PIN: " CUT
	"P: warning: t.conf:11: TLSKeyFile: " CUT},
    {"Proxy = user:s3c#ret@h:80\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Proxy: " CUT_AT},
    {"URL = http://user:s3c#ret@h/\n", {"getcaps", "-f" RUN_FILE}, ST_FILE,
	"P: t.conf:1: URL: " CUT_AT},
    {"p = user:s3c#ret@h:80\nProxy = $p\n", {UFILE}, ST_FILE,
	"P: t.conf:2: Proxy: " CUT_AT},
    {"Proxy = h:80#mine\nURL = http://u:p@h/ #a@b\n", {UFILE}, ST_OK, ""},
    /* A key that is used as a variable is known, and so is its section. */
    {"dir = /d\nTLSCADir = $dir/x\n", {UFILE}, ST_OK, ""},
    {"[p]\ndir = /d\n[sscep]\nTLSCADir = $p::dir/x\n", {UFILE}, ST_OK, ""},
    {"dir = /d\ndir = /e\nTLSCADir = $dir/x\ndir = /f\n", {UFILE}, ST_OK, ""},
    {"p::dir = /d\nTLSCADir = $p::dir/x\n", {UFILE}, ST_OK, ""},
    {"sscep_getcap::Timeout = 5\nTimeout = 6\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown section [sscep_getcap] (did you mean "
	"sscep_getca?) [unknown-section]\n"},
    {"[sscep_enroll]\nsscep::Timeout = 6\nssecp::Timeout = 5\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: unknown section [ssecp] (did you mean "
	"sscep?) [unknown-section]\n"},
    {"dir = /d\nTLSCADir $dir/x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key dir [unknown-key]\n"},
    {"[default]\nTimeout = 5\n", {UFILE}, ST_OK, ""},
    {"sscep_getcaps::Timeout = 0\n", {UFILE}, ST_FILE,
	"P: t.conf:1: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {".include /etc/sscep.conf\n", {UFILE}, ST_FILE,
	"P: t.conf:1: .include is not supported in this file: copy the lines "
	"of "
	"the other file to this place\n"},
    {"", {UFILE}, ST_OK, ""},
    {"Xyzzy = 1\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key Xyzzy [unknown-key]\n"},
    {"sigalgorithm SHA-512\nEncAlgorithm AES-256-CBC\n", {UFILE}, ST_OK, ""},
    {"sigalgorithm SHA2566\n", {UFILE}, ST_FILE,
	"P: t.conf:1: sigalgorithm: unknown digest SHA2566 (did you mean "
	"sha256?), not one of md5|sha1|sha224|sha256|sha384|sha512\n"},
    {"Proxy =\nCAIdentifier =\n", {UFILE}, ST_OK, ""},
    {"TLSKeyPassword = swordfish\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {"TLSKeyPassword = env:\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {"TLSKeyPassword = file:\n", {UFILE}, ST_FILE,
	"P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {"TLSKeyPassword = pass:\n", {UFILE}, ST_OK, ""},
    {"KeyPassword:pass:my s3cret\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key KeyPassword [unknown-key]\n"},
    {"engine = e\n[e]\nPIN = 1\n", {UFILE}, ST_OK, ""},
    {"engine = e\n[e]\ncmds = f\n[f]\nPIN = 1\n", {UFILE}, ST_OK, ""},
    {"engine = e\n[e]\ndynamic_path = C:\\new.so\n", {UFILE}, ST_FILE,
	"P: t.conf:3: dynamic_path: \\n" AN_ESCAPE},
    {"engine = e\n[e]\nMODULE_PATH = C:\\new.so\n", {UFILE}, ST_FILE,
	"P: t.conf:3: MODULE_PATH: \\n" AN_ESCAPE},
    {"engine = e\n[e]\ncmds = f\n", {UFILE}, ST_FILE,
	"P: t.conf: there is no section [f] (cmds of [e])\n"},
    {"engine = e\033\n[e\033]\ncmds = f\\n\n", {UFILE}, ST_FILE,
	"P: t.conf: there is no section [f\\x0a] (cmds of [e\\x1b])\n"},
    {"engine = e\n[e]\nengine_id = \"\"\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: engine_id: " EMPTY},
    {"empty = ''\nengine = e\n[e]\nengine_id = $empty\n", {UFILE}, ST_OK,
	"P: warning: t.conf:4: engine_id: " EMPTY},
    {"engine = e\n[e]\nA\033 = ''\n", {UFILE}, ST_OK,
	"P: warning: t.conf:3: A\\x1b: " EMPTY},
    {"[sscep_engine]\nengine_id = x\n[sscep_engine_pkcs11]\nPIN = 1\n", {UFILE},
	ST_OK, ""},
    {"[sscep_enginex]\nPIN = 1\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown section [sscep_enginex] (did you mean "
	"sscep_engine?) [unknown-section]\n"},
    {"[sscep_enrol]\nKey = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown section [sscep_enrol] (did you mean "
	"sscep_enroll?) [unknown-section]\n"},
    {"PrivateKey = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:1: unknown key PrivateKey (did you mean "
	"PrivateKeyFile?) [unknown-key]\n"},
    {"[sscep_enroll]\nMaxPollCont = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: unknown key MaxPollCont (did you mean "
	"MaxPollCount?) [unknown-key]\n"},
    {"[sscep_getcaps]\nPrivateKeyFile = x\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: PrivateKeyFile has no effect in "
	"[sscep_getcaps] [no-effect]\n"},
    {"PrivateKeyFile = x\n[sscep_enroll]\nPollInterval = x\n", {UFILE}, ST_OK,
	""},
    {"[sscep]\nProxy a\n[sscep]\nproxy b\n", {UFILE}, ST_OK,
	"P: warning: t.conf:4: proxy is given twice, this value is used "
	"[given-twice]\n"},
    {"Proxy a\n[sscep]\nproxy b\n", {UFILE}, ST_OK, ""},
    {"Proxy a\n[sscep_getcaps]\nProxy b\n", {UFILE}, ST_OK, ""},
    {"MonitorInformation a=b\nMonitorInformation c=d\n", {UFILE}, ST_OK, ""},
    {"SignKeyFile a\nSignCertKey b\nSignCertFile c\n", {ENROLL, "-f" RUN_FILE},
	ST_OK,
	"P: warning: t.conf:2: SignCertKey is given twice, this value is "
	"used [given-twice]\n"},
    {"Timeout = x\n", {UFILE, "--timeout=5"}, ST_OK, ""},
    {"Frob = x\n[frob]\nx = y\n[sscep_getcaps]\n"
     "NoWarn = unknown-key\nNoWarn = no-effect\n",
	{UFILE, "-R"}, ST_OK,
	"P: warning: t.conf:2: unknown section [frob] [unknown-section]\n"},
    {"NoWarn no-effect\n", {UFILE, "-R", "--no-warn", "chain"}, ST_OK,
	"P: warning: option -R has no effect with getcaps [no-effect]\n"},
    {"\nnowarn = nochain\n", {UFILE}, ST_OK,
	"P: warning: t.conf:2: nowarn: unknown warning nochain (did you mean "
	"no-chain?) [unknown-warning]\n"},
};

static void file_errors_are_said(void **state)
{
	struct run r;
	size_t i;

	(void)state;
	assert_int_equal(setenv("SSCEP_EMPTY", "", 1), 0);
	for (i = 0; i < NITEMS(files); i++)
		run_expect(&files[i]);
	unlink(RUN_FILE);
	run_start(&r, "getcaps");
	run_add(&r, "-uu");
	run_add(&r, "-f" RUN_FILE);
	run_parse(&r);
	assert_int_equal(r.status, ST_FILE);
	assert_non_null(strstr(r.said, RUN_FILE));
	run_end(&r);
}

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Sections of engines and the commands that follow, as "NAME=VALUE;". */
static const struct {
	const char *file;
	const char *chosen; /* by -g */
	const char *id, *path, *commands;
} engines[] = {
    {"\n", NULL, NULL, NULL, ""},
    {"[e]\nengine_id = x\nPIN = 1\n", NULL, NULL, NULL, ""},
    {"\n", "pkcs11", "pkcs11", NULL, ""},
    {"engine = pkcs11\n", NULL, "pkcs11", NULL, ""},
    {"engine = e\n[e]\nPIN = 1\n", NULL, "e", NULL, "PIN=1;"},
    {"engine = e\n[e]\nengine_id = x\ndynamic_path = /x.so\n"
     "MODULE_PATH = /m.so\nPIN =\n",
	NULL, "x", "/x.so", "MODULE_PATH=/m.so;PIN=;"},
    /* The order: section, cmds, section of the engine, not that of the file. */
    {"[sscep_engine_x]\nC = 5\nA = 6\n[f]\nB = 3\nA = 4\n"
     "[e]\ncmds = f\nA = 1\nengine_id = x\nZ = 2\n"
     "[sscep]\nengine = e\n",
	NULL, "x", NULL, "A=1;Z=2;B=3;A=4;C=5;A=6;"},
    {"engine = e\n[e]\nengine_id = x\n[sscep_engine_y]\nPIN = 1\n", NULL, "x",
	NULL, ""},
    {"[sscep_engine_pkcs11]\nPIN = 1\n", "pkcs11", "pkcs11", NULL, "PIN=1;"},
    {"[sscep_engine_pkcs11]\nPIN = 1\n", "PKCS11", "PKCS11", NULL, "PIN=1;"},
    /* The section of the engine is not read twice. */
    {"engine = sscep_engine_x\n[sscep_engine_x]\nengine_id = x\nPIN = 1\n",
	NULL, "x", NULL, "PIN=1;"},
    {"engine = sscep_engine\n[sscep_engine]\nengine_id = x\nPIN = 1\n"
     "[sscep_engine_x]\nPIN = 2\n",
	NULL, "x", NULL, "PIN=1;PIN=2;"},
    /* -g wins over the file; it names a section or an engine id. */
    {"engine = e\n[e]\nengine_id = x\nA = 1\n"
     "[g]\nengine_id = y\nB = 2\n",
	"g", "y", NULL, "B=2;"},
    {"engine = e\n[e]\nengine_id = x\nA = 1\n"
     "[g]\nengine_id = y\nB = 2\ndynamic_path = p\n",
	"y", "y", "p", "B=2;"},
    {"[g]\nengine_id = y\ncmds = h\n[h]\nB = 2\n[sscep_engine_y]\nC = 3\n", "y",
	"y", NULL, "B=2;C=3;"},
    {"engine = e\n[e]\nengine_id = x\nA = 1\n", "z", "z", NULL, ""},
    /* Keys and sections ignore case; commands and ids keep it. */
    {"ENGINE = E\n[e]\nEngine_ID = xY\nDYNAMIC_path = p\nCmds = F\n"
     "mixedCase = aB\n[f]\nLOAD_cert = cD\n[SSCEP_Engine_Xy]\npin = eF\n",
	NULL, "xY", "p", "mixedCase=aB;LOAD_cert=cD;pin=eF;"},
    {"[g]\nengine_id = Y\nB = 2\n", "y", "y", NULL, ""},
    /* Keys of libcrypto's own files are no commands; empty ones are absent. */
    {"engine = e\n[e]\nengine_id =\ndynamic_path = x\ndynamic_path =\ncmds = # "
     "\n"
     "engine_usage = default\ninit = 0\nDefault_Algorithms = ALL\nA = 1\n",
	NULL, "e", NULL, "A=1;"},
    {"engine = e\n[e]\nengine_id = \"\"\nA = 1\n", NULL, "e", NULL, "A=1;"},
    {"empty = ''\nengine = e\n[e]\nengine_id = $empty\nA = 1\n", NULL, "e",
	NULL, "A=1;"},
    {"lib = /l\nengine = e\n[e]\ndynamic_path = $lib/x.so\n"
     "MODULE_PATH = $lib/m.so # mine\n[f]\nPIN=1\n",
	NULL, "e", "/l/x.so", "MODULE_PATH=/l/m.so;"},
    /* A command is run as often as it is given, also in the old syntax. */
    {"engine e\n[e]\nA 1\n\"A\" \"2 3\"\nA = 1\n", NULL, "e", NULL,
	"A=1;A=2 3;A=1;"},
};

static void engines_are_read(void **state)
{
	const struct engine_options *engine;
	char commands[256];
	struct run r;
	size_t i, j;

	(void)state;
	for (EACH_ROW(i, engines, engines[i].file)) {
		run_write_file(engines[i].file);
		run_start(&r, "getcaps");
		run_add(&r, "-uu");
		run_add(&r, "-f" RUN_FILE);
		if (engines[i].chosen != NULL) {
			run_add(&r, "-g");
			run_add(&r, engines[i].chosen);
		}
		run_parse(&r);
		engine = &r.options.engine_options;
		commands[0] = '\0';
		for (j = 0; j < engine->count; j++)
			snprintf(commands + strlen(commands),
			    sizeof(commands) - strlen(commands), "%s=%s;",
			    engine->commands[j].name,
			    engine->commands[j].value);
		if (r.status != ST_OK || !is_same(engine->id, engines[i].id) ||
		    !is_same(engine->path, engines[i].path) ||
		    strcmp(commands, engines[i].commands) != 0)
			fixture_fail("case %zu: %s, %s, %s %s", i,
			    engine->id != NULL ? engine->id : "none",
			    engine->path != NULL ? engine->path : "none",
			    commands, r.said);
		run_end(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(file_errors_are_said),
	    cmocka_unit_test(engines_are_read),
	};

	return cmocka_run_group_tests(tests, run_enter, run_leave);
}
