#!/usr/bin/env bats
#
# The module for Advantech routers, with the program of this machine and the shell of
# BusyBox: what is in it, and what its scripts do to settings and crontabs. Another
# file tests it with the program for ARM.

bats_require_minimum_version 1.5.0

setup_file() {
    tree=$(realpath "$BATS_TEST_DIRNAME/../..")
    export tree
    "$tree/scripts/advantech" --program "${SSCEP:?}" \
        --output "$BATS_FILE_TMPDIR" >"$BATS_FILE_TMPDIR/said"
}

setup() {
    umask 022
    cd "$BATS_TEST_TMPDIR" || return
    module=$PWD/opt/scepClient
    etc=$module/etc
    data=$PWD/data/scepClient
    crontab=$PWD/crontabs/root
    mkdir opt data crontabs
    unpack
}

# unpack: as the router does, but for the directories that the scripts write to.
unpack() {
    tar xzf "$BATS_FILE_TMPDIR/scepClient.tgz" -C opt
    sed -i -e "s,^\(MOD_SCEPCLIENT_DIRECTORY\)=.*,\1=$data," \
        -e "s,^\(MOD_SCEPCLIENT_CRONTABS\)=.*,\1=${crontab%/*}," "$etc/defaults"
}

# script NAME [ARGUMENT]: runs a script of the module.
script() {
    run --separate-stderr busybox sh "$etc/$1" "${@:2}"
    echo "$1 ${*:2}: status $status" "$output" "$stderr"
}

# set_to NAME VALUE: changes a setting.
set_to() {
    sed -i "s|^MOD_SCEPCLIENT_$1=.*|MOD_SCEPCLIENT_$1=$2|" "$etc/settings"
}

enable() {
    script install
    set_to ENABLED 1
}

# pretend STATUS [TEXT]: a program in the place of sscep, and a file for it.
pretend() {
    printf '#!/bin/sh\necho "$PWD $*" >>%s/calls\n%s\nexit %s\n' \
        "$BATS_TEST_TMPDIR" "${2:+echo '$2' >&2}" "$1" >"$module/bin/sscep"
    : >"$data/router.conf"
}

@test "what is in the module" {
    run -0 find opt/scepClient -type f -printf '%m %P\n'
    diff <(sort <<<"$output") - <<'END_FILES'
644 etc/COPYRIGHT
644 etc/defaults
644 etc/functions.sh
644 etc/name
644 etc/sscep.conf
644 etc/version
755 bin/mkrequest
755 bin/sscep
755 bin/sscep-renew
755 etc/init
755 etc/install
755 etc/renew
755 etc/uninstall
END_FILES
    [ "$(cat "$etc/name")" = "SCEP Client" ]
    "$module/bin/sscep" --version | grep -Fx "sscep version $(cat "$etc/version")"
    grep "scepClient.tgz: $(wc -c <"$BATS_FILE_TMPDIR/scepClient.tgz") bytes" \
        "$BATS_FILE_TMPDIR/said"
}

@test "packed again it is the same, whatever the umask, the zone and the directory" {
    (umask 077 && cd / && TZ=Pacific/Kiritimati "$tree/scripts/advantech" \
        --program "$SSCEP" --output "$BATS_TEST_TMPDIR/again")
    cmp "$BATS_FILE_TMPDIR/scepClient.tgz" again/scepClient.tgz
    SOURCE_DATE_EPOCH=1000000000 "$tree/scripts/advantech" --program "$SSCEP" \
        --output again
    run -0 tar tvzf again/scepClient.tgz --full-time --utc scepClient/bin/sscep
    [[ "$output" == *" 0/0 "*" 2001-09-09 01:46:40 "* ]]
}

@test "the shell of BusyBox reads all scripts" {
    local name
    for name in "$etc"/{init,install,uninstall,renew,functions.sh,defaults} \
        "$module"/bin/{mkrequest,sscep-renew}; do
        busybox sh -n "$name"
    done
}

@test "init: until it is enabled nothing is started" {
    script install
    script init start
    [ "$status" -eq 0 ]
    [[ "$output" == *"not enabled: "*"$etc/settings"* ]]
    script init status
    [ "$status" -eq 3 ]
    [ ! -e "$crontab" ]
    script init
    [ "$status" -eq 1 ]
    [[ "$stderr" == "usage: "*"start|stop|restart|status|defaults" ]]
}

@test "init: start, status, stop; the minute stays, and there is one entry" {
    enable
    script init start
    [ "$status" -eq 0 ]
    local entry minute
    entry=$(cat "$crontab")
    minute=${entry%% *}
    [[ "$minute" =~ ^[0-9]+$ ]]
    [ "$minute" -lt 60 ]
    [ "${entry#"$minute"}" = " * * * * $etc/renew 2>&1 | logger -t scepClient \
-p daemon.err" ]
    script init status
    [ "$status" -eq 0 ]
    [ "$output" = "$entry" ]
    script init start
    script init restart
    [ "$(cat "$crontab")" = "$entry" ]
    script init stop
    [ "$status" -eq 0 ]
    [ ! -e "$crontab" ]
    script init start
    [ "$(cat "$crontab")" = "$entry" ]
    # Other minutes on other devices.
    local i
    for ((i = 0; i < 9; i++)); do
        rm "$etc/minute"
        script init start
        if [ "$(cat "$crontab")" != "$entry" ]; then
            return
        fi
    done
    false
}

