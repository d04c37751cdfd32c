#!/usr/bin/env bats
#
# The units that run renew: systemd accepts them, they are shut off, and what
# renew does is allowed in them. A systemd of its own runs them.

load helper
load namespace
load servers

setup() {
    common_setup
    need systemd-analyze
    service='sscep-renew@.service'
    sed "s,/usr/bin/sscep,$SSCEP," "$tree/scripts/$service" >"$service"
    cp "$tree/scripts/sscep-renew@.timer" .
    root=$PWD/root
}

# values KEY: what the unit sets it to, in lines.
values() {
    sed -n "s/^$1=//p" "$service"
}

# allowed: the system calls that the unit lets through, in lines. Each line of
# the filter adds, or removes after a ~.
allowed() {
    {
        systemd-analyze syscall-filter --no-pager
        printf 'filter @default\n'
        values SystemCallFilter | sed 's/^/filter /'
    } | awk '
    function apply(name, on, n, i, part) {
        n = split(members[name], part, " ")
        for (i = 1; i <= n; i++)
            apply(part[i], on)
        if (n == 0)
            is[name] = on
    }
    /^@/ { set = $1 }
    /^ +[@a-z]/ { members[set] = members[set] " " $1 }
    /^filter/ {
        on = !sub(/~/, "")
        for (word = 2; word <= NF; word++)
            apply($word, on)
    }
    END {
        for (name in is)
            if (is[name])
                print name
    }' | sort
}

# configure [LINE...]: a configuration file.
configure() {
    cat >dev.conf <<END
URL = $(echo "$URL" | sed 's/127.0.0.1/localhost/')
CACertFile = ca.crt
CAFingerprint = $(fingerprint "$ca/ca.crt" sha256)
[sscep_renew]
PrivateKeyFile = dev.key
LocalCertFile = dev.crt
Subject = /CN=device
NewKey = rsa:2048
Challenge = pass:secret
BundleFile = dev.pem
END
    printf '%s\n' "$@" >>dev.conf
}

# traced [OPTION...]: a run of renew, with a hook; adds its system calls to the
# file calls, and mappings that can be written and executed to the file wx.
traced() {
    command_line="sscep renew $*"
    status=0
    ASAN_OPTIONS=detect_leaks=0 strace -f -o trace "$SSCEP" renew -f dev.conf \
        "$@" >"$stdout" 2>"$stderr" </dev/null || status=$?
    no_sanitizer_text
    sed -n 's/^[0-9]* *\([a-z_0-9]*\)(.*/\1/p' trace >>calls
    grep -E '^[0-9]+ +(mmap|mprotect)\(.*PROT_WRITE\|PROT_EXEC' trace >>wx ||
        true
}

teardown() {
    if [ -s "$root.pid" ]; then
        kill -KILL "$(cat "$root.pid")"
        wait "$booting" || true
    fi
    stop_ca
}

# boot: starts systemd with the units, and what is in root.files.
boot() {
    local option=detect_leaks=0
    [ "$(id -u)" -eq 0 ] || skip "only root starts another systemd"
    need unshare nsenter
    [ -x /usr/lib/systemd/systemd ] || skip "systemd is elsewhere"
    unshare -pfmuiC true || skip "no namespaces can be made here"
    mkdir "$root"
    cp "$SSCEP" root.files/opt/sscep
    sed "s,^ExecStart=$SSCEP,ExecStart=/opt/sscep," "$service" \
        >"root.files/etc/systemd/system/$service"
    cp sscep-renew@.timer root.files/etc/systemd/system
    mkdir "root.files/etc/systemd/system/$service.d"
    printf '%s\n' '[Service]' 'StandardOutput=append:/srv/log' \
        "Environment=ASAN_OPTIONS=$option LSAN_OPTIONS=$option" \
        >"root.files/etc/systemd/system/$service.d/test.conf"
    "$here/boot-systemd" "$root" >"$root.log" 2>&1 </dev/null 3>&- 4>&- &
    booting=$!
    wait_for 30 booted || true
    booted || problem "systemd does not start" "$(cat "$root.log")"
}

booted() {
    [ -s "$root.pid" ] && grep -qx systemd "/proc/$(cat "$root.pid")/comm" &&
        there systemctl is-system-running | grep -qx running
}

# there COMMAND...: in the system that boot has started.
there() {
    nsenter -t "$(cat "$root.pid")" -m -p -C -r -w "$@"
}

# starts STATUS [yes]: a run of the unit, with this exit status of sscep; yes: the
# unit has failed.
starts() {
    local failed=
    there systemctl start sscep-renew@dev 2>start.err || failed=yes
    expect_equal "the exit status" "$1" "$(there systemctl show \
        -P ExecMainStatus sscep-renew@dev)"
    expect_equal "whether it fails" "${2-}" "$failed"
    expect_equal "the failed units" "${2:+sscep-renew@dev.service}" \
        "$(there systemctl list-units --failed --plain --no-legend |
            sed 's/ .*//')"
}

@test "systemd accepts the units" {
    local said
    said=$(systemd-analyze verify --man=no "./$service" \
        ./sscep-renew@.timer 2>&1) || problem "systemd-analyze" "$said"
    expect_equal "what systemd says" "" "$said"
}

