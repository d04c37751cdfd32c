# router.bash: a root as that of a router, with BusyBox for ARM and the module, run by
# qemu. Only /opt and /var/data keep what is written to them.

# as_arm SCRIPT [ARGUMENT...]: in the script, and with mounts of its own, the kernel runs
# programs for ARM by qemu. A kernel before 6.7 does so until unregister_arm.
as_arm() {
    local half='\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00'
    local mask='\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff'
    local entry=":$arm_name:M::$half\\x02\\x00\\x28\\x00:$mask\\xfe\\xff\\xff\\xff"
    unshare -m -p -f --kill-child sh -euc "$mount_binfmt
        [ -e '$arm_name' ] ||
            printf %s '$entry:$(command -v qemu-arm-static):PF' >register
        cd /
        $1" sh "${@:2}"
}

arm_name=sscep-test-$BATS_ROOT_PID
mount_binfmt='cd /proc/sys/fs/binfmt_misc
        mount -t binfmt_misc binfmt_misc .
        cd ../binfmt_misc'

unregister_arm() {
    unshare -m sh -euc "$mount_binfmt
        [ ! -e '$arm_name' ] || echo -1 >'$arm_name'"
}

# fetch_router DIRECTORY: unpacks what is not of this project there.
fetch_router() {
    "$tree/scripts/unpack" "$1/busybox" bookworm armhf busybox-static &&
        "$tree/scripts/unpack" "$1/openssl" bookworm armhf openssl libssl3 \
            libc6 libgcc-s1
}

# make_router: in the directories root, opt and data of $router.
make_router() {
    local root=$router/root name
    mkdir -p "$router"/{opt,data} "$root"/{bin,dev,etc,opt,proc,root,tmp} \
        "$root"/var/{data,spool/cron}
    cp "$parts/busybox/bin/busybox" "$root/bin/"
    for name in $(qemu-arm-static "$root/bin/busybox" --list); do
        ln -s busybox "$root/bin/$name" 2>/dev/null || true
    done
    echo 'root:x:0:0::/root:/bin/sh' >"$root/etc/passwd"
    echo 'root:x:0:' >"$root/etc/group"
}

# add_openssl: its firmware has the openssl program.
add_openssl() {
    mkdir -p "$router/root/usr"
    cp -a "$parts/openssl/lib" "$router/root/"
    cp -a "$parts/openssl/usr/bin" "$parts/openssl/usr/lib" "$router/root/usr/"
}

# start_router: a router is started, runs the script on standard input, and is turned
# off. $url is the CA; the results are in $status, and the files $stdout and $stderr.
start_router() {
    cat >"$router/root/script"
    status=0
    command_line='the script on the router'
    as_arm '
        mount --bind "$1/root" "$1/root"
        cd "$1/root"
        mount --bind ../opt opt
        mount --bind ../data var/data
        mount -t tmpfs tmpfs tmp
        mount -t tmpfs tmpfs var/spool/cron
        mkdir var/spool/cron/crontabs
        mount -t tmpfs tmpfs dev
        for name in null urandom random; do
            : >"dev/$name"
            mount --bind "/dev/$name" "dev/$name"
        done
        mount -t proc proc proc
        mount -o remount,bind,ro "$1/root"
        exec timeout -k 5 "$2" chroot "$1/root" /bin/env -i PATH=/bin:/usr/bin \
            HOME=/root URL="$3" /bin/sh -eu /script' \
        "$router" "$run_limit" "${URL:-}" >"$stdout" 2>"$stderr" </dev/null ||
        status=$?
}

# upload FILE: the router unpacks a module, and runs its etc/install.
upload() {
    cp "$1" "$router/root/module.tgz"
    start_router <<'END_SCRIPT'
cd /opt
tar xzf /module.tgz
scepClient/etc/install
END_SCRIPT
    expect_status 0
    stdout_empty
    stderr_empty
}
