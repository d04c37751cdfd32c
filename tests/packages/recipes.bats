#!/usr/bin/env bats
#
# The recipes in scripts/packaging can be read, and name what there is. Their
# versions are checked by tests/check-rules.

bats_require_minimum_version 1.5.0

setup() {
    tree=$(realpath "$BATS_TEST_DIRNAME/../..")
    apkbuild=$tree/scripts/packaging/alpine/APKBUILD
    openwrt=$tree/scripts/packaging/openwrt
    version=$(sed -n 's/^AC_INIT(\[sscep\], \[\(.*\)\])$/\1/p' \
        "$tree/configure.ac")
    tarball=sscep-$version.tar.gz
    cd "$BATS_TEST_TMPDIR" || return
}

# value NAME: what a variable of APKBUILD is.
value() {
    sh -euc 'srcdir=/src; . "$1"; eval "printf %s \"\$$2\""' sh "$apkbuild" "$1"
}

# knows_options FILE: configure.ac has the options of this package that a recipe
# gives to configure.
knows_options() {
    local option found=0
    for option in $(grep -o -E -e '--(with|without|enable|disable)-[a-z-]+' \
        "$1" | sed -E 's/^--[a-z]*-//'); do
        echo "$option"
        grep -E "^AC_ARG_(WITH|ENABLE)\(\[$option\]" "$tree/configure.ac"
        found=1
    done
    [ "$found" -eq 1 ]
}

# for_openwrt TARGET: reads the Makefile of OpenWrt as its build system does.
for_openwrt() {
    mkdir -p include installed/usr/bin
    cat >rules.mk <<'END'
INCLUDE_DIR := $(TOPDIR)/include
BUILD_DIR := $(TOPDIR)/build
PKG_INSTALL_DIR := $(TOPDIR)/installed
INSTALL_DIR := install -d -m 0755
INSTALL_BIN := install -m 0755
INSTALL_DATA := install -m 0644
END
    cat >include/package.mk <<'END'
define BuildPackage
$(eval $(Package/$(1)))
show:
	@echo '$(PKG_NAME) $(PKG_SOURCE) $(notdir $(PKG_BUILD_DIR))'
	@echo '$(DEPENDS)'
	@echo '$(TITLE)'
install:
$(call Package/$(1)/install,$(TOPDIR)/root)
endef
END
    ln -s "$openwrt/files" .
    make --no-print-directory --warn-undefined-variables -f \
        "$openwrt/Makefile" TOPDIR="$PWD" "$1"
}

@test "Alpine: the recipe can be read by a shell, and has all its parts" {
    sh -n "$apkbuild"
    local name
    for name in pkgname pkgver pkgrel pkgdesc url arch license source; do
        echo "$name"
        [ -n "$(value "$name")" ]
    done
    for name in build check package; do
        echo "$name"
        sh -c 'srcdir=/src; . "$1"; command -v "$2"' sh "$apkbuild" "$name"
    done
    knows_options "$apkbuild"
}

@test "Alpine: the tarball of make dist is built" {
    [ "$(value source)" = "$tarball" ]
    [ "$(value builddir)" = "/src/${tarball%.tar.gz}" ]
}

@test "Alpine: the program needs libcrypto and libssl alone" {
    run sh -euc 'srcdir=/src; . "$1"; echo "${depends-none}"' sh "$apkbuild"
    [ "$output" = none ]
    [ "$(value makedepends)" = "openssl-dev pkgconf" ]
}

@test "OpenWrt: the tarball of make dist is built, and needs libopenssl alone" {
    run --separate-stderr for_openwrt show
    echo "$output" "$stderr"
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "${lines[0]}" = "sscep $tarball ${tarball%.tar.gz}" ]
    [ "${lines[1]}" = +libopenssl ]
    [ -n "${lines[2]}" ]
    knows_options "$openwrt/Makefile"
}

@test "OpenWrt: the program and what runs it are installed" {
    mkdir -p installed/usr/bin "build/${tarball%.tar.gz}"
    : >installed/usr/bin/sscep
    cp -R "$tree/scripts" "build/${tarball%.tar.gz}/"
    run for_openwrt install
    echo "$output"
    [ "$status" -eq 0 ]
    [ -x root/usr/bin/sscep ]
    cmp root/usr/bin/sscep-renew "$tree/scripts/sscep.cron"
    [ -d root/etc/sscep ]
    [ -x root/etc/init.d/sscep ]
    [ -e root/etc/hotplug.d/ntp/90-sscep ]
}

@test "OpenWrt: the scripts are for its shell" {
    local file
    command -v shellcheck || skip "shellcheck is not installed"
    for file in "$openwrt"/files/*; do
        sh -n "$file"
        shellcheck -s sh "$file"
    done
}

@test "OpenWrt: procd runs sscep-renew once a day" {
    cat >rc.common <<'END'
procd_open_instance() { echo open; }
procd_set_param() { echo "$@"; }
procd_close_instance() { echo close; }
. "$1"
start_service
END
    [ "$(head -n 1 "$openwrt/files/sscep.init")" = "#!/bin/sh /etc/rc.common" ]
    run sh -eu rc.common "$openwrt/files/sscep.init"
    [ "$status" -eq 0 ]
    [ "$output" = "$(printf '%s\n' open "command /usr/bin/sscep-renew" \
        "respawn 0 86400 0" "stderr 1" close)" ]
}

# ntpd_says ACTION: hotplug-call reads the script.
ntpd_says() {
    ACTION=$1 SSCEP_MARK=$PWD/mark SSCEP_SERVICE=$PWD/service \
        sh -euc '. "$1"' sh "$openwrt/files/sscep.ntp"
}

@test "OpenWrt: a run when the time is set, once, if the service is enabled" {
    cat >service <<'END'
#!/bin/sh
echo "$1" >>calls
[ ! -e disabled ]
END
    chmod +x service
    ntpd_says step
    [ ! -e calls ]
    ntpd_says stratum
    ntpd_says stratum
    [ "$(paste -sd' ' calls)" = "enabled restart" ]
    rm mark calls
    : >disabled
    ntpd_says stratum
    [ "$(cat calls)" = enabled ]
}
