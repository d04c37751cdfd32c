#!/usr/bin/env bats
#
# Scripts around sscep: cron, containers, configuration management, monitors.

load helper

# From: cron jobs: the certificate is replaced in place, and no mail is sent.
@test "cron: renewal in place, -K local.key -O local.crt -l local.crt" {
    start_enrolment
    hold_certificate
    user <<'END'
cp local.crt before
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
    -K local.key -O local.crt -l local.crt >/dev/null
! cmp -s local.crt before
openssl verify -CAfile ca.crt local.crt
END
    ends 0
    makes before
    prints "local.crt: OK"
    silent
    expect_equal "what was sent" "19 17" "$(messages messageType | paste -sd ' ')"
}

# From: cron jobs: what fails leaves the old certificate, and stderr is the mail.
@test "cron: a renewal in place that fails" {
    start_enrolment --renewal-by 19
    hold_certificate
    user <<'END'
cp local.crt before
status=0
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr --renewal 17 \
    -K local.key -O local.crt -l local.crt >/dev/null || status=$?
cmp local.crt before
exit "$status"
END
    ends 72
    makes before
    stderr_has "sscep: "
    stderr_has "$(received)"
    stdout_empty
}

# From: cron jobs: a new key; files are moved only when all is there.
@test "cron: a new key, with copies of the old files" {
    start_enrolment
    hold_certificate
    user <<'END'
PREFIX=new mkrequest -dns device.example.org >/dev/null 2>&1
if sscep enroll -u "$URL" -c ca.crt -K local.key -O local.crt -k new.key -r new.csr \
    -l new.crt --no-warn renewal-subject >/dev/null; then
    cp -p local.key local.key.old
    cp -p local.crt local.crt.old
    mv new.key local.key
    mv new.crt local.crt
    rm new.csr
fi
openssl x509 -in local.crt -noout -pubkey >one
openssl pkey -in local.key -pubout | cmp - one
rm one
END
    ends 0
    makes local.crt.old local.key.old
    stdout_empty
    silent
}

# From: cron jobs: only when the certificate has a month left.
@test "cron: openssl x509 -checkend decides" {
    start_enrolment
    hold_certificate
    user <<'END'
renew() {
    openssl x509 -in local.crt -noout -checkend "$1" >/dev/null ||
        sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
            -K local.key -O local.crt -l local.crt | grep pkistatus
}
renew 2592000
renew 3153600000
END
    ends 0
    makes ""
    expect_stdout <<'END'
sscep: pkistatus: SUCCESS
END
    silent
}

# From: cron jobs of those whose CA is old: the manual's list of --no-warn.
@test "cron: no mail from a CA that answers in DES, announces nothing, takes no POST" {
    take local.key local.csr
    start_ca --profile ra-pair --caps none --cipher des --get-only
    user quiet="$(cron_list)" <<'END'
sscep getca -u "$URL" -c ca.crt --no-warn $quiet >/dev/null
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
    --no-warn $quiet >/dev/null
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
    -K local.key -O local.crt --no-warn $quiet >/dev/null
sscep getcrl -u "$URL" -c ca.crt -k local.key -l local.crt -w ca.crl \
    --no-warn $quiet >/dev/null
END
    ends 0
    makes ca.crl ca.crt-0 ca.crt-1 local.crt
    silent
}

# From: cron jobs: getca again; files that are not in the new set go away.
@test "cron: getca again, and a loop over ca.crt-?" {
    start_ca --profile ra
    user <<'END'
: >ca.crt-3
: >ca.crt-4
sscep getca -u "$URL" -c ca.crt >/dev/null
for f in ca.crt-?; do
    openssl x509 -in "$f" -noout -subject
done
END
    ends 0
    makes ca.crt-0 ca.crt-1 ca.crt-2 ca.crt-3.old ca.crt-4.old
    expect_equal "certificates" 3 "$(grep -c '^subject' "$stdout")"
    silent
}

# From: how-tos: all certificates of getca in one file, which getca must not touch.
@test "cron: getca again, where ca.crt was put together from ca.crt-?" {
    start_ca --profile ra
    user <<'END'
sscep getca -u "$URL" -c ca.crt >/dev/null
cat ca.crt-? >ca.crt
cp ca.crt before
sscep getca -u "$URL" -c ca.crt >/dev/null
cmp ca.crt before
END
    ends 0
    makes before ca.crt ca.crt-0 ca.crt-1 ca.crt-2
    silent
}

# From: how-tos: ca.crt is a link to the file of the CA.
@test "cron: getca again, where ca.crt is a link to ca.crt-1" {
    take local.key local.csr
    start_ca --profile ra-pair
    user <<'END'
sscep getca -u "$URL" -c ca.crt >/dev/null
ln -s ca.crt-1 ca.crt
sscep getca -u "$URL" -c ca.crt >/dev/null
readlink ca.crt
sscep enroll -u "$URL" -c ca.crt-0 -k local.key -r local.csr -l local.crt
END
    ends 0
    makes ca.crt ca.crt-0 ca.crt-1 local.crt
    prints ca.crt-1 "sscep: pkistatus: SUCCESS"
    warns no-ca-certificate
}

