#!/usr/bin/env bats
#
# The module for Advantech routers, with the program for ARM, in a root that has BusyBox
# and nothing else: the steps that the manual of the old module has, renewal by crond,
# upgrade and removal.
#
# MODULE and MODULE_NO_TLS are the two files that scripts/advantech makes.

load ../e2e/helper
load router

setup_file() {
    export PARTS=${PARTS:-$tree/build-advantech/parts}
    [ "$(id -u)" -eq 0 ] || skip "only root can make the root of a router"
    command -v qemu-arm-static >/dev/null || skip "qemu-arm-static is not installed"
    fetch_router "$PARTS" || skip "BusyBox for ARM cannot be had"
    as_arm '"$1" true' "$PARTS/busybox/bin/busybox" ||
        skip "the kernel cannot be told here to run programs for ARM by qemu"
}

teardown_file() {
    [ "$(id -u)" -ne 0 ] || unregister_arm || true
}

setup() {
    common_setup
    router=$BATS_TEST_TMPDIR/router
    parts=$PARTS
    data=$router/data/scepClient
    run_limit=$((300 * slowness))
    make_router
}

# configure [LINE...]: the file of that manual; LINEs are added.
configure() {
    mkdir -p "$data"
    {
        cat <<'END_FILE'
# sscep.conf

"CACertFile"	"ca.crt"
FingerPrint	md5
PrivateKeyFile	./local.key
LocalCertFile	./local.crt
GetCrlFile	./crl.crl
MaxPollCount	50
END_FILE
        printf '%s\n' "URL $URL" "$@"
    } >"$data/sscep.conf"
}

# said LINE...: this is all that was printed.
said() {
    expect_status 0
    stderr_empty
    printf '%s\n' "$@" | sed 's,^: ,/opt/scepClient/bin/sscep: ,' | expect_stdout
}

md5_of() {
    fingerprint "$1" md5
}

@test "the six steps of the manual, with a request that enroll makes" {
    start_ca --pending 2
    upload "$MODULE"
    configure 'PollInterval 1' 'NewKey rsa:2048' 'Subject /CN=172.30.0.1' \
        'SubjectAltName IP:172.30.0.1'
    start_router <<'END_SCRIPT'
cd /var/data/scepClient
/opt/scepClient/bin/sscep getca -f sscep.conf
END_SCRIPT
    said ': requesting CA certificate' \
        ': valid response from server' \
        ": MD5 fingerprint: $(md5_of "$ca/ca.crt")" \
        ': CA certificate written as ca.crt'
    start_router <<'END_SCRIPT'
cd /var/data/scepClient
/opt/scepClient/bin/sscep enroll -f sscep.conf
END_SCRIPT
    said ': private key written as ./local.key' \
        ': sending certificate request' \
        ': valid response from server' \
        ': pkistatus: PENDING' \
        ': requesting certificate (#1)' \
        ': valid response from server' \
        ': pkistatus: PENDING' \
        ': requesting certificate (#2)' \
        ': valid response from server' \
        ': pkistatus: SUCCESS' \
        ': certificate written as ./local.crt'
    same_certificate "$data/local.crt" "$(issued)"
    openssl verify -CAfile "$data/ca.crt" "$data/local.crt"
    expect_equal "mode of the key" 600 "$(stat -c %a "$data/local.key")"
    start_router <<'END_SCRIPT'
cd /var/data/scepClient
/opt/scepClient/bin/sscep getcrl -f sscep.conf
END_SCRIPT
    said ': requesting crl' \
        ': valid response from server' \
        ': pkistatus: SUCCESS' \
        ': CRL written as ./crl.crl'
    openssl crl -in "$data/crl.crl" -CAfile "$data/ca.crt" -noout
}