@test "init: the entries of others stay, and the mode of the file" {
    enable
    printf '%s\n' '0 4 * * * /opt/other/etc/renew now' '# the end' >"$crontab"
    chmod 640 "$crontab"
    cp "$crontab" before
    script init start
    [ "$(head -n 2 "$crontab")" = "$(cat before)" ]
    [ "$(wc -l <"$crontab")" -eq 3 ]
    [ "$(stat -c %a "$crontab")" = 640 ]
    script init stop
    cmp before "$crontab"
    [ "$(stat -c %a "$crontab")" = 640 ]
    [ "$(ls crontabs)" = root ]
}

@test "init: one entry, whatever the name of the module; another module has its own" {
    enable
    script init start
    cp "$crontab" before
    ln -s "$module" link
    (cd link/etc && run -0 busybox sh ./init start)
    cmp before "$crontab"
    mkdir -p "other$PWD"
    cp -r opt "other$PWD"
    run -0 busybox sh "other$etc/init" start
    [ "$(wc -l <"$crontab")" -eq 2 ]
    script init restart
    [ "$(wc -l <"$crontab")" -eq 2 ]
    script init stop
    [ "$(wc -l <"$crontab")" -eq 1 ]
    grep -F "$PWD/other$etc/renew " "$crontab"
}

@test "init: disabled by its settings, start removes the entry" {
    enable
    script init start
    set_to ENABLED 0
    script init start
    [ "$status" -eq 0 ]
    [ ! -e "$crontab" ]
}

@test "init: when, as the settings say" {
    enable
    set_to MINUTE 5,35
    set_to HOURS "'3-4'"
    script init start
    [[ "$(cat "$crontab")" == "5,35 3-4 * * * /"* ]]
    cp "$crontab" before
    local hours
    for hours in '3; reboot' 24 0-99 - / '3,' '*/0' '3-' '* *'; do
        set_to HOURS "'$hours'"
        script init start
        [ "$status" -eq 1 ]
        [[ "$stderr" == *"no field of a crontab" ]]
        cmp before "$crontab"
    done
    for hours in 0 23 08,09 '*/2' 0-12/3,18; do
        set_to HOURS "'$hours'"
        set_to MINUTE 60
        script init start
        [ "$status" -eq 1 ]
        set_to MINUTE 59
        script init start
        [ "$status" -eq 0 ]
        grep -F "59 $hours * * * " "$crontab"
    done
}

@test "init: a restart with wrong settings leaves the entry" {
    enable
    script init start
    cp "$crontab" before
    set_to HOURS 25
    script init restart
    [ "$status" -eq 1 ]
    cmp before "$crontab"
    set_to HOURS "'*'"
    sed -i 's/$/\r/' "$etc/settings"
    script init restart
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"$etc/settings: its lines end as on Windows: "* ]]
    cmp before "$crontab"
}

@test "init: an entry in another directory is removed when there is a new one" {
    enable
    mkdir other
    script init start
    set_to CRONTABS "'$PWD/other $PWD/crontabs'"
    script init restart
    [ "$status" -eq 0 ]
    grep -F "$etc/renew " other/root
    [ ! -e "$crontab" ]
}

@test "init: no directory of crontabs, one that cannot be written" {
    enable
    rmdir crontabs
    script init start
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"no crontab can be written: "*MOD_SCEPCLIENT_CRONTABS* ]]
    script init stop
    [ "$status" -eq 0 ]
    # The second one is taken.
    mkdir -p crontabs/root other
    set_to CRONTABS "'$PWD/crontabs $PWD/other'"
    script init start
    [ "$status" -eq 0 ]
    grep renew other/root
    [ "$(ls crontabs)" = root ]
}

@test "init: no room for the new crontab, the old one stays" {
    enable
    echo '0 4 * * * other' >"$crontab"
    script init start
    cp "$crontab" before
    # What cp leaves is a link to a device without room.
    mkdir bin
    printf '#!/bin/sh\nfor new; do :; done\nrm -f "$new"\nln -s /dev/full "$new"\n' \
        >bin/cp
    printf '#!/bin/sh\nexec busybox grep "$@"\n' >bin/grep
    chmod +x bin/cp bin/grep
    PATH=$PWD/bin:$PATH script init stop
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"$crontab: the entry cannot be removed" ]]
    cmp before "$crontab"
    [ "$(ls crontabs)" = root ]
}

@test "init: many at the same time, the entries of others stay" {
    local i
    enable
    echo '0 4 * * * other' >"$crontab"
    for ((i = 0; i < 20; i++)); do
        busybox sh "$etc/init" start &
        busybox sh "$etc/init" stop &
    done >/dev/null 2>&1
    wait
    grep -x '0 4 \* \* \* other' "$crontab"
    script init stop
    [ "$(cat "$crontab")" = '0 4 * * * other' ]
    [ "$(ls crontabs)" = root ]
}

