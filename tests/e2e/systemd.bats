#!/usr/bin/env bats
#
# The units that run renew: systemd accepts them, they are shut off, and what
# renew does is allowed in them.

load helper
load servers

setup() {
    common_setup
    need systemd-analyze
    service=sscep-renew@.service
    sed "s,/usr/bin/sscep,$SSCEP," "$tree/scripts/$service" >"$service"
    cp "$tree/scripts/sscep-renew@.timer" .
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

@test "systemd accepts the units" {
    local said
    said=$(systemd-analyze verify --man=no "./$service" \
        ./sscep-renew@.timer 2>&1) || problem "systemd-analyze" "$said"
    expect_equal "what systemd says" "" "$said"
}

@test "a pending request is a failed unit" {
    expect_equal "the statuses of success" "" "$(values SuccessExitStatus)"
    expect_equal "the type" oneshot "$(values Type)"
    values ExecStart | grep "^$SSCEP renew -f /etc/sscep/%i.conf$"
}

@test "the service is shut off" {
    systemd-analyze security --help | grep -q -e --offline ||
        skip "systemd is older than 250"
    systemd-analyze security --offline=true --threshold=25 --no-pager \
        "./$service"
}

@test "what renew calls is allowed in the service" {
    need strace
    start_ca --challenge secret
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
Hook = 'systemctl --version >hook'
END
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
    ! grep -x setpriority allowed
    expect_equal "forbidden" "" "$(comm -23 called allowed | paste -sd' ')"
    expect_equal "writable and executable" "" "$(cat wx)"
}