@test "the six steps of the manual, with mkrequest and several CA certificates" {
    start_ca --profile ra-pair --challenge password
    add_openssl
    upload "$MODULE"
    configure 'CertReqFile ./local.csr'
    start_router <<'END_SCRIPT'
cd /var/data/scepClient
/opt/scepClient/bin/mkrequest -ip 172.30.0.1 password
/opt/scepClient/bin/sscep getca -f sscep.conf
openssl x509 -in ca.crt-1 -noout -fingerprint -md5
openssl verify -CAfile ca.crt-1 ca.crt-0
/opt/scepClient/bin/sscep enroll -f sscep.conf
openssl verify -CAfile ca.crt-1 local.crt
/opt/scepClient/bin/sscep getcrl -f sscep.conf
END_SCRIPT
    said 'mkrequest: key written as local.key' \
        'mkrequest: request written as local.csr' \
        ': requesting CA certificate' ': valid response from server' '' \
        ': found certificate with' \
        '  subject: /C=FI/O=klake.org/CN=klake.org VPN RA' \
        '  issuer: /C=FI/O=klake.org/CN=klake.org VPN CA' \
        '  usage: Digital Signature, Non Repudiation' \
        "  MD5 fingerprint: $(md5_of "$ca/ra-sign.crt")" \
        ': certificate written as ca.crt-0' '' \
        ': found certificate with' \
        '  subject: /C=FI/O=klake.org/CN=klake.org VPN CA' \
        '  issuer: /C=FI/O=klake.org/CN=klake.org VPN CA' \
        '  usage: Digital Signature, Non Repudiation, Certificate Sign, CRL Sign' \
        "  MD5 fingerprint: $(md5_of "$ca/ca.crt")" \
        ': certificate written as ca.crt-1' \
        "md5 Fingerprint=$(md5_of "$ca/ca.crt")" \
        'ca.crt-0: OK' \
        ': sending certificate request' ': valid response from server' \
        ': pkistatus: SUCCESS' ': certificate written as ./local.crt' \
        'local.crt: OK' \
        ': requesting crl' ': valid response from server' \
        ': pkistatus: SUCCESS' ': CRL written as ./crl.crl'
    same_certificate "$data/local.crt" "$(issued)"
}

# renewing [LINE...]: the module is there, and the configuration for renew.
renewing() {
    upload "$MODULE"
    configure 'NewKey rsa:2048' 'Subject /CN=router' \
        "CAFingerprint $(fingerprint "$ca/ca.crt" sha256)" "$@"
    sed -i 's/^\(MOD_SCEPCLIENT_ENABLED\)=.*/\1=1/' \
        "$router/opt/scepClient/etc/settings"
}

@test "crond enrols and renews; nothing is said of that, and a failure is logged" {
    start_ca
    renewing
    sed -i "s/^\(MOD_SCEPCLIENT_MINUTE\)=.*/\1='*'/" \
        "$router/opt/scepClient/etc/settings"
    start_router <<'END_SCRIPT'
syslogd -O /tmp/messages
crond
/opt/scepClient/etc/init start
cd /var/data/scepClient
tries=0
until [ -s local.crt ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ]
    sleep 1
done
sleep 3
entry=$(sed 's/^\([^ ]* \)\{5\}//' /var/spool/cron/crontabs/root)
sh -c "$entry"
cp local.crt first
echo 'RenewBefore 100%' >>sscep.conf
tries=0
while cmp -s local.crt first; do
    tries=$((tries + 1))
    [ "$tries" -lt 200 ]
    sleep 1
done
/opt/scepClient/etc/init stop
sleep 3
! grep ' scepClient: ' /tmp/messages
sed -i 's,^URL .*,URL http://127.0.0.1:1/,' sscep.conf
sh -c "$entry"
tries=0
until grep -o ' daemon.err scepClient: .*: exit status 95' /tmp/messages; do
    tries=$((tries + 1))
    [ "$tries" -lt 20 ]
    sleep 1
done
ls /var/spool/cron/crontabs
END_SCRIPT
    expect_status 0
    stderr_empty
    expect_stdout <<'END'
scepClient: crond renews the certificates of /var/data/scepClient
 daemon.err scepClient: sscep-renew: /var/data/scepClient/sscep.conf: exit status 95
END
    expect_equal "messages" "19 17" "$(messages messageType | paste -sd ' ')"
    run -1 cmp -s "$data/local.crt" "$data/first"
    [ "$(cat "$ca"/issued/*.pem | grep -c 'BEGIN CERT')" -eq 2 ]
}

