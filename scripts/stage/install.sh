# install.sh: make install, and what it installs; the scripts of the module for
# routers.
# shellcheck shell=bash

packages_install() {
	packages_testca
	echo bats busybox
}

stage_install() {
	rm -rf "$out/root"
	built gcc || return
	check "make install" build gcc install DESTDIR="$out/root" || return
	check "installed files" has_files "$out/root/usr/local"
	check "installed program is named" runs_installed "$out/root/usr/local"
	check "installed version" says_version "$out/root/usr/local/bin/sscep"
	check "installed hardening" \
		tests/check-hardening "$out/root/usr/local/bin/sscep"
	check "make uninstall" build gcc uninstall DESTDIR="$out/root"
	check "nothing is left" [ -z "$(find "$out/root" ! -type d)" ]
	bats_usable && needs busybox && SSCEP=$top/build-gcc/sscep \
		watched_bats module "${plain[@]}" bats tests/advantech/module.bats
}

# The files that make install installs, below the prefix.
installed='bin/mkrequest
bin/sscep
lib/systemd/system/sscep-renew@.service
lib/systemd/system/sscep-renew@.timer
libexec/sscep/sscep-renew
share/bash-completion/completions/sscep
share/doc/sscep/CONTRIBUTING.md
share/doc/sscep/COPYRIGHT
share/doc/sscep/NEWS
share/doc/sscep/README.md
share/doc/sscep/SECURITY.md
share/doc/sscep/check.md
share/doc/sscep/comparison.md
share/doc/sscep/platforms.md
share/doc/sscep/rfc8894.md
share/doc/sscep/sscep.conf
share/fish/vendor_completions.d/sscep.fish
share/man/man1/mkrequest.1
share/man/man1/sscep.1
share/man/man5/sscep.conf.5
share/man/man7/sscep-cookbook.7
share/man/man7/sscep-router.7
share/zsh/site-functions/_sscep'

# has_files DIRECTORY: exactly the right files are installed there. rpm adds
# files for debuggers.
has_files() {
	diff <(echo "$installed") <(cd "$1" &&
		find . ! -type d ! -path './lib/.build-id/*' |
		sed -e 's/^\.\///' -e '/^share\/man/s/\.gz$//' | LC_ALL=C sort)
}

# runs_installed DIRECTORY: what runs sscep every day names the one below
# /usr/local.
runs_installed() {
	grep -q '^ExecStart=/usr/local/bin/sscep ' \
		"$1/lib/systemd/system/sscep-renew@.service" &&
		grep -q ':-/usr/local/bin/sscep}' "$1/libexec/sscep/sscep-renew" &&
		[ -x "$1/libexec/sscep/sscep-renew" ] &&
		[ ! -x "$1/lib/systemd/system/sscep-renew@.service" ]
}

says_version() {
	"$1" --version | head -n 1 | grep -Fx "sscep version $version"
}