@test "systemd accepts the drop-in of the cookbook" {
    local said
    echo '[Service]' >>"$service"
    sed -n '/^ExecStartPost=/,/^\.Ed$/p' "$tree/man/sscep-cookbook.7" |
        sed -e '$d' -e 's/\\e$/\\/' >>"$service"
    values ExecStartPost | grep '^+/bin/sh'
    said=$(systemd-analyze verify --man=no "./$service" 2>&1) ||
        problem "systemd-analyze" "$said"
    expect_equal "what systemd says" "" "$said"
    sed -i 's,^ExecStartPost=+/bin,&/nowhere,' "$service"
    said=$(systemd-analyze verify --man=no "./$service" 2>&1) || true
    [[ "$said" == */nowhere/* ]]
}

@test "a pending request is a failed unit" {
    expect_equal "the statuses of success" "" "$(values SuccessExitStatus)"
    expect_equal "the type" oneshot "$(values Type)"
    values ExecStart | grep "^$SSCEP renew -f /etc/sscep/%i.conf$"
}

@test "the service is shut off" {
    systemd-analyze security --help | grep -q -e --offline ||
        skip "systemd is older than 250"
    systemd-analyze security --offline=true --threshold=30 --no-pager \
        "./$service"
}

@test "what renew calls is allowed in the service" {
    need strace
    start_ca --challenge secret
    configure "Hook = 'systemctl --version >hook'"
    traced
    expect_status 0
    traced --force
    expect_status 0
    stdout_has "renewed: "
    [ -s hook ]
    sort -u calls >called
    allowed >allowed
    grep -x connect called
    grep -x setrlimit allowed
    expect_equal "setpriority" "" "$(grep -x setpriority allowed)"
    expect_equal "forbidden" "" "$(comm -23 called allowed | paste -sd' ')"
    expect_equal "writable and executable" "" "$(cat wx)"
}

@test "renew works with the mounts and the capabilities of the service" {
    local capabilities owner='' hook="! touch ../outside && touch inside"
    start_ca --challenge secret
    capabilities=$(values CapabilityBoundingSet | tr '[:upper:]' '[:lower:]' |
        sed -e 's/cap_/+/g' -e 's/ /,/g')
    [ "$(id -u)" -ne 0 ] || owner='Owner = daemon:daemon'
    mkdir etc
    cd etc
    # Not in the file: where a user makes the mounts, / is somebody else's.
    configure "$owner"
    make_program bounded setpriv --no-new-privs --inh-caps=-all \
        --bounding-set="-all,$capabilities" "$SSCEP"
    sscep=$BATS_TEST_TMPDIR/bounded
    shut_off renew -f dev.conf --hook "$hook"
    expect_status 0
    stderr_has "cannot touch '../outside'"
    [ -e inside ]
    shut_off renew -f dev.conf --force
    expect_status 0
    openssl verify -CAfile ca.crt dev.crt
    if [ -n "$owner" ]; then
        expect_equal "owners" "daemon" "$(stat -c %U dev.* | grep -v root |
            sort -u)"
        expect_equal "files of daemon" 6 "$(stat -c %U dev.* | grep -c daemon)"
    fi
}

# shut_off ARGUMENT...: runs sscep where this directory can be written, and those
# above it cannot.
shut_off() {
    in_mounts "mount --bind '$PWD' '$PWD'
        mount --rbind '$BATS_TEST_TMPDIR' '$BATS_TEST_TMPDIR'
        mount -o remount,bind,ro '$BATS_TEST_TMPDIR'
        cd '$PWD'" run_sscep "$@"
}

@test "a life under systemd: the sandbox, and the drop-in of the cookbook" {
    start_ca --challenge secret
    mkdir -p root.files/opt root.files/srv/ftp root.files/etc/sscep \
        root.files/etc/systemd/system/sscep-renew@dev.service.d
    configure "MaxPollTime = 0" "Hook = 'sh hook; touch dev.renewed'"
    mv dev.conf root.files/etc/sscep
    {
        echo '[Service]'
        sed -n '/^ExecStartPost=/,/^\.Ed$/p' "$tree/man/sscep-cookbook.7" |
            sed -e '$d' -e 's/\\e$/\\/'
    } >root.files/etc/systemd/system/sscep-renew@dev.service.d/override.conf
    cat >root.files/etc/systemd/system/asked.service <<'END'
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo asked >>/srv/asked'
END
    cat >root.files/etc/sscep/hook <<'END'
for name in /etc /etc/sscep /home /opt /root /run /run/systemd /srv /usr /var; do
    ! touch $name/new || echo $name
done >written 2>/dev/null
grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status | tr '\n\t' '  '>rights
systemctl start asked
END
    boot
    cd root.files/etc/sscep
    starts 0
    openssl verify -CAfile ca.crt dev.crt
    starts 0
    grep -q "^not due: " ../../srv/log
    expect_equal "what the hook can write" /etc/sscep "$(cat written)"
    expect_equal "the rights of the hook" \
        "CapEff: 000000000000000b NoNewPrivs: 1 Seccomp: 2 " "$(cat rights)"
    expect_equal "what the hook asks systemd for" asked "$(cat ../../srv/asked)"
    echo "RenewBefore = 400d" >>dev.conf
    starts 0
    [ -e dev.crt.old ]
    cmp dev.pem ../../srv/ftp/tls.pem
    [ ! -e dev.renewed ]
    stop_ca
    start_ca --challenge secret --pending 1
    sed -i "s/localhost:[0-9]*/localhost:$port/" dev.conf
    starts 3 yes
    starts 0
    cmp dev.pem ../../srv/ftp/tls.pem
    there systemctl start sscep-renew@dev.timer
    there systemctl list-timers --no-legend | grep sscep-renew@dev.service
}