@test "renew: a second run at the same time says nothing, and sends nothing" {
    start_ca --pending 2
    renewing 'PollInterval 8'
    start_router <<'END_SCRIPT'
/opt/scepClient/etc/renew &
until [ -s /var/data/scepClient/local.crt.req ]; do
    sleep 1
done
/opt/scepClient/etc/renew
wait $!
END_SCRIPT
    expect_status 0
    stdout_empty
    stderr_empty
    expect_equal "messages" "19 20 20" "$(messages messageType | paste -sd ' ')"
    same_certificate "$data/local.crt" "$(issued)"
}

# entry: what init start makes, after a restart of the router.
entry() {
    start_router <<'END_SCRIPT'
crond
[ -z "$(ls /var/spool/cron/crontabs)" ]
/opt/scepClient/etc/init start
/opt/scepClient/etc/init status
END_SCRIPT
    expect_status 0
    stderr_empty
    sed 1d "$stdout"
}

@test "restart, upgrade and removal" {
    local before entry name
    start_ca
    renewing
    start_router <<'END_SCRIPT'
/opt/scepClient/etc/renew
END_SCRIPT
    expect_status 0
    entry=$(entry)
    expect_equal "the entry" "$entry" "$(entry)"
    mkdir next
    tar xzf "$MODULE" -C next
    echo 999 >next/scepClient/etc/version
    tar czf next.tgz --owner=0 --group=0 -C next scepClient
    before=$(cd "$router" && sha256sum data/scepClient/* opt/scepClient/etc/settings)
    upload next.tgz
    expect_equal "version" 999 "$(cat "$router/opt/scepClient/etc/version")"
    (cd "$router" && sha256sum --quiet -c <<<"$before")
    expect_equal "the entry" "$entry" "$(entry)"
    start_router <<'END_SCRIPT'
/opt/scepClient/etc/init start >/tmp/said
/opt/scepClient/etc/uninstall
rm -rf /opt/scepClient
ls -A /opt /var/data /var/spool/cron/crontabs
END_SCRIPT
    expect_status 0
    stderr_empty
    expect_stdout <<'END'
/opt:

/var/data:
scepClient

/var/spool/cron/crontabs:
END
    for name in settings sscep.conf ca.crt local.crt local.key; do
        [ -s "$data/$name" ] || problem "$name is gone"
    done
    expect_equal "what is left" \
        "ca.crt local.crt local.crt.lock local.key settings sscep.conf" \
        "$(cd "$data" && echo *)"
}

@test "https: with TLS, and without" {
    start_ca --tls --challenge secret
    URL=https${URL#http}
    upload "$MODULE"
    configure 'NewKey rsa:2048' 'Subject /CN=router' 'Challenge pass:secret' \
        'TLSCAFile ca.crt'
    cp "$ca/ca.crt" "$data/"
    start_router <<'END_SCRIPT'
cd /var/data/scepClient
/opt/scepClient/bin/sscep enroll -f sscep.conf
END_SCRIPT
    expect_status 0
    stderr_empty
    same_certificate "$data/local.crt" "$(issued)"
    upload "$MODULE_NO_TLS"
    start_router <<'END_SCRIPT'
cd /var/data/scepClient
! /opt/scepClient/bin/sscep getcrl -f sscep.conf
/opt/scepClient/bin/sscep getcrl -f sscep.conf -u "http${URL#https}" -w crl.crl
END_SCRIPT
    expect_status 0
    stderr_has 'TLS is not built in'
    openssl crl -in "$data/crl.crl" -CAfile "$data/ca.crt" -noout
}