@test "init: defaults are as they came" {
    enable
    script init defaults
    [ "$status" -eq 0 ]
    cmp "$etc/settings" "$etc/defaults"
}

@test "upgrade: unpacked over an old one, settings and minute stay" {
    enable
    script init start
    cp "$crontab" before
    rm "$etc/functions.sh"
    unpack
    script install
    [ "$status" -eq 0 ]
    grep ENABLED=1 "$etc/settings"
    script init restart
    cmp before "$crontab"
}

@test "upgrade: removed and installed, the settings stay" {
    enable
    : >"$data/local.key"
    script init start
    script uninstall
    [ "$status" -eq 0 ]
    rm -r "$module"
    unpack
    script install
    [ "$status" -eq 0 ]
    grep ENABLED=1 "$etc/settings"
    [ "$(ls "$data")" = local.key ]
}

@test "uninstall: nothing is left, but what the user has made" {
    script install
    script uninstall
    [ "$status" -eq 0 ]
    rm -r "$module"
    run -0 find opt data crontabs -mindepth 1
    [ -z "$output" ]
    unpack
    enable
    script init start
    : >"$data/local.key"
    script uninstall
    rm -r "$module"
    run -0 find opt data crontabs -mindepth 1 -type f -printf '%P\n'
    [ "$(sort <<<"$output")" = $'scepClient/local.key\nscepClient/settings' ]
}

@test "install, init: nobody else can write, whatever the umask" {
    umask 0
    script install
    set_to ENABLED 1
    script init start
    run -0 find data "$etc/minute" crontabs/root -perm /022
    [ -z "$output" ]
}

@test "settings that the shell cannot read: the entry can be removed, nothing else is done" {
    local arguments
    enable
    script init start
    cp "$crontab" before
    set_to HOURS "'3"
    cp "$etc/settings" settings
    for arguments in install 'init start' 'init restart' renew; do
        script $arguments
        [ "$status" -eq 1 ]
        [[ "$stderr" == *"scepClient: $etc/settings cannot be read: "* ]]
        cmp before "$crontab"
    done
    script init status
    [ "$status" -eq 0 ]
    script init stop
    [ "$status" -eq 0 ]
    [ ! -e "$crontab" ]
    cp before "$crontab"
    script uninstall
    [ "$status" -eq 1 ]
    [ ! -e "$crontab" ]
    cmp settings "$data/settings"
}

@test "install: no room for the settings, those that were kept stay" {
    enable
    script uninstall
    cp "$data/settings" settings
    ln -s /dev/full "$etc/settings.new"
    script install
    [ "$status" -eq 1 ]
    [ ! -e "$etc/settings" ]
    cmp settings "$data/settings"
    script install
    [ "$status" -eq 0 ]
    cmp settings "$etc/settings"
    [ ! -e "$data/settings" ]
}

@test "a directory whose name is empty or not absolute" {
    local directory arguments
    enable
    for directory in '' data; do
        set_to DIRECTORY "$directory"
        for arguments in install 'init start' renew; do
            script $arguments
            [ "$status" -eq 1 ]
            [[ "$stderr" == *"DIRECTORY in $etc/settings has to begin with /" ]]
        done
        [ ! -e "$crontab" ]
    done
}

@test "install: a directory that cannot be made" {
    script install
    set_to DIRECTORY "$crontab/data"
    : >"$crontab"
    script install
    [ "$status" -eq 1 ]
    [[ "$stderr" == *"MOD_SCEPCLIENT_DIRECTORY in $etc/settings"* ]]
}

@test "renew: each file, in its directory, and nothing is said" {
    script install
    pretend 0
    script renew
    [ "$status" -eq 0 ]
    [ -z "$output$stderr" ]
    [ "$(cat calls)" = "$data renew --quiet --jitter 0 -f $data/router.conf" ]
}

@test "renew: what fails is said, another run is not" {
    script install
    pretend 72 'sscep: refused'
    script renew
    [ "$status" -eq 72 ]
    [[ "$stderr" == *"router.conf: sscep: refused"* ]]
    pretend 77 'sscep: another run is at work'
    script renew
    [ "$status" -eq 0 ]
    [ -z "$output$stderr" ]
    pretend 0 'sscep: a warning'
    script renew
    [ "$status" -eq 0 ]
    [[ "$stderr" == *"router.conf: sscep: a warning" ]]
}

@test "sscep.conf: all of it can be used" {
    local operation
    sed -E 's/^#([A-Z][A-Za-z]+  )/\1/' "$etc/sscep.conf" >sscep.conf
    [ "$(grep -c '^[A-Z]' sscep.conf)" -gt 20 ]
    for operation in getca enroll renew getcrl; do
        run --separate-stderr "$SSCEP" "$operation" -f sscep.conf --dump-config
        echo "$stderr"
        [ "$status" -eq 0 ]
        [[ "$stderr" != *"[unknown-key]"* ]]
    done
    run -0 "$SSCEP" renew -f sscep.conf --dump-config
    grep -F 'Hook' <<<"$output"
}
