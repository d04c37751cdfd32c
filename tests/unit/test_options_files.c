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
    {.file = "x\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: x has no value: write KEY = VALUE\n"},
    {.file = "\nTimeout = 0\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said =
	    "P: t.conf:2: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {.file = "Verbose = maybe\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: Verbose: maybe is neither yes nor no\n"},
    /* Nothing behind = counts as absent, be it the last value. */
    {.file = "Verbose =\nNoWarn = # none\nTimeout = \\\n\nengine =\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "Timeout = x\nTimeout =\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:2: Timeout is given twice, this value is "
		"used [given-twice]\n"},
    {.file = "Timeout = 1\nTimeout =\nTimeout 0\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said =
	    "P: warning: t.conf:3: Timeout is given twice, this value is used "
	    "[given-twice]\n"
	    "P: t.conf:3: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {.file = "[sscep_getcaps]\nTimeout = 3\nTimeout =\n[sscep]\n"
	     "Timeout = 0\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said =
	    "P: warning: t.conf:3: Timeout is given twice, this value is used "
	    "[given-twice]\n"
	    "P: t.conf:5: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {.file = "Timeout = \" 10 \"\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: Timeout: \" 10 \" is not a number from 1 to "
		"2147483647\n"},
    {.file = "Verbose = \"yes \"\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: Verbose: \"yes \" is neither yes nor no\n"},
    {.file = "dri = /x\nurk = x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown key dri [unknown-key]\n"
		"P: warning: t.conf:2: unknown key urk (did you mean URL?) "
		"[unknown-key]\n"},
    /* So does one that is written as empty, or becomes so, with a warning. */
    {.file = "[sscep_getcaps]\nTimeout ''\n[sscep]\nTimeout = 0\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said =
	    "P: t.conf:2: Timeout: '' is not a number from 1 to 2147483647\n"},
    {.file = "[sscep_getcaps]\nTimeout = ''\n[sscep]\nTimeout = 0\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said =
	    "P: warning: t.conf:2: Timeout: " EMPTY
	    "P: t.conf:4: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {.file = "Proxy = ${ENV::SSCEP_EMPTY}\nResume \"\"\n"
	     "KeyPassword = ''\n",
	.args = {ENROLL, "-f" RUN_FILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: Proxy: " EMPTY
		"P: warning: t.conf:2: Resume: " EMPTY
		"P: warning: t.conf:3: KeyPassword: " EMPTY},
    {.file = "MonitorInformation = ''\nMonitorInformation = a=b\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: MonitorInformation: " EMPTY},
    /* A # that a name may have in it, unless a blank is before it. */
    {.file = "[sscep_enroll]\nSubject = /CN=a#1\n"
	     "SubjectAltName = URI:http://a/#1\n"
	     "CertTemplateName = t#1\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:2: Subject: " CUT
		"P: warning: t.conf:3: SubjectAltName: " CUT
		"P: warning: t.conf:4: CertTemplateName: " CUT},
    {.file = "[sscep_enroll]\nSubject = /CN=a #1\n"
	     "SubjectAltName = 'DNS:a'\n"
	     "CertTemplateName = \"t#1\"\nCertReqFile = a#1\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    /* Not where a check would be lost. */
    {.file = "TLSCAFile = ''\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: TLSCAFile: the value is empty\n"},
    {.file = "TLSCADir \"\"\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: TLSCADir: the value is empty\n"},
    {.file = "EncAlgorithm = ''\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: EncAlgorithm: the value is empty\n"},
    {.file = "SigAlgorithm = ''\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: SigAlgorithm: the value is empty\n"},
    {.file = "Capabilities = ''\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: Capabilities: the value is empty\n"},
    {.file = "NoWarn = ''\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: NoWarn: " EMPTY},
    {.file = "Proxy \"\"\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: Proxy: " EMPTY},
    {.file = "d =\nTLSCADir = $d\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:2: TLSCADir: the value is empty\n"},
    {.file = "d =\nTimeout = $d\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:2: Timeout: " EMPTY},
    {.file = "Verbose \"\"\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: Verbose: " EMPTY},
    {.file = "CAIdentifier = ''\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "CAFingerprint = \"\"\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: CAFingerprint: the value is empty\n"},
    {.file = "CAFingerprint \"\"\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: CAFingerprint: the value is empty\n"},
    {.file = "pin = # later\nCAFingerprint = ${pin}\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_FILE,
	.said = "P: t.conf:2: CAFingerprint: the value is empty\n"},
    {.file = "CAFingerprint = # later\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: CAFingerprint has no value, and pins no "
		"CA [no-effect]\n"},
    {.file = "CAFingerprint = " PIN_TEXT "\n[sscep_getca]\nCAFingerprint =\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:3: CAFingerprint has no value; that of "
		"line 1 holds [no-effect]\n"},
    {.file = "CAFingerprint =\nCAFingerprint = " PIN_TEXT "\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: CAFingerprint has no value; that of "
		"line 2 holds [no-effect]\n"},
    {.file = "[sscep_enroll]\nCAFingerprint = " PIN_TEXT
	     "\n[sscep]\nCAFingerprint =\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:4: CAFingerprint has no value, and pins no "
		"CA [no-effect]\n"},
    {.file = "[sscep_getca]\nCAFingerprint = " PIN_TEXT
	     "\n[sscep]\nCAFingerprint =\n",
	.args = {"getca", "-uu", "-cc", "-f" RUN_FILE},
	.status = ST_OK,
	.said = ""},
    {.file = "engine = e\n[e]\nengine_id = a\nENGINE_ID = b\nPIN = 1\n"
	     "PIN = 2\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:4: ENGINE_ID is given twice, this value is "
		"used [given-twice]\n"},
    {.file = "engine = e\n[e]\ndynamic_path = ''\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:3: dynamic_path: " EMPTY},
    {.file = "d =\nengine = e\n[e]\nPIN = $d\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:4: PIN: " EMPTY},
    {.file = "Xyzzy =\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown key Xyzzy [unknown-key]\n"},
    /* Escapes in paths and URLs, also by a variable. */
    {.file = "CACertFile = C:\\new\\ca.crt\n",
	.args = {"getca", "-uu", "-f" RUN_FILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: CACertFile: \\n" AN_ESCAPE},
    {.file = "d = C:\\temp\nTLSCADir = $d/x\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:2: TLSCADir: \\t" AN_ESCAPE},
    {.file = "TLSKeyFile = \\root\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: TLSKeyFile: \\r" AN_ESCAPE},
    {.file = "URL = http://h\\b\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "URL = http://h\\b\n",
	.args = {"getcaps", "-f" RUN_FILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: URL: \\b" AN_ESCAPE},
    {.file = "TLSKeyPassword = file:C:\\new\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: TLSKeyPassword: \\n" AN_ESCAPE},
    {.file = "TLSKeyPassword = pass:a\\tb\nCAIdentifier = a\\tb\n"
	     "TLSKeyFile = C:\\\\new\nTLSCADir C:\\new\n"
	     "TLSCAFile = 'C:\\\\new'\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "TLSCADir = C:\\scep\\ca\nTLSCAFile = 'C:\\new'\n"
	     "d = \"C:\\d\"\nTLSCertFile = $d/x\n"
	     "CAIdentifier = a\\b\\c\n"
	     "engine = e\n[e]\nMODULE_PATH = C:\\p11\nX = a\\c\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: TLSCADir: " DROPPED(
	    "s") "P: warning: t.conf:2: "
		 "TLSCAFile: " DROPPED("n") "P: warning: t.conf:4: "
					    "TLSCertFile: " DROPPED(
						"d") "P: warning: "
						     "t.conf:8: "
						     "MODULE_PATH:"
						     " " DROPPED("p")},
    {.file = "URL = http://h\\x\nTLSKeyPassword = file:C:\\p\n"
	     "SignKeyPassword = pass:\\p\nTLSKeyFile = a\\ \\#\\$\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: URL: " DROPPED(
	    "x") "P: warning: t.conf:2: TLSKeyPassword: " DROPPED("p")},
    /* What an unquoted # cuts off a secret. */
    {.file = "KeyPassword = pass:a#b\nTLSKeyPassword = pass:a #b\n"
	     "SignKeyPassword = \"pass:a#b\" # c\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: KeyPassword: " CUT},
    {.file = "KeyPassword = file:a#b\n[e]\nPIN = 12#34\n[f]\nb = 1#2\n"
	     "c = $b\n"
	     "PIN = $c\n[sscep]\nengine = e\nCAIdentifier = a#b\n"
	     "TLSKeyFile = pkcs11:?pin-value=1#2\n",
	.args = {UFILE},
	.status = ST_OK,
	.said =
	    "P: warning: t.conf:1: KeyPassword: " CUT
	    "P: warning: t.conf:3: PIN: " CUT "P: warning: t.conf:5: b: " CUT
	    "P: warning: t.conf:6: c: " CUT "P: warning: t.conf:7: PIN: " CUT
	    "P: warning: t.conf:11: TLSKeyFile: " CUT},
    {.file = "Proxy = user:s3c#ret@h:80\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: Proxy: " CUT_AT},
    {.file = "URL = http://user:s3c#ret@h/\n",
	.args = {"getcaps", "-f" RUN_FILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: URL: " CUT_AT},
    {.file = "p = user:s3c#ret@h:80\nProxy = $p\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:2: Proxy: " CUT_AT},
    {.file = "Proxy = h:80#mine\nURL = http://u:p@h/ #a@b\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    /* A key that is used as a variable is known, and so is its section. */
    {.file = "dir = /d\nTLSCADir = $dir/x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "[p]\ndir = /d\n[sscep]\nTLSCADir = $p::dir/x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "dir = /d\ndir = /e\nTLSCADir = $dir/x\ndir = /f\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "p::dir = /d\nTLSCADir = $p::dir/x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "sscep_getcap::Timeout = 5\nTimeout = 6\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown section [sscep_getcap] (did you "
		"mean sscep_getca?) [unknown-section]\n"},
    {.file = "[sscep_enroll]\nsscep::Timeout = 6\nssecp::Timeout = 5\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:3: unknown section [ssecp] (did you mean "
		"sscep?) [unknown-section]\n"},
    {.file = "dir = /d\nTLSCADir $dir/x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown key dir [unknown-key]\n"},
    {.file = "[default]\nTimeout = 5\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "sscep_getcaps::Timeout = 0\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said =
	    "P: t.conf:1: Timeout: 0 is not a number from 1 to 2147483647\n"},
    {.file = ".include /etc/sscep.conf\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: .include is not supported in this file: copy the "
		"lines of the other file to this place\n"},
    {.file = "", .args = {UFILE}, .status = ST_OK, .said = ""},
    {.file = "Xyzzy = 1\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown key Xyzzy [unknown-key]\n"},
    {.file = "sigalgorithm SHA-512\nEncAlgorithm AES-256-CBC\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "sigalgorithm SHA2566\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said =
	    "P: t.conf:1: sigalgorithm: unknown digest SHA2566 (did you mean "
	    "sha256?), not one of md5|sha1|sha224|sha256|sha384|sha512\n"},
    {.file = "Proxy =\nCAIdentifier =\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "TLSKeyPassword = swordfish\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {.file = "TLSKeyPassword = env:\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {.file = "TLSKeyPassword = file:\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:1: TLSKeyPassword: " NO_SOURCE "\n"},
    {.file = "TLSKeyPassword = pass:\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "KeyPassword:pass:my s3cret\n",
	.args = {UFILE},
	.status = ST_OK,
	.said =
	    "P: warning: t.conf:1: unknown key KeyPassword [unknown-key]\n"},
    {.file = "engine = e\n[e]\nPIN = 1\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "engine = e\n[e]\ncmds = f\n[f]\nPIN = 1\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "engine = e\n[e]\ndynamic_path = C:\\new.so\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:3: dynamic_path: \\n" AN_ESCAPE},
    {.file = "engine = e\n[e]\nMODULE_PATH = C:\\new.so\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf:3: MODULE_PATH: \\n" AN_ESCAPE},
    {.file = "engine = e\n[e]\ncmds = f\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf: there is no section [f] (cmds of [e])\n"},
    {.file = "engine = e\033\n[e\033]\ncmds = f\\n\n",
	.args = {UFILE},
	.status = ST_FILE,
	.said = "P: t.conf: there is no section [f\\x0a] (cmds of [e\\x1b])\n"},
    {.file = "engine = e\n[e]\nengine_id = \"\"\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:3: engine_id: " EMPTY},
    {.file = "empty = ''\nengine = e\n[e]\nengine_id = $empty\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:4: engine_id: " EMPTY},
    {.file = "engine = e\n[e]\nA\033 = ''\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:3: A\\x1b: " EMPTY},
    {.file = "[sscep_engine]\nengine_id = x\n[sscep_engine_pkcs11]\n"
	     "PIN = 1\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "[sscep_enginex]\nPIN = 1\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown section [sscep_enginex] (did "
		"you mean sscep_engine?) [unknown-section]\n"},
    {.file = "[sscep_enrol]\nKey = x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown section [sscep_enrol] (did you "
		"mean sscep_enroll?) [unknown-section]\n"},
    {.file = "PrivateKey = x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:1: unknown key PrivateKey (did you mean "
		"PrivateKeyFile?) [unknown-key]\n"},
    {.file = "[sscep_enroll]\nMaxPollCont = x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:2: unknown key MaxPollCont (did you mean "
		"MaxPollCount?) [unknown-key]\n"},
    {.file = "[sscep_getcaps]\nPrivateKeyFile = x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:2: PrivateKeyFile has no effect in "
		"[sscep_getcaps] [no-effect]\n"},
    {.file = "PrivateKeyFile = x\n[sscep_enroll]\nPollInterval = x\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "[sscep]\nProxy a\n[sscep]\nproxy b\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:4: proxy is given twice, this value is "
		"used [given-twice]\n"},
    {.file = "Proxy a\n[sscep]\nproxy b\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "Proxy a\n[sscep_getcaps]\nProxy b\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "MonitorInformation a=b\nMonitorInformation c=d\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = ""},
    {.file = "SignKeyFile a\nSignCertKey b\nSignCertFile c\n",
	.args = {ENROLL, "-f" RUN_FILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:2: SignCertKey is given twice, this value "
		"is used [given-twice]\n"},
    {.file = "Timeout = x\n",
	.args = {UFILE, "--timeout=5"},
	.status = ST_OK,
	.said = ""},
    {.file = "Frob = x\n[frob]\nx = y\n[sscep_getcaps]\n"
	     "NoWarn = unknown-key\nNoWarn = no-effect\n",
	.args = {UFILE, "-R"},
	.status = ST_OK,
	.said =
	    "P: warning: t.conf:2: unknown section [frob] [unknown-section]\n"},
    {.file = "NoWarn no-effect\n",
	.args = {UFILE, "-R", "--no-warn", "chain"},
	.status = ST_OK,
	.said =
	    "P: warning: option -R has no effect with getcaps [no-effect]\n"},
    {.file = "\nnowarn = nochain\n",
	.args = {UFILE},
	.status = ST_OK,
	.said = "P: warning: t.conf:2: nowarn: unknown warning nochain (did "
		"you mean no-chain?) [unknown-warning]\n"},
};

static void file_errors_are_said(void **state)
{
	struct run r;
	size_t i;

	(void)state;
	assert_int_equal(setenv("SSCEP_EMPTY", "", 1), 0);
	for (EACH_ROW(i, files, files[i].file))
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
    {.file = "\n", .commands = ""},
    {.file = "[e]\nengine_id = x\nPIN = 1\n", .commands = ""},
    {.file = "\n", .chosen = "pkcs11", .id = "pkcs11", .commands = ""},
    {.file = "engine = pkcs11\n", .id = "pkcs11", .commands = ""},
    {.file = "engine = e\n[e]\nPIN = 1\n", .id = "e", .commands = "PIN=1;"},
    {.file = "engine = e\n[e]\nengine_id = x\ndynamic_path = /x.so\n"
	     "MODULE_PATH = /m.so\nPIN =\n",
	.id = "x",
	.path = "/x.so",
	.commands = "MODULE_PATH=/m.so;PIN=;"},
    /* The order: section, cmds, section of the engine, not that of the file. */
    {.file = "[sscep_engine_x]\nC = 5\nA = 6\n[f]\nB = 3\nA = 4\n"
	     "[e]\ncmds = f\nA = 1\nengine_id = x\nZ = 2\n"
	     "[sscep]\nengine = e\n",
	.id = "x",
	.commands = "A=1;Z=2;B=3;A=4;C=5;A=6;"},
    {.file = "engine = e\n[e]\nengine_id = x\n[sscep_engine_y]\n"
	     "PIN = 1\n",
	.id = "x",
	.commands = ""},
    {.file = "[sscep_engine_pkcs11]\nPIN = 1\n",
	.chosen = "pkcs11",
	.id = "pkcs11",
	.commands = "PIN=1;"},
    {.file = "[sscep_engine_pkcs11]\nPIN = 1\n",
	.chosen = "PKCS11",
	.id = "PKCS11",
	.commands = "PIN=1;"},
    /* The section of the engine is not read twice. */
    {.file = "engine = sscep_engine_x\n[sscep_engine_x]\nengine_id = x\n"
	     "PIN = 1\n",
	.id = "x",
	.commands = "PIN=1;"},
    {.file = "engine = sscep_engine\n[sscep_engine]\nengine_id = x\n"
	     "PIN = 1\n"
	     "[sscep_engine_x]\nPIN = 2\n",
	.id = "x",
	.commands = "PIN=1;PIN=2;"},
    /* -g wins over the file; it names a section or an engine id. */
    {.file = "engine = e\n[e]\nengine_id = x\nA = 1\n"
	     "[g]\nengine_id = y\nB = 2\n",
	.chosen = "g",
	.id = "y",
	.commands = "B=2;"},
    {.file = "engine = e\n[e]\nengine_id = x\nA = 1\n"
	     "[g]\nengine_id = y\nB = 2\ndynamic_path = p\n",
	.chosen = "y",
	.id = "y",
	.path = "p",
	.commands = "B=2;"},
    {.file = "[g]\nengine_id = y\ncmds = h\n[h]\nB = 2\n"
	     "[sscep_engine_y]\nC = 3\n",
	.chosen = "y",
	.id = "y",
	.commands = "B=2;C=3;"},
    {.file = "engine = e\n[e]\nengine_id = x\nA = 1\n",
	.chosen = "z",
	.id = "z",
	.commands = ""},
    /* Keys and sections ignore case; commands and ids keep it. */
    {.file = "ENGINE = E\n[e]\nEngine_ID = xY\nDYNAMIC_path = p\n"
	     "Cmds = F\n"
	     "mixedCase = aB\n[f]\nLOAD_cert = cD\n[SSCEP_Engine_Xy]\n"
	     "pin = eF\n",
	.id = "xY",
	.path = "p",
	.commands = "mixedCase=aB;LOAD_cert=cD;pin=eF;"},
    {.file = "[g]\nengine_id = Y\nB = 2\n",
	.chosen = "y",
	.id = "y",
	.commands = ""},
    /* Keys of libcrypto's own files are no commands; empty ones are absent. */
    {.file = "engine = e\n[e]\nengine_id =\ndynamic_path = x\n"
	     "dynamic_path =\ncmds = # \n"
	     "engine_usage = default\ninit = 0\n"
	     "Default_Algorithms = ALL\nA = 1\n",
	.id = "e",
	.commands = "A=1;"},
    {.file = "engine = e\n[e]\nengine_id = \"\"\nA = 1\n",
	.id = "e",
	.commands = "A=1;"},
    {.file = "empty = ''\nengine = e\n[e]\nengine_id = $empty\nA = 1\n",
	.id = "e",
	.commands = "A=1;"},
    {.file = "lib = /l\nengine = e\n[e]\ndynamic_path = $lib/x.so\n"
	     "MODULE_PATH = $lib/m.so # mine\n[f]\nPIN=1\n",
	.id = "e",
	.path = "/l/x.so",
	.commands = "MODULE_PATH=/l/m.so;"},
    /* A command is run as often as it is given, also in the old syntax. */
    {.file = "engine e\n[e]\nA 1\n\"A\" \"2 3\"\nA = 1\n",
	.id = "e",
	.commands = "A=1;A=2 3;A=1;"},
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
			fixture_fail("%s, %s, %s %s",
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