# From: a CA that was moved behind an RA: the old ca.crt would be read first.
@test "cron: getca again, where ca.crt is that of another CA" {
    take other.crt
    start_ca --profile ra-pair
    user <<'END'
mv other.crt ca.crt
cp ca.crt before
sscep getca -u "$URL" -c ca.crt >/dev/null
cmp ca.crt before
END
    ends 0
    makes before ca.crt ca.crt-0 ca.crt-1
    warns ca-file-shadows-set
}

# From: scripts with a directory of the same name beside the files.
@test "cron: getca -c NAME, where NAME is a directory" {
    start_ca --profile ra-pair
    user <<'END'
mkdir scepca
sscep getca -u "$URL" -c scepca
ls -d scepca*
END
    ends 0
    makes scepca-0 scepca-1
    prints "sscep: certificate written as scepca-0" scepca scepca-0 scepca-1
    silent
}

# From: entrypoints of container images: a loop for as long as the status is 3.
@test "container: a loop on exit status 3" {
    start_enrolment --pending 3
    user <<'END'
resume=
while :; do
    status=0
    sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt \
        -t 1 -n 1 $resume >out 2>err || status=$?
    [ "$status" -eq 3 ] || break
    echo pending
    resume=-R
done
echo "status $status"
END
    ends 0
    makes err local.crt out
    prints pending "status 0"
}

# From: compose files: the client is up before the CA.
@test "container: -W waits until the CA is up" {
    start_ca
    stop_ca
    late=$(cat "$ca/port")
    (
        sleep 2
        exec "$testca" --dir "$ca" --keys "$BATS_RUN_TMPDIR/cakeys" \
            --lifetime 60 --port "$late"
    ) >"$ca.out" 2>&1 3>&- 4>&- &
    ca_pids+=($!)
    user <<'END'
sscep getca -u "$URL" -c ca.crt -W 30
END
    ends 0
    makes ca.crt
    prints "sscep: CA certificate written as ca.crt"
}

# From: container images with http_proxy in the environment; the CA is internal.
@test "container: http_proxy is set, and no_proxy has the CA" {
    start_ca
    user http_proxy=proxy.invalid:3128 no_proxy=127.0.0.1,localhost <<'END'
sscep getca -u "$URL" -c ca.crt
END
    ends 0
    makes ca.crt
    prints "sscep: CA certificate written as ca.crt"
    silent
}

# From: container images: http_proxy with a host only, as curl takes it.
@test "container: http_proxy with a host only means its port 80" {
    user http_proxy=127.13.0.4 <<'END'
sscep getca -u http://ca.example.org/scep -c ca.crt
END
    ends 95
    makes ""
    only_error "cannot connect to proxy 127.13.0.4:80 of http_proxy: "
}

# From: entrypoints: all that is on stdout and stderr goes into one log.
@test "container: -d, both streams into tee" {
    start_enrolment
    user <<'END'
sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr -l local.crt -d 2>&1 |
    tee enroll.log >/dev/null
grep -c '^sscep: pkistatus: SUCCESS$' enroll.log
grep -c '^sscep: certificate written as local.crt$' enroll.log
awk '/Read request with transaction id/ { print $NF }' enroll.log
END
    ends 0
    makes enroll.log local.crt
    prints 1 1 "$(received)"
}

# From: Ansible and Puppet: changed when stdout has a line, skipped when it exists.
@test "configuration management: runs once, and says that it changed something" {
    start_enrolment
    user <<'END'
for run in 1 2; do
    [ -e local.crt ] || sscep enroll -u "$URL" -c ca.crt -k local.key -r local.csr \
        -l local.crt | grep -E '(SUCCESS|written as)'
done
END
    ends 0
    makes local.crt
    expect_stdout <<'END'
sscep: pkistatus: SUCCESS
sscep: certificate written as local.crt
END
    silent
}

# From: monitors: getca into a temporary file that mktemp has made already.
@test "monitor: getca into an empty file of mktemp" {
    start_ca
    user <<'END'
file=$(mktemp ./check.XXXXXX)
sscep getca -u "$URL" -c "$file" >/dev/null
openssl x509 -in "$file" -noout -checkend 86400 >/dev/null && echo "SCEP OK"
rm "$file"
END
    ends 0
    makes ""
    prints "SCEP OK"
    silent
}

# From: monitors: the server is away.
@test "monitor: no server is status 95, one line" {
    start_ca
    stop_ca
    user <<'END'
status=0
sscep getca -u "$URL" -c ca.crt >out 2>err || status=$?
echo "SCEP CRITICAL $status: $(cat err)" | head -n 1
wc -l <err | tr -d ' '
END
    ends 0
    makes out err
    stdout_has "SCEP CRITICAL 95: sscep: "
    prints 1
}
