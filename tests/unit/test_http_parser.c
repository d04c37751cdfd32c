/*
 * Unit test of src/http/parser.c and head.c: answers that are accepted and
 * refused, each fed whole, byte by byte, and in two parts, split at every
 * position.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http/parser.h"
#include "util/log.h"

/* After log.h: it has a macro fail(). */
#include <cmocka.h>

#include "rows.h"

#define MAX_BODY    32
#define BYTES(text) .bytes = text, .len = sizeof(text) - 1
#define OK          "HTTP/1.1 200 OK\r\n"
#define CHUNKED     OK "Transfer-Encoding: chunked\r\n\r\n"

/* Answers and their expected fields; the stream ends after the bytes. */
static const struct good {
	const char *bytes;
	size_t len;
	int status;
	const char *reason, *type, *location, *body;
	size_t surplus; /* bytes after the answer */
	bool keep;
} good[] = {
    /* Content-Length */
    {BYTES(OK "Content-Length: 3\r\n\r\nabc"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "abc", .surplus = 0, .keep = true},
    {BYTES(OK "content-LENGTH:3\r\n\r\nabc"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "abc", .surplus = 0, .keep = true},
    {BYTES(OK "Content-Length \t:\t 3 \t\r\n\r\nabc"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "abc", .surplus = 0,
	.keep = true},
    {BYTES(OK "Content-Length: 0\r\n\r\n"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "", .surplus = 0, .keep = true},
    {BYTES(OK "Content-Length: 003\r\n\r\nabc"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "abc", .surplus = 0, .keep = true},
    {BYTES(OK "Content-Length: 3, 3\r\nContent-Length: 3\r\n\r\nabc"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "abc", .surplus = 0, .keep = true},
    {BYTES(OK "Content-Length: 3,\t03\r\n\r\nabc"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "abc", .surplus = 0,
	.keep = true},
    {BYTES(OK "Content-Length: 0000000000000000000000003\r\n\r\nabc"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "abc", .surplus = 0, .keep = true},
    {BYTES(OK "Content-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "abc",
	.surplus = 17, .keep = true},
    {BYTES(OK "Content-Length: 32\r\n\r\n0123456789abcdef0123456789abcdef"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "0123456789abcdef0123456789abcdef", .surplus = 0, .keep = true},
    /* up to the end of the stream */
    {BYTES(OK "\r\nabc"), .status = 200, .reason = "OK", .type = "",
	.location = "", .body = "abc", .surplus = 0},
    {BYTES(OK "\r\n"), .status = 200, .reason = "OK", .type = "",
	.location = "", .body = "", .surplus = 0},
    {BYTES(OK "Connection: keep-alive\r\n\r\na\r\n"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "a\r\n",
	.surplus = 0},
    {BYTES("HTTP/1.0 200 OK\r\n\r\nabc"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "abc", .surplus = 0},
    {BYTES("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nabc"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "abc", .surplus = 0},
    {BYTES(OK "\r\nHTTP/1.1 404 Gone\r\n\r\n"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "HTTP/1.1 404 Gone\r\n\r\n",
	.surplus = 0},
    {BYTES(OK "Transfer-Encoding: identity\r\n\r\nabc"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "abc",
	.surplus = 0},
    {BYTES(OK "Transfer-Encoding:\r\n\r\nabc"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "abc", .surplus = 0},
    /* chunks */
    {BYTES(CHUNKED "3\r\nabc\r\n0\r\n\r\n"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "abc", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "0\r\n\r\n"), .status = 200, .reason = "OK", .type = "",
	.location = "", .body = "", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "1\r\na\r\n1\r\nb\r\n01\r\nc\r\n000\r\n\r\nX"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "abc", .surplus = 1, .keep = true},
    {BYTES(CHUNKED "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "01234567890123456789", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "1F\r\n0123456789abcdef0123456789abcde\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "0123456789abcdef0123456789abcde", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "3;x=y;z=\"q\"\r\nabc\r\n0 ; last\r\n\r\n"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "abc", .surplus = 0,
	.keep = true},
    {BYTES(CHUNKED "3  \r\nabc\r\n0\t\r\n\r\n"), .status = 200, .reason = "OK",
	.type = "", .location = "", .body = "abc", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "3\r\nabc\r\n0\r\nX-Sum: 1\r\nno colon\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "abc", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "3\nabc\n0\n\n"), .status = 200, .reason = "OK", .type = "",
	.location = "", .body = "abc", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "00000000000000000000000003\r\nabc\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "",
	.body = "abc", .surplus = 0, .keep = true},
    {BYTES(CHUNKED "3 ;\tx = y\r\nabc\r\n0;\r\n\r\n"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "abc", .surplus = 0,
	.keep = true},
    /* a trailer changes nothing */
    {BYTES(CHUNKED "1\r\na\r\n0\r\nContent-Length: 9\r\nConnection: close\r\n"
		   "Location: /\r\nContent-Type: a/b\r\n folded\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES(OK "Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
	      "1\r\na\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0},
    {BYTES(OK "Transfer-Encoding: , chunked ,\r\n\r\n1\r\na\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES(OK "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n"
	      "\r\n1\r\na\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES(OK "tRANSFER-eNCODING: CHUNKED\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "ab",
	.surplus = 0, .keep = true},
    {BYTES(OK "Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n"
	      "2\r\nab\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "ab",
	.surplus = 0},
    {BYTES(OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
	      "2\r\nab\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "ab",
	.surplus = 0},
    {BYTES("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n"
	   "\r\n2\r\nab\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "ab",
	.surplus = 0},
    {BYTES("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"
	   "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "ab",
	.surplus = 0},
    {BYTES(OK "Transfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nab"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "ab",
	.surplus = 0, .keep = true},
    {BYTES(OK "Transfer-Encoding: identity, chunked\r\n\r\n"
	      "2\r\nab\r\n0\r\n\r\n"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "ab",
	.surplus = 0, .keep = true},
    /* without a body */
    {BYTES("HTTP/1.1 204 No Content\r\n\r\n"), .status = 204,
	.reason = "No Content", .type = "", .location = "", .body = "",
	.surplus = 0, .keep = true},
    {BYTES("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc"),
	.status = 204, .reason = "No Content", .type = "", .location = "",
	.body = "", .surplus = 3, .keep = true},
    {BYTES("HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n"
	   "Content-Length: 100\r\n\r\n"),
	.status = 304, .reason = "Not Modified", .type = "", .location = "",
	.body = "", .surplus = 0, .keep = true},
    {BYTES("HTTP/1.1 304 Not Modified\r\nConnection: close\r\n"
	   "Content-Length: 100\r\n\r\n"),
	.status = 304, .reason = "Not Modified", .type = "", .location = "",
	.body = "", .surplus = 0},
    {BYTES("HTTP/1.0 204 No Content\r\n\r\n"), .status = 204,
	.reason = "No Content", .type = "", .location = "", .body = "",
	.surplus = 0},
    {BYTES("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),
	.status = 205, .reason = "Reset Content", .type = "", .location = "",
	.body = "", .surplus = 0, .keep = true},
    /* interim answers */
    {BYTES("HTTP/1.1 100 Continue\r\n\r\n" OK "Content-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES("HTTP/1.1 100 Continue\r\nContent-Length: 7\r\nLocation: /\r\n"
	   "Content-Type: a/b\r\nbroken\r\n\r\n"
	   "HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n"
	   "HTTP/1.1 404 Gone\r\nContent-Length: 1\r\n\r\na"),
	.status = 404, .reason = "Gone", .type = "", .location = "",
	.body = "a", .surplus = 0, .keep = true},
    {BYTES("HTTP/1.1 199 \r\n\r\nHTTP/1.0 102 P\nX: y\n\nHTTP/1.1 100 C\r\n\r\n"
	   "HTTP/1.1 204 N\r\n\r\n"),
	.status = 204, .reason = "N", .type = "", .location = "", .body = "",
	.surplus = 0, .keep = true},
    /* status lines */
    {BYTES("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na"), .status = 200,
	.reason = "", .type = "", .location = "", .body = "a", .surplus = 0,
	.keep = true},
    {BYTES("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na"), .status = 200,
	.reason = "", .type = "", .location = "", .body = "a", .surplus = 0,
	.keep = true},
    {BYTES("HTTP/1.1 200 \t All is\x1b[1m well\r\nContent-Length: 1\r\n\r\na"),
	.status = 200, .reason = "All is\\x1b[1m well", .type = "",
	.location = "", .body = "a", .surplus = 0, .keep = true},
    {BYTES("HTTP/1.9 999 Odd\nContent-Length: 1\n\na"), .status = 999,
	.reason = "Odd", .type = "", .location = "", .body = "a", .surplus = 0,
	.keep = true},
    /* whether the connection stays */
    {BYTES(OK "Connection: close\r\nContent-Length: 1\r\n\r\na"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "a", .surplus = 0},
    {BYTES(OK "Connection: x, CLOSE\r\nContent-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0},
    {BYTES(OK "Connection: closed\r\nContent-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "a", .surplus = 0},
    {BYTES("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n"
	   "Content-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES("HTTP/1.0 200 OK\r\nConnection: keep-alive, close\r\n"
	   "Content-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0},
    {BYTES(OK "Connection: close\r\nConnection: keep-alive\r\n"
	      "Content-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0},
    /* other fields */
    {BYTES(OK "Content-Type: Application/X-PKI-Message ; charset=X\r\n"
	      "Content-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "application/x-pki-message",
	.location = "", .body = "a", .surplus = 0, .keep = true},
    {BYTES(OK "content-type:text/\x01html\r\nContent-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "text/\\x01html", .location = "",
	.body = "a", .surplus = 0, .keep = true},
    {BYTES(OK "Content-Type:\r\nContent-Length: 1\r\n\r\na"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "a", .surplus = 0,
	.keep = true},
    {BYTES("HTTP/1.1 302 Found\r\nLocation: http://o/ \r\nLOCATION: /2\r\n"
	   "Content-Length: 0\r\n\r\n"),
	.status = 302, .reason = "Found", .type = "", .location = "http://o/",
	.body = "", .surplus = 0, .keep = true},
    {BYTES(OK "X-Folded: a\r\n b\r\n\tc: d\r\nContent-Length:\r\n 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES(OK "Location: a\n b\nContent-Length: 1\n\na"), .status = 200,
	.reason = "OK", .type = "", .location = "a  b", .body = "a",
	.surplus = 0, .keep = true},
    {BYTES(OK "X: \r\n \r\nContent-Length: 1\r\n\r\na"), .status = 200,
	.reason = "OK", .type = "", .location = "", .body = "a", .surplus = 0,
	.keep = true},
    {BYTES(OK "X-Content-Length: 9\r\nContent-Lengths: 8\r\n"
	      "Content-Length: 1\r\n\r\na"),
	.status = 200, .reason = "OK", .type = "", .location = "", .body = "a",
	.surplus = 0, .keep = true},
};

/* All are refused with ST_NETWORK, at the latest at the end of the stream. */
static const struct bad {
	const char *bytes;
	size_t len;
} bad[] = {
    {BYTES("")},
    {BYTES("H")},
    {BYTES("HTTP/1.1 200 OK")},
    {BYTES(OK)},
    {BYTES(OK "Content-Length: 3\r\n")},
    {BYTES("HTTP/1.1 100 Continue\r\n\r\n")},
    {BYTES("\r\n" OK "\r\n")},
    {BYTES(" " OK "\r\n")},
    {BYTES("garbage\r\n" OK "\r\n")},
    {BYTES("\0" OK "\r\n")},
    {BYTES("\xef\xbb\xbf" OK "\r\n")},
    {BYTES("Content-Type: text/plain\r\n\r\nabc")},
    {BYTES("<html>\r\n\r\n")},
    {BYTES("SSH-2.0-OpenSSH_9.2p1\r\n")},
    {BYTES("\x15\x03\x01\x00\x02\x02\x16")},
    {BYTES("http/1.1 200 OK\r\n\r\n")},
    {BYTES("ICY 200 OK\r\n\r\n")},
    {BYTES("HTTP/2 200 OK\r\n\r\n")},
    {BYTES("HTTP/2.0 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.10 200 OK\r\n\r\n")},
    {BYTES("HTTP/1. 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.x 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.A 200 OK\r\n\r\n")},
    {BYTES("HTTP/1./ 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.: 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.- 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.  200 OK\r\n\r\n")},
    {BYTES("HTTP/1.1x200 OK\r\n\r\n")},
    {BYTES("HTTP/1,1 200 OK\r\n\r\n")},
    {BYTES("HTTP/1 200 OK\r\n\r\n")},
    {BYTES("HTTP/11.1 200 OK\r\n\r\n")},
    {BYTES("HTTP/01.1 200 OK\r\n\r\n")},
    {BYTES("HTTP/x.1 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.\r\n\r\n")},
    {BYTES("HTTP/1.1\r\n\r\n")},
    {BYTES("HTTP/1.1 \r\n\r\n")},
    {BYTES("HTTP/0.9 200 OK\r\n\r\n")},
    {BYTES("HTTP/3 200 OK\r\n\r\n")},
    {BYTES("HTTP/11 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.1  200 OK\r\n\r\n")},
    {BYTES("HTTP/1.1\t200 OK\r\n\r\n")},
    {BYTES("HTTP/1.1\r\n 200 OK\r\n\r\n")},
    {BYTES("HTTP/1.1 200OK\r\n\r\n")},
    {BYTES("HTTP/1.1 100 Continue\r\n\r\nabc")},
    {BYTES("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 S\r\n\r\n" OK "\r\n")},
    {BYTES("HTTP/1.1 100 C\0\r\n\r\n" OK "\r\n")},
    {BYTES("HTTP/1.1 20\r\n\r\n")},
    {BYTES("HTTP/1.1 2000 OK\r\n\r\n")},
    {BYTES("HTTP/1.1 20x OK\r\n\r\n")},
    {BYTES("HTTP/1.1 -20 OK\r\n\r\n")},
    {BYTES("HTTP/1.1 099 OK\r\n\r\n")},
    {BYTES("HTTP/1.1200 OK\r\n\r\n")},
    {BYTES("HTTP/1.1 101 Switching Protocols\r\n\r\n")},
    {BYTES("HTTP/1.1 200 O\0K\r\n\r\n")},
    {BYTES(OK "X\0: y\r\n\r\n")},
    {BYTES(OK "X: \0y\r\n\r\n")},
    {BYTES(OK "Content-Length: 1\0\r\n\r\na")},
    /* a CR without LF, and a field that continues the status line (RFC 9112,
       2.2) */
    {BYTES("HTTP/1.1 200 O\rK\r\n\r\n")},
    {BYTES("HTTP/1.1 200 OK\r\r\n\r\n")},
    {BYTES(OK "X: a\rb\r\n\r\n")},
    {BYTES(OK "X: a\rContent-Length: 1\r\n\r\na")},
    {BYTES(OK "X: a\r\r\n\r\n")},
    {BYTES(OK "X: a\r\n\r\r\n")},
    {BYTES(OK "\rX: a\r\n\r\n")},
    {BYTES(OK " Content-Length: 1\r\n\r\na")},
    {BYTES(OK "\tX: y\r\n\r\n")},
    {BYTES(OK " \r\n\r\n")},
    {BYTES(OK "no colon\r\n\r\n")},
    {BYTES(OK ": no name\r\n\r\n")},
    {BYTES(OK "Content-Length: \r\n\r\n")},
    {BYTES(OK "Content-Length: -1\r\n\r\n")},
    {BYTES(OK "Content-Length: +1\r\n\r\na")},
    {BYTES(OK "Content-Length: 1a\r\n\r\na")},
    {BYTES(OK "Content-Length: 0x1\r\n\r\na")},
    {BYTES(OK "Content-Length: 1 1\r\n\r\na")},
    {BYTES(OK "Content-Length: 1,\r\n\r\na")},
    {BYTES(OK "Content-Length: ,1\r\n\r\na")},
    {BYTES(OK "Content-Length: 1;x\r\n\r\na")},
    {BYTES(OK "Content-Length: 1.0\r\n\r\na")},
    {BYTES(OK "Content-Length: \"1\"\r\n\r\na")},
    {BYTES(OK "Content-Length: 1\r\n 2\r\n\r\n0123456789ab")},
    {BYTES(OK "Content-Length: 1, 1, 2\r\n\r\nab")},
    {BYTES(OK "Transfer-Encoding: chunked\r\nContent-Length: x\r\n\r\n"
	      "0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n"
	      "Content-Length: 2\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Content-Length: 1, 2\r\n\r\nab")},
    {BYTES(OK "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")},
    {BYTES(OK "Content-Length: 18446744073709551615\r\n\r\na")},
    {BYTES(OK "Content-Length: 18446744073709551617\r\n\r\na")},
    {BYTES(OK "Content-Length: 99999999999999999999999999\r\n\r\na")},
    {BYTES(OK "Content-Length: 33\r\n\r\n0123456789abcdef0123456789abcdef0")},
    {BYTES(OK "Content-Length: 4\r\n\r\nabc")},
    {BYTES(OK "Content-Length: 1\r\n\r\n")},
    {BYTES(OK "\r\n0123456789abcdef0123456789abcdef0")},
    {BYTES(OK "Transfer-Encoding: gzip\r\n\r\na")},
    {BYTES(OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: chunked\r\n"
	      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: chunked;x=y\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Transfer-Encoding: chunked chunked\r\n\r\n0\r\n\r\n")},
    {BYTES(OK "Content-Length: 1\r\nTransfer-Encoding: gzip\r\n\r\na")},
    {BYTES(OK "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")},
    {BYTES(CHUNKED)},
    {BYTES(CHUNKED "\r\n\r\n")},
    {BYTES(CHUNKED "x\r\n\r\n")},
    {BYTES(CHUNKED ";x\r\n\r\n")},
    {BYTES(CHUNKED " 1\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "-1\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "+1\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "0x1\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1g\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1h\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1,\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "\t1\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1\rx\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1\r\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1;x\ry\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1;\0\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1 x\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1\0\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1 \0\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "21\r\n0123456789abcdef0123456789abcdef0\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "20\r\n0123456789abcdef0123456789abcdef\r\n1\r\na\r\n")},
    {BYTES(CHUNKED "ffffffffffffffff\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "10000000000000001\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "100000000\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "8000000000000000\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "fffffffffffffffffffffffffffffffff\r\na\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1\r\nab\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1\r\na0\r\n\r\n")},
    {BYTES(CHUNKED "1\r\na \r\n0\r\n\r\n")},
    {BYTES(CHUNKED "1\r\na\r\n\r\n0\r\n\r\n")},
    {BYTES(CHUNKED "0\r\nX: y\r\n \r\n")},
    {BYTES(CHUNKED "1\r\na\rx0\r\n\r\n")},
    {BYTES(CHUNKED "1\r\na\0\n0\r\n\r\n")},
    {BYTES(CHUNKED "3\r\nab")},
    {BYTES(CHUNKED "3\r\nabc")},
    {BYTES(CHUNKED "3\r\nabc\r\n")},
    {BYTES(CHUNKED "3\r\nabc\r\n0")},
    {BYTES(CHUNKED "3\r\nabc\r\n0\r\n")},
    {BYTES(CHUNKED "3\r\nabc\r\n0\r\nX: y\r\n")},
};

/* Of each body, what is in memory; 0: the usual. */
static size_t memory_max;

/* The result of one way of feeding. */
struct outcome {
	enum status st;
	struct http_response out;
	size_t used;
	bool keep;
};

/*
 * Feeds pieces of at most step bytes, after a first one of cut bytes.  Each
 * is in memory of its own so that reading past it is found.
 */
static void feed(struct outcome *o, const char *bytes, size_t len, size_t cut,
    size_t step, size_t max_body)
{
	struct parser r;
	size_t at = 0, n = cut, used;

	memset(o, 0, sizeof(*o));
	parser_init(&r, &o->out, "h:80", max_body);
	o->out.body.memory_max = memory_max;
	for (; o->st == ST_OK && at < len; at += n, n = step) {
		unsigned char *piece;

		if (n > len - at)
			n = len - at;
		piece = malloc(n > 0 ? n : 1);
		assert_non_null(piece);
		memcpy(piece, bytes + at, n);
		o->st = parser_feed(&r, piece, n, &used);
		free(piece);
		assert_true(used <= n);
		o->used += used;
		if (o->st == ST_OK && used < n)
			assert_true(parser_is_done(&r));
	}
	if (o->st == ST_OK)
		o->st = parser_end(&r);
	assert_int_equal(o->st == ST_OK, parser_is_done(&r) && o->st == 0);
	if (o->st == ST_OK)
		o->st = spool_end(&o->out.body);
	spool_peek(&o->out.body, 0, SPOOL_WINDOW, &used);
	o->keep = r.keep;
	parser_free(&r);
}

static void check_good(const struct good *g, size_t cut, size_t step)
{
	struct outcome o;

	feed(&o, g->bytes, g->len, cut, step, MAX_BODY);
	if (o.st != ST_OK)
		fail_msg("status %d, cut %zu: %s", o.st, cut, g->bytes);
	assert_int_equal(o.out.status, g->status);
	assert_string_equal(o.out.reason, g->reason);
	assert_string_equal(o.out.content_type, g->type);
	assert_string_equal(buf_string(&o.out.location), g->location);
	assert_string_equal(buf_string(&o.out.body.bytes), g->body);
	assert_int_equal(o.out.body.len, strlen(g->body));
	assert_int_equal(o.used, g->len - g->surplus);
	assert_int_equal(o.keep, g->keep);
	response_free(&o.out);
}

static void test_good_responses_are_read(void **state)
{
	size_t i, cut;

	(void)state;
	for (EACH_ROW(i, good, good[i].bytes)) {
		for (cut = 0; cut <= good[i].len; cut++)
			check_good(&good[i], cut, good[i].len);
		for (cut = 1; cut < 8; cut++)
			check_good(&good[i], cut, cut);
	}
}

/* Offset of a body that ends with the stream, or 0 if it ends otherwise. */
static size_t body_of_stream(const struct good *g)
{
	const char *body = strstr(g->bytes, "\r\n\r\n");

	if (g->keep || g->status == 204 || g->status == 304 ||
	    strstr(g->bytes, "chunked") != NULL ||
	    strstr(g->bytes, "Content-Length") != NULL)
		return 0;
	assert_non_null(body);
	return (size_t)(body - g->bytes) + 4;
}

/*
 * A good answer cut short is an error, unless its body ends when the stream
 * does.
 */
static void test_good_answers_that_are_cut_are_refused(void **state)
{
	struct outcome o;
	size_t i, len;

	(void)state;
	for (EACH_ROW(i, good, good[i].bytes)) {
		const struct good *g = &good[i];
		size_t body = body_of_stream(g);

		for (len = 0; len < g->len - g->surplus; len++) {
			bool taken = body > 0 && len >= body;

			feed(&o, g->bytes, len, len, 1, MAX_BODY);
			if (o.st != (taken ? ST_OK : ST_NETWORK))
				fail_msg("%zu bytes of: %s", len, g->bytes);
			if (taken)
				assert_int_equal(o.out.body.len, len - body);
			response_free(&o.out);
		}
	}
}

static void check_bad(const struct bad *b, size_t cut, size_t step)
{
	struct outcome o;

	feed(&o, b->bytes, b->len, cut, step, MAX_BODY);
	if (o.st != ST_NETWORK)
		fail_msg("status %d, cut %zu: %s", o.st, cut, b->bytes);
	response_free(&o.out);
}

static void test_bad_responses_are_refused(void **state)
{
	size_t i, cut;

	(void)state;
	for (EACH_ROW(i, bad, bad[i].bytes)) {
		for (cut = 0; cut <= bad[i].len; cut++)
			check_bad(&bad[i], cut, bad[i].len + 1);
		for (cut = 1; cut < 8; cut++)
			check_bad(&bad[i], cut, cut);
	}
}

/*
 * A bad answer cut short must not become a good one, unless it was refused only
 * because the body was too long.
 */
static void test_bad_answers_that_are_cut_are_not_good(void **state)
{
	static const char head[] = OK "\r\n";
	const size_t head_len = sizeof(head) - 1;
	struct outcome o;
	size_t i, len;

	(void)state;
	for (EACH_ROW(i, bad, bad[i].bytes)) {
		const struct bad *b = &bad[i];

		for (len = 0; len < b->len; len++) {
			bool taken = len >= head_len &&
			    memcmp(b->bytes, head, head_len) == 0;

			feed(&o, b->bytes, len, len, 1, MAX_BODY);
			if (o.st != (taken ? ST_OK : ST_NETWORK))
				fail_msg("%zu bytes of: %s", len, b->bytes);
			response_free(&o.out);
		}
	}
}

/* A bad answer is refused at once, not at the end of the stream. */
static void test_bad_answers_are_refused_at_once(void **state)
{
	static const struct bad at_once[] = {
	    {BYTES("X")},
	    {BYTES("HTTP/1.1 099 OK\r\n\r\n")},
	    {BYTES("HTTP/1.1 101 Switching Protocols\r\n\r\n")},
	    {BYTES(OK "Content-Length: 33\r\n\r\n")},
	    {BYTES(CHUNKED "21\r\n")},
	    {BYTES(CHUNKED "x\n")},
	    {BYTES(CHUNKED "1\r\nab\n")},
	};
	struct http_response out = {0};
	struct parser r;
	size_t i, used;

	(void)state;
	for (EACH_ROW(i, at_once, at_once[i].bytes)) {
		parser_init(&r, &out, "h:80", MAX_BODY);
		assert_int_equal(
		    parser_feed(&r, at_once[i].bytes, at_once[i].len, &used),
		    ST_NETWORK);
		assert_false(parser_is_done(&r));
		parser_free(&r);
		response_free(&out);
	}
}

/* Any byte at any position: no crash, and ST_OK or ST_NETWORK. */
static void test_any_changed_byte_is_survived(void **state)
{
	static const char bytes[] = "\0\r\n\t :,;09afgHP\x7f\x80\xff-";
	struct outcome o;
	size_t i, at, b;

	(void)state;
	for (EACH_ROW(i, good, good[i].bytes)) {
		char *copy = malloc(good[i].len);

		assert_non_null(copy);
		memcpy(copy, good[i].bytes, good[i].len);
		for (at = 0; at < good[i].len; at++) {
			for (b = 0; b < sizeof(bytes) - 1; b++) {
				copy[at] = bytes[b];
				feed(&o, copy, good[i].len, good[i].len, 1,
				    MAX_BODY);
				assert_true(
				    o.st == ST_OK || o.st == ST_NETWORK);
				assert_true(o.out.body.len <= MAX_BODY);
				response_free(&o.out);
			}
			copy[at] = good[i].bytes[at];
		}
		free(copy);
	}
}

/* head, then len bytes of fill, then tail: fed in pieces of step bytes. */
static enum status feed_long(
    const char *head, char fill, size_t len, const char *tail, size_t step)
{
	struct buf bytes = {0};
	struct outcome o;

	assert_true(buf_add_string(&bytes, head));
	assert_true(buf_reserve(&bytes, len));
	memset(bytes.data + bytes.len, fill, len);
	bytes.len += len;
	assert_true(buf_add_string(&bytes, tail));
	feed(&o, (char *)bytes.data, bytes.len, 0, step, 1 << 20);
	buf_free(&bytes);
	response_free(&o.out);
	return o.st;
}

static void test_bodies_and_headers_are_limited(void **state)
{
	static const char head[] = OK "Content-Length: 0\r\nX: ";
	static const char trailer[] = CHUNKED "0\r\nX: ";
	static const size_t steps[] = {1, 1000, 1 << 20};
	size_t i, fits;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		fits = PARSER_HEAD_MAX - (sizeof(head) - 1) - 4;
		assert_int_equal(
		    feed_long(head, 'a', fits, "\r\n\r\n", steps[i]), ST_OK);
		assert_int_equal(
		    feed_long(head, 'a', fits + 1, "\r\n\r\n", steps[i]),
		    ST_NETWORK);
		fits = PARSER_HEAD_MAX - (sizeof(trailer) - 1) + 3 - 4;
		assert_int_equal(
		    feed_long(trailer, 'a', fits, "\r\n\r\n", steps[i]), ST_OK);
		assert_int_equal(
		    feed_long(trailer, 'a', fits + 1, "\r\n\r\n", steps[i]),
		    ST_NETWORK);
		fits = PARSER_CHUNK_MAX - 4;
		assert_int_equal(
		    feed_long(CHUNKED "0;", 'a', fits, "\r\n\r\n", steps[i]),
		    ST_OK);
		assert_int_equal(feed_long(CHUNKED "0;", 'a', fits + 1,
				     "\r\n\r\n", steps[i]),
		    ST_NETWORK);
		fits = (1 << 20) - 3;
		assert_int_equal(
		    feed_long(OK "\r\nabc", 'a', fits, "", steps[i]), ST_OK);
		assert_int_equal(
		    feed_long(OK "\r\nabc", 'a', fits + 1, "", steps[i]),
		    ST_NETWORK);
	}
}

/* The size of the whole header is limited, not the number of fields. */
static void test_many_header_fields_are_read(void **state)
{
	static const char field[] = "X: y\r\n";
	static const char end[] = "Content-Length: 0\r\n\r\n";
	size_t room = PARSER_HEAD_MAX - (sizeof(OK) - 1) - (sizeof(end) - 1);
	size_t fits = room / (sizeof(field) - 1), count, i;

	(void)state;
	for (count = fits; count <= fits + 1; count++) {
		struct buf bytes = {0};
		struct outcome o;

		assert_true(buf_add_string(&bytes, OK));
		for (i = 0; i < count; i++)
			assert_true(buf_add_string(&bytes, field));
		assert_true(buf_add_string(&bytes, end));
		feed(&o, (char *)bytes.data, bytes.len, 0, 1000, MAX_BODY);
		assert_int_equal(o.st, count == fits ? ST_OK : ST_NETWORK);
		response_free(&o.out);
		buf_free(&bytes);
	}
}

/* Interim answers count towards the size limit of the header. */
static void test_interim_answers_count_towards_the_limit(void **state)
{
	static const char interim[] = "HTTP/1.1 100 C\r\n\r\n";
	struct buf bytes = {0};
	struct outcome o;
	size_t i;

	(void)state;
	for (i = 0; i < PARSER_HEAD_MAX / (sizeof(interim) - 1) + 1; i++)
		assert_true(buf_add_string(&bytes, interim));
	feed(&o, (char *)bytes.data, bytes.len, 0, 1000, MAX_BODY);
	assert_int_equal(o.st, ST_NETWORK);
	assert_true(o.used < bytes.len);
	assert_int_equal(o.out.status, 0);
	response_free(&o.out);
	buf_free(&bytes);
}

/* A MiB in chunks of one byte, in segments of one byte. */
static void test_a_body_in_chunks_of_one_byte_is_read(void **state)
{
	const size_t count = 1 << 20;
	struct buf bytes = {0};
	struct outcome o;
	size_t i;

	(void)state;
	assert_true(buf_add_string(&bytes, CHUNKED));
	for (i = 0; i < count; i++)
		assert_true(buf_add_string(&bytes, "1\r\nx\r\n"));
	assert_true(buf_add_string(&bytes, "0\r\n\r\n"));
	feed(&o, (char *)bytes.data, bytes.len, 0, 1, count);
	assert_int_equal(o.st, ST_OK);
	assert_int_equal(o.out.body.len, count);
	response_free(&o.out);
	buf_free(&bytes);
}

/* Values that are longer than their array are cut. */
static void test_long_values_are_cut(void **state)
{
	struct buf bytes = {0};
	struct outcome o;
	size_t i;

	(void)state;
	assert_true(buf_add_string(&bytes, "HTTP/1.1 200 "));
	for (i = 0; i < HTTP_REASON_MAX; i++)
		assert_true(buf_add_string(&bytes, "\x01r"));
	assert_true(buf_add_string(&bytes, "\r\nContent-Type: "));
	for (i = 0; i < HTTP_TYPE_MAX; i++)
		assert_true(buf_add_string(&bytes, "\x01T"));
	assert_true(buf_add_string(&bytes, "\r\nContent-Length: 0\r\n\r\n"));
	feed(&o, (char *)bytes.data, bytes.len, 0, 7, MAX_BODY);
	assert_int_equal(o.st, ST_OK);
	assert_true(strlen(o.out.reason) > HTTP_REASON_MAX - 12);
	assert_memory_equal(o.out.reason, "\\x01r\\x01r", 10);
	assert_true(strlen(o.out.content_type) > HTTP_TYPE_MAX - 12);
	assert_memory_equal(o.out.content_type, "\\x01t\\x01t", 10);
	response_free(&o.out);
	buf_free(&bytes);
}

/* The header fields in which proxies give a reason. */
static void test_the_reason_of_a_proxy_is_found(void **state)
{
	static const struct {
		const char *fields, *error;
	} rows[] = {
	    {.fields = "", .error = ""},
	    {.fields = "Via: 1.1 p (squid/5.7)\r\nX-Cache: MISS from p\r\n",
		.error = ""},
	    {.fields = "x-squid-error: ERR_CONNECT_FAIL 111\r\n",
		.error = "ERR_CONNECT_FAIL 111"},
	    {.fields = "X-Squid-Error:\r\n", .error = ""},
	    {.fields = "X-Squid-Error: a\x1b[1m\r\n", .error = "a\\x1b[1m"},
	    {.fields = "Proxy-Status: p; error=connection_timeout\r\n",
		.error = "p; error=connection_timeout"},
	    {.fields = "Proxy-Status: p; received-status=503\r\n", .error = ""},
	};
	struct http_response out;
	struct parser r;
	size_t i, used;

	(void)state;
	for (EACH_ROW(i, rows, rows[i].fields)) {
		struct buf bytes = {0};

		memset(&out, 0, sizeof(out));
		assert_true(buf_addf(
		    &bytes, "HTTP/1.1 503 No\r\n%s\r\n", rows[i].fields));
		parser_init(&r, &out, "h:80", MAX_BODY);
		assert_int_equal(
		    parser_feed(&r, bytes.data, bytes.len, &used), ST_OK);
		assert_string_equal(out.proxy_error, rows[i].error);
		parser_free(&r);
		response_free(&out);
		buf_free(&bytes);
	}
}

/* With bodies in files. */
static void test_bodies_in_files_are_read_alike(void **state)
{
	memory_max = 1;
	test_good_responses_are_read(state);
	test_good_answers_that_are_cut_are_refused(state);
	test_bad_answers_are_refused_at_once(state);
	test_bodies_and_headers_are_limited(state);
	memory_max = 0;
}

int main(void)
{
	static struct log_capture unread;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good_responses_are_read),
	    cmocka_unit_test(test_good_answers_that_are_cut_are_refused),
	    cmocka_unit_test(test_bad_responses_are_refused),
	    cmocka_unit_test(test_bad_answers_that_are_cut_are_not_good),
	    cmocka_unit_test(test_bad_answers_are_refused_at_once),
	    cmocka_unit_test(test_any_changed_byte_is_survived),
	    cmocka_unit_test(test_bodies_and_headers_are_limited),
	    cmocka_unit_test(test_many_header_fields_are_read),
	    cmocka_unit_test(test_interim_answers_count_towards_the_limit),
	    cmocka_unit_test(test_a_body_in_chunks_of_one_byte_is_read),
	    cmocka_unit_test(test_long_values_are_cut),
	    cmocka_unit_test(test_the_reason_of_a_proxy_is_found),
	    cmocka_unit_test(test_bodies_in_files_are_read_alike),
	};

	log_capture_begin(&unread); /* messages are tested elsewhere */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
