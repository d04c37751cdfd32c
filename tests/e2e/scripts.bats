#!/usr/bin/env bats
#
# How scripts/test and scripts/quickstart install packages: their messages when
# they cannot, and that no service is started or enabled.

bats_require_minimum_version 1.5.0

setup() {
    tree=$(realpath "$BATS_TEST_DIRNAME/../..")
    bin=$BATS_TEST_TMPDIR/bin
    calls=$BATS_TEST_TMPDIR/calls
    mkdir "$bin"
    : >"$calls"
    for name in sh cat find grep head rm sed tail wc; do
        ln -s "$(command -v "$name")" "$bin/$name"
    done
    # The user is not root, and apt offers the package "tool" only.
    command_of_system id 'echo 1000'
    command_of_system apt-cache 'echo "  Candidate: 1.0"'
    command_of_system apt-get 'exit 0'
}

# command_of_system NAME SCRIPT: replaces a command; its calls are recorded.
command_of_system() {
    printf '#!/bin/sh\necho "%s $*" >>%s\n%s\n' "$1" "$calls" "$2" \
        >"$bin/$1"
    chmod +x "$bin/$1"
}

# Installs the package "tool" as the scripts do.
install_tool() {
    run env PATH="$bin" sh -c '
        program=try top=$1 log=$2
        . "$top/scripts/lib.sh"
        install_missing "$log" tool
        echo "missing then: $still_missing"' sh "$tree" \
        "$BATS_TEST_TMPDIR/log"
    echo "$output"
}

advice() {
    [[ "$output" == *"
  apt-get update
  apt-get install --no-install-recommends tool
missing then: tool " ]]
}

@test "packages: without sudo it is said what to run" {
    install_tool
    [[ "$output" == *"There is no sudo here, and this user is not root."* ]]
    advice
}

@test "packages: that sudo refuses is told" {
    command_of_system sudo 'echo "sudo: a password is required" >&2; exit 1'
    install_tool
    [[ "$output" == *"sudo: a password is required"* ]]
    advice
    ! grep '^sudo .*apt-get' "$calls"
}

# If the package lists are older than a day, reading them fails first.
@test "packages: apt fails, and its message is printed" {
    command_of_system sudo 'case $* in *true) exit ;; esac
        echo "E: Unable to fetch some archives" >&2; exit 100'
    install_tool
    [[ "$output" == *"| E: Unable to fetch some archives"* ]]
    advice
}

@test "packages: an installed package is not installed again" {
    command_of_system tool ''
    install_tool
    [ "$output" = "missing then: " ]
    [ ! -s "$calls" ]
}

# enable SCRIPT: enables a service as SCRIPT of a package does that is not yet
# configured, in a root directory of the test.
enable() {
    export DPKG_ROOT=$BATS_TEST_TMPDIR/root-$1
    mkdir -p "$DPKG_ROOT/usr/lib/systemd/system"
    printf '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=a.target\n' \
        >"$DPKG_ROOT/usr/lib/systemd/system/sscep-test.service"
    DPKG_MAINTSCRIPT_NAME=$1 DPKG_MAINTSCRIPT_PACKAGE=sscep-test \
        "$tree/scripts/services/deb-systemd-helper" enable sscep-test.service
    link=$DPKG_ROOT/etc/systemd/system/a.target.wants/sscep-test.service
}

@test "packages: a new service is recorded as disabled" {
    command -v deb-systemd-helper || skip "deb-systemd-helper is not installed"
    enable postinst
    [ ! -e "$link" ]
    [ ! -L "$link" ]
    # An upgrade asks this, and enables the service if the answer is yes.
    run deb-systemd-helper was-enabled sscep-test.service
    [ "$status" -ne 0 ]
    # Everything else is done by the real program.
    enable prerm
    [ -L "$link" ]
}

@test "packages: a new service is not started" {
    export DPKG_MAINTSCRIPT_NAME=postinst DPKG_MAINTSCRIPT_PACKAGE=sscep-test
    for command in 'invoke-rc.d sscep-test start' \
        'deb-systemd-invoke restart sscep-test.service' \
        'systemctl enable sscep-test.service' \
        'systemctl --system start sscep-test.service'; do
        run "$tree/scripts/services/"$command
        [ "$status" -eq 0 ]
        [ -z "$output" ]
    done
}

@test "packages: the next run completes an installation that was killed" {
    cp -r "$tree/scripts" "$BATS_TEST_TMPDIR/scripts"
    before=$BATS_TEST_TMPDIR/scripts/.installing
    # It is killed while it installs, not while it downloads.
    command_of_system apt-get \
        'case $* in *--download-only*) ;; *) kill -KILL $PPID ;; esac'
    for name in dirname mv; do
        ln -s "$(command -v "$name")" "$bin/$name"
    done
    command_of_system dpkg-query 'echo "ii there"; echo "rc removed"'
    command_of_system dpkg ''
    command_of_system setsid 'shift; exec "$@"'
    run env PATH="$bin" "$BATS_TEST_TMPDIR/scripts/install-packages" tool
    [ "$status" -ne 0 ]
    [ "$(cat "$before")" = there ]
    : >"$calls"
    command_of_system apt-get ''
    run env PATH="$bin" "$BATS_TEST_TMPDIR/scripts/install-packages"
    [ "$status" -eq 0 ]
    [ ! -e "$before" ]
    grep '^dpkg --configure -a' "$calls"
    grep '^apt-get install .*DPkg::Path=.*/scripts/services:.* --fix-broken$' \
        "$calls"
}
